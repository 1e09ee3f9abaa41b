/** y = step(Σ x² + w·x): private x, public y. Large inputs saturate, so that very different ones share their output. */
import type { Circuit } from '../../src/artifact/circuit.ts';
import { profile } from '../../src/artifact/quant-graph.ts';
import type { Witness } from '../../src/artifact/witness.ts';
import { Builder } from '../../src/gadgets/builder.ts';
import { complete, quantizer } from './circuits.ts';

export const weights: Int32Array = Int32Array.of(11, -7, 5, 3);

/** Inputs of the same output. */
export const inputs: readonly [Int32Array, Int32Array] = [
  Int32Array.of(131, 2, 77, 250),
  Int32Array.of(255, 255, 255, 255),
];

function build(): Circuit {
  const builder = new Builder();
  const x = builder.witness('x', [1, 4], [0, 255]);
  builder.range('x:range', x, 0, 255);
  const w = builder.constant('w', [1, 4], weights);
  const side = (wire: number) => ({
    wire,
    zero: 0,
    map: [
      { kind: 'output' as const, axis: 0 },
      { kind: 'reduce' as const, axis: 0 },
    ],
  });
  const fixed = (wire: number) => ({
    wire,
    zero: 0,
    map: [
      { kind: 'fixed' as const, index: 0 },
      { kind: 'reduce' as const, axis: 0 },
    ],
  });
  const squares = builder.contract('squares', [1], [4], side(x), fixed(x));
  const products = builder.contract('products', [1], [4], side(x), fixed(w));
  const y = builder.publicWire('y', [1], [0, 255]);
  const input = { constant: 0, terms: [], accumulators: [squares, products] };
  builder.step('step', [1], input, [quantizer(-10_000, 300_000, 200, 0)], null, y);
  const port = { quantization: null, dtype: 'u8' as const };
  return builder.finish(
    'private input',
    profile,
    [{ ...port, name: 'x', tensor: 'x', dims: [1, 4], wire: x }],
    [{ ...port, name: 'y', tensor: 'y', dims: [1], wire: y }],
  );
}

export const privateCircuit: Circuit = build();

export function witnessOf(input: Int32Array): Witness {
  return complete(privateCircuit, [input]);
}
