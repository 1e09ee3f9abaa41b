import { batchClaims } from './batch.ts';
import { concat, u32, utf8 } from './bytes.ts';
import type { Circuit } from './circuit.ts';
import { contractionClaims, type KnownCells } from './contractions.ts';
import * as E from './extension.ts';
import * as F from './field.ts';
import type { Parameters, Statement } from './files.ts';
import { type Claim, type Form, known, plus, type TensorTerm } from './forms.ts';
import { innerProduct } from './kernels.ts';
import type { Layout } from './layout.ts';
import { expressionClaim, leafClaims, type Reading, walkLayers } from './lookups.ts';
import type { Lowered } from './lower.ts';
import { Messages } from './messages.ts';
import { checkOpening } from './opening.ts';
import { Products } from './products.ts';
import { type Received, receive } from './received.ts';
import type { Instance, Shape } from './shape.ts';

/** Everything that follows from a key and stays the same for all its proofs. */
export interface System {
  readonly protocol: string;
  readonly parameters: Parameters;
  readonly circuit: Circuit;
  readonly lowered: Lowered;
  readonly shape: Shape;
  readonly layout: Layout;
}

/** The long-lived matrices of one proof, by their first wires. */
export interface Named {
  readonly root: Uint8Array;
  readonly descriptor: Uint8Array;
}

/** §4: the messages in their order. */
export function checkBody(
  system: System,
  statement: Pick<Statement, 'key' | 'context' | 'publics'>,
  matrices: readonly Named[],
  body: Uint8Array,
): void {
  const { protocol, parameters, circuit, shape, layout } = system;
  const messages = new Messages(body);
  const { transcript } = messages;
  transcript.absorb('protocol', utf8(protocol));
  transcript.absorb('vk', statement.key);
  transcript.absorb('context', statement.context);
  transcript.absorb('roots', concat(...matrices.map(({ descriptor }) => descriptor)));
  transcript.absorb('public', concat(...statement.publics.flatMap((cells) => Array.from(cells, cellBytes))));

  const roots = matrices.map(({ root }) => root);
  const received = receive(messages, shape, layout, parameters, roots);
  const cells = knownCells(circuit, statement.publics);
  const claims = claimsOf(system, received, cells).map((claim) => settle(claim, circuit, cells));
  checkOpening(received, batchClaims(claims, received.omega), layout, parameters);
}

/** §7, "Order of claims". */
function claimsOf({ circuit, lowered, shape }: System, received: Received, cells: KnownCells): Claim[] {
  const { layers, tau, accumulators, contractions, zeta, atZeta } = received;
  const products = new Products(shape);
  const claims: Claim[] = [];
  const leaves = walkLayers(layers, products, claims);
  const sizes = [...circuit.wires.map((wire) => wire.sizes), ...lowered.added];
  const reading = (at: 'lookups' | 'relations'): Reading => ({
    sizes,
    accumulator: (number) => {
      const isIt = ({ claim }: Instance): boolean => claim.at === at && claim.contract.accumulator === number;
      return accumulators[shape.instances.findIndex(isIt)] as Form;
    },
  });
  claims.push(...leafClaims(shape, leaves, received, reading('lookups')));
  for (const { box, sum } of lowered.relations) claims.push(expressionClaim(sum, box, tau, reading('relations')));
  const points = { lookups: leaves.point, relations: tau };
  if (contractions)
    claims.push(...contractionClaims(contractions, circuit, shape, points, accumulators, cells, products));
  claims.push(...products.claims(zeta, atZeta));
  return claims;
}

const cellBytes = (cell: number): Uint8Array => u32(F.residue(cell));

/** Cells of public wires come from the statement, those of constants from the key. */
function knownCells(circuit: Circuit, publics: readonly Int32Array[]): KnownCells {
  const order = circuit.wires.flatMap(({ role }, wire) => (role === 'public' ? [wire] : []));
  const stated = new Map(order.map((wire, i) => [wire, publics[i] as Int32Array]));
  return (wire) => stated.get(wire) ?? circuit.wires[wire]?.cells;
}

/** Moves what the verifier can compute itself into the known part of a claim. */
function settle({ form, tensors }: Claim, circuit: Circuit, cells: KnownCells): Claim {
  let constant = E.ZERO;
  const rest: TensorTerm[] = [];
  for (const term of tensors) {
    const values = cells(term.tensor);
    if (values === undefined) rest.push(term);
    else {
      const sizes = circuit.wires[term.tensor]?.sizes as readonly number[];
      constant = E.add(constant, E.mul(term.coefficient, innerProduct(values, sizes, term.kernels)));
    }
  }
  return { form: plus(form, known(constant)), tensors: rest };
}
