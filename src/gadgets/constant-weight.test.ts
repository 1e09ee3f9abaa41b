import fc from 'fast-check';
import { expect, it } from 'vitest';
import { seeded } from '../../test/support/circuits.ts';
import type { OperandMap, Wire } from '../artifact/circuit.ts';
import { product, type Shape } from '../base/tensor.ts';
import { ConstantWeights } from './constant-weight.ts';

function constant(sizes: Shape, seed: number): Wire {
  const random = seeded(seed);
  const data = Int32Array.from({ length: product(sizes) }, () => random(-99, 99));
  return { name: 'k', role: 'constant', sizes, interval: [-99, 99], data };
}

/** The definition: one sum for every index of the output dimensions. */
function heaviest({ sizes, data }: Wire, zero: number, outer: readonly boolean[]): number {
  const sums = new Map<string, number>();
  data?.forEach((value, cell) => {
    let rest = cell;
    const index = sizes.map(() => 0);
    for (let dim = sizes.length - 1; dim >= 0; dim--) {
      index[dim] = rest % (sizes[dim] as number);
      rest = Math.floor(rest / (sizes[dim] as number));
    }
    const key = index.filter((_, dim) => outer[dim]).join();
    sums.set(key, (sums.get(key) ?? 0) + Math.abs(value - zero));
  });
  return Math.max(...sums.values());
}

it('is the heaviest sum over what one output reads, wherever the output dimensions are', () => {
  const dimension = fc.record({ size: fc.integer({ min: 1, max: 4 }), outer: fc.boolean() });
  fc.assert(
    fc.property(
      fc.array(dimension, { maxLength: 5 }),
      fc.integer({ min: -9, max: 9 }),
      fc.nat(),
      (dims, zero, seed) => {
        const wire = constant(
          dims.map(({ size }) => size),
          seed,
        );
        const map = dims.map(({ outer }, axis): OperandMap => ({ kind: outer ? 'output' : 'reduce', axis }));
        const found = new ConstantWeights().of([wire], { wire: 0, zero, map }, 1);
        expect(found).toBe(
          heaviest(
            wire,
            zero,
            dims.map(({ outer }) => outer),
          ),
        );
      },
    ),
    { numRuns: 200, seed: 1 },
  );
});

it('of windows is the largest cell at every index', () => {
  const wire = constant([4], 3);
  const map: OperandMap[] = [{ kind: 'window', axis: 0, reduce: 0, stride: 1, dilation: 1, pad: 0 }];
  const largest = Math.max(...(wire.data ?? []).map((x) => Math.abs(x - 5)));
  const weights = new ConstantWeights();
  for (const count of [3, 4]) expect(weights.of([wire], { wire: 0, zero: 5, map }, count)).toBe(count * largest);
});

it('tells uses apart by wire, zero point and output dimensions', () => {
  const wires = [constant([3, 4], 1), constant([3, 4], 2)];
  const weights = new ConstantWeights();
  for (const wire of [0, 1])
    for (const zero of [0, 7])
      for (const outer of [0, 1]) {
        const map = [0, 1].map((axis): OperandMap => ({ kind: axis === outer ? 'output' : 'reduce', axis: 0 }));
        const expected = heaviest(wires[wire] as Wire, zero, [outer === 0, outer === 1]);
        expect(weights.of(wires, { wire, zero, map }, 1)).toBe(expected);
      }
});
