/** The tamper manifest: every field of a proof body, in order, with its place. */
import type { ContractGadget } from '../../src/artifact/circuit.ts';
import { contractionShape } from '../../src/backends/transparent/contraction-shape.ts';
import type { AcceptedKey } from '../../src/backends/transparent/index.ts';
import { accumulatorClaims, stack } from '../../src/backends/transparent/instances.ts';

export type Field = {
  readonly name: string;
  readonly kind: 'digest' | 'nonce' | 'element' | 'cell';
  readonly from: number;
  readonly to: number;
};

const sizes = { digest: 32, nonce: 8, element: 16, cell: 4 } as const;

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
  field('element', 'inner product', 2 * layout.logCells);
  field('element', 'folded row', 2 ** layout.logRow);
  if (parameters.queryWork > 0) field('nonce', 'query work');
  for (let query = 0; query < parameters.queries; query++) field('cell', `column ${query} row`, layout.rows.length);
  field('digest', 'path digest', Math.max(0, Math.floor((length - at) / sizes.digest)));
  return fields;
}
