/** The tamper manifest: every field of a proof body, in order, with its place. */
import type { ContractGadget } from '../../src/artifact/circuit.ts';
import { contractionShape } from '../../src/backends/transparent/contraction-shape.ts';
import type { AcceptedKey } from '../../src/backends/transparent/index.ts';
import { accumulatorClaims, stack } from '../../src/backends/transparent/instances.ts';
import { paddedBits } from '../../src/backends/transparent/layout.ts';
import { noiseRows } from '../../src/backends/transparent/mask.ts';
import { codeDimension } from '../../src/backends/transparent/matrix.ts';
import type { Ext } from '../../src/base/extension.ts';

export type Field = {
  readonly name: string;
  readonly kind: 'digest' | 'nonce' | 'element' | 'cell' | 'salt';
  readonly from: number;
  readonly to: number;
};

const sizes = { digest: 32, nonce: 8, element: 16, cell: 4, salt: 16 } as const;

/** Fields of a body of `length` bytes; what follows the columns is the multiproof. */
export function proofFields(key: AcceptedKey, length: number): Field[] {
  const { system, layout, parameters } = key;
  const fields: Field[] = [];
  let at = 0;
  const field = (kind: Field['kind'], name: string, count = 1): void => {
    for (let i = 0; i < count; i++) {
      fields.push({ name: count === 1 ? name : `${name} ${i}`, kind, from: at, to: at + sizes[kind] });
      at += sizes[kind];
    }
  };
  const layer = (name: string): void => {
    for (const part of ['p0', 'p1', 'q0', 'q1']) field('element', `${name} ${part}`);
  };
  field('digest', 'root');
  if (parameters.lookupWork > 0) field('nonce', 'lookup work');
  layer('top');
  for (let k = 1; k < stack(system).logLeaves; k++) {
    field('element', `layer ${k} round`, 2 * k);
    layer(`layer ${k}`);
  }
  const gadgets = accumulatorClaims(system).map((claim) => system.contractions[claim.accumulator] as ContractGadget);
  field('element', 'accumulator', gadgets.length);
  const shapes = gadgets.map(contractionShape);
  const rounds = Math.max(0, ...shapes.map((shape) => shape.variables));
  field('element', 'relation round', rounds * Math.max(0, ...shapes.map((shape) => shape.degree)));
  for (const { name, left, right } of gadgets) {
    for (const { wire } of [left, right]) {
      if (system.tensors[wire]?.kind === 'committed') field('element', `factor of ${name}`);
    }
  }
  for (const side of ['left', 'right']) field('element', `products ${side}`);
  field('element', 'inner product', 2 * layout.logCells);
  for (const value of ['y', 'x2', 's1', 'f1', 'f2']) field('element', `opening ${value}`);
  field('element', 'folded row', codeDimension(parameters));
  if (parameters.queryWork > 0) field('nonce', 'query work');
  const rows = layout.matrices.map((matrix, k) => matrix.rows.length + (k === 0 ? noiseRows : 0));
  const columns = rows.reduce((total, count) => total + parameters.queries * (sizes.salt + sizes.cell * count), 0);
  const digests = Math.max(0, Math.floor((length - at - columns) / sizes.digest / rows.length));
  layout.matrices.forEach(({ name }, k) => {
    for (let query = 0; query < parameters.queries; query++) {
      field('salt', `salt ${query}${name}`);
      field('cell', `column ${query}${name} row`, rows[k]);
    }
    field('digest', `path digest${name}`, digests);
  });
  return fields;
}

/** One sumcheck round: its first two messages, the challenge drawn after them and what else its claim depends on. */
export type Round = { readonly first: Field; readonly second: Field; readonly challenge: Ext } & (
  | { readonly kind: 'layer'; readonly rho: Ext }
  | { readonly kind: 'relation' | 'inner product'; readonly degree: number }
);

/** All rounds of a proof, from its manifest and its draws: two challenges, then one draw at a time (docs/protocol.md). */
export function sumcheckRounds(
  key: AcceptedKey,
  fields: readonly Field[],
  draws: readonly (readonly Ext[])[],
): Round[] {
  const rounds: Round[] = [];
  let draw = 1;
  const one = (): Ext => (draws[draw++] as readonly Ext[])[0] as Ext;
  const group = (prefix: string): Field[] => fields.filter(({ name }) => name.startsWith(prefix));
  let point: Ext[] = [one()];
  for (let k = 1; k < stack(key.system).logLeaves; k++) {
    const messages = group(`layer ${k} round`);
    draw += 1;
    const next: Ext[] = [];
    for (let bit = k - 1; bit >= 0; bit--) {
      const [first, second] = messages.splice(0, 2) as [Field, Field];
      const challenge = one();
      rounds.push({ kind: 'layer', first, second, challenge, rho: point[bit] as Ext });
      next[bit] = challenge;
    }
    point = [...next, one()];
  }
  if (key.system.linears.some(({ box }) => paddedBits(box) > 0)) draw += 1;
  const shapes = accumulatorClaims(key.system).map((claim) =>
    contractionShape(key.system.contractions[claim.accumulator] as ContractGadget),
  );
  if (shapes.length > 0) draw += 1;
  const degree = Math.max(0, ...shapes.map((shape) => shape.degree));
  for (const messages = group('relation round'); messages.length > 0; ) {
    const [first, second] = messages.splice(0, degree) as [Field, Field];
    rounds.push({ kind: 'relation', first, second, challenge: one(), degree });
  }
  draw += 2;
  for (const messages = group('inner product'); messages.length > 0; ) {
    const [first, second] = messages.splice(0, 2) as [Field, Field];
    rounds.push({ kind: 'inner product', first, second, challenge: one(), degree: 2 });
  }
  return rounds;
}
