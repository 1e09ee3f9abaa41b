import { describe, expect, it } from 'vitest';
import { complete } from '../../../test/support/circuits.ts';
import { keyWithoutWork, noContext } from '../../../test/support/malicious.ts';
import type { Circuit } from '../../artifact/circuit.ts';
import { profile } from '../../artifact/quant-graph.ts';
import { Builder, identityMap } from '../../gadgets/builder.ts';
import { verifyProof } from '../../verify/index.ts';
import { assign, proveCells } from './index.ts';
import { stack } from './instances.ts';
import { referenceKernels } from './kernels/reference.ts';

/** Private wires of some sizes, each with a range of its own: as many leaves as cells and rows, padded. */
function ranges(wires: readonly (readonly [cells: number, rows: number])[]): Circuit {
  const build = new Builder();
  const x = build.publicWire('x', [1], [0, 0]);
  wires.forEach(([cells, rows], i) => {
    build.range(`range ${i}`, build.witness(`wire ${i}`, [cells], [-i, rows - 1 - i]), -i, rows - 1 - i);
  });
  const y = build.publicWire('y', [1], [0, 0]);
  const input = {
    constant: 0,
    terms: [{ coefficient: 1, view: { wire: x, map: identityMap([1]) } }],
    accumulators: [],
  };
  build.linear('y', [1], input, y);
  const port = { quantization: null, dtype: 's32' as const, dims: [1] };
  return build.finish(
    'ranges',
    profile,
    [{ ...port, name: 'x', tensor: 'x', wire: x }],
    [{ ...port, name: 'y', tensor: 'y', wire: y }],
  );
}

/** Leaves in use, of how many: two, all, more than half with and without a tail, and few after a large block. */
const cases: readonly (readonly [used: number, logLeaves: number, wires: readonly (readonly [number, number])[]])[] = [
  [2, 1, [[1, 1]]],
  [3, 2, [[2, 1]]],
  [16, 4, [[8, 8]]],
  [10, 4, [[7, 2]]],
  [65, 7, [[61, 1]]],
  [
    100,
    7,
    [
      [64, 4],
      [27, 3],
    ],
  ],
  [
    514,
    10,
    [
      [1, 512],
      [1, 1],
    ],
  ],
];

describe('lookups over trees of leaves, the last of them unused', () => {
  it.each(cases)('%i leaves of 2^%i are proven, with every kernel to the same bytes', (used, logLeaves, wires) => {
    const circuit = ranges(wires);
    const key = keyWithoutWork(circuit);
    const { instances, logLeaves: found } = stack(key.system);
    const last = Math.max(...instances.map(({ address, bits }) => address + 2 ** bits));
    expect([found, last >= used && last <= 2 ** logLeaves]).toEqual([logLeaves, true]);
    const cells = assign(key.system, complete(circuit, [Int32Array.of(0)]));
    const prove = (options: object) =>
      proveCells(key, cells, noContext, { randomness: new Uint8Array(32).fill(5), ...options });
    const proof = prove({});
    expect(verifyProof({ accepted: key }, proof).ok).toBe(true);
    expect(prove({ kernels: referenceKernels }).body).toEqual(proof.body);
  });
});
