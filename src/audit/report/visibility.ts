/** Who can see what: everything of the run, by whether it is shown, bound to a commitment, or known to the prover alone. */
import { dataSetsOf } from '../../artifact/data-set.ts';
import { product } from '../../base/tensor.ts';
import type { AuditSource } from '../bundle.ts';
import { type Content, html, type Markup } from './markup.ts';
import { count, kindOf, shape } from './words.ts';

/** “784 numbers (1 × 28 × 28)”. */
function numbers(dims: readonly number[]): string {
  const total = count(product(dims));
  const sizes = shape(dims);
  return sizes.includes('×') ? `${total} numbers (${sizes})` : `${total} numbers`;
}

type Item = { readonly what: Content; readonly note: Content };

function shownItems({ claims, key }: AuditSource): Item[] {
  const ports = [
    ...claims.inputs.map((tensor) => ['Input', tensor] as const),
    ...claims.outputs.map((tensor) => ['Output', tensor] as const),
  ].map(([side, tensor]): Item => {
    return {
      what: [`${side} “`, tensor.name, '”'],
      note: `${numbers(tensor.dims)}, ${kindOf(tensor)}`,
    };
  });
  const constants = key.circuit.wires.reduce(
    (sum, { role, sizes }) => sum + (role === 'constant' ? product(sizes) : 0),
    0,
  );
  const weights: Item[] =
    claims.weights.length === 0
      ? [{ what: 'All weights', note: `${count(constants)} integers, part of the circuit` }]
      : [];
  const circuit = {
    what: 'The architecture',
    note: `${count(key.circuit.gadgets.length)} relations, scales, zero points and tables`,
  };
  return [...ports, ...weights, circuit];
}

function boundItems({ claims, key }: AuditSource): Item[] {
  const committed = key.circuit.wires.filter(({ role }) => role === 'committed');
  const cells = (matrix: string): number =>
    committed.reduce((sum, wire) => sum + (wire.matrix === matrix ? product(wire.sizes) : 0), 0);
  const weights = claims.weights.map(({ matrix, commitment }): Item => {
    return {
      what: 'All weights',
      note: [`${count(cells(matrix))} integers in `, html`<span class="hex">${commitment}</span>`],
    };
  });
  const ports = claims.hidden.flatMap(({ side, name, dims, commitment }): Item[] => {
    if (commitment === null) return [];
    const what = [`${side === 'input' ? 'Input' : 'Output'} “`, name, '”'];
    return [{ what, note: [`${numbers(dims)} in `, html`<span class="hex">${commitment}</span>`] }];
  });
  return [...ports, ...weights];
}

function hiddenItems({ claims, key, trace }: AuditSource): Item[] {
  const { circuit } = key;
  const known = trace === null ? '' : '; with model and input public, anybody can compute them';
  const ports = claims.hidden
    .filter(({ commitment }) => commitment === null)
    .map(
      ({ side, name, dims }): Item => ({
        what: [`${side === 'input' ? 'Input' : 'Output'} “`, name, '”'],
        note: [numbers(dims), side === 'output' ? known : ''],
      }),
    );
  const atPorts = new Set([...circuit.inputs, ...circuit.outputs].map(({ wire }) => wire));
  const between = circuit.wires.reduce((sum, { role, sizes }, id) => {
    return sum + (role === 'witness' && !atPorts.has(id) ? product(sizes) : 0);
  }, 0);
  const samples = dataSetsOf(circuit)
    .filter(({ isSampleShown }) => !isSampleShown)
    .map(({ port }): Item => ({ what: ['Which sample “', port.name, '” is'], note: 'of its committed data set' }));
  return [
    ...ports,
    ...samples,
    { what: 'Everything in between', note: `${count(between)} integers of the hidden layers${known}` },
  ];
}

function card(kind: string, title: string, about: string, items: readonly Item[]): Markup {
  const list = items.map(({ what, note }) => html`<li>${what}<span>${note}</span></li>`);
  return html`<div class="card ${kind}"><h3>${title}</h3><p>${about}</p>${items.length > 0 ? html`<ul>${list}</ul>` : html`<ul><li><span>nothing</span></li></ul>`}</div>
`;
}

export function visibilitySection(source: AuditSource): Markup {
  return html`<section>
<h2>Who can see what</h2>
<p class="intro">A proof shows some numbers, binds itself to others by a commitment, and keeps the rest to itself.</p>
<div class="cards">
${card('shown', 'Public', 'Anybody who holds this bundle can read it.', shownItems(source))}${card('bound', 'Committed', 'Hidden, but fixed: it can be opened later, and other proofs can refer to it.', boundItems(source))}${card('hidden', 'Hidden', 'The proof tells nothing about it.', hiddenItems(source))}</div>
</section>
`;
}
