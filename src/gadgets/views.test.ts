import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AxisMap } from '../artifact/circuit.ts';
import { ProvennError } from '../base/errors.ts';
import { product, type Shape } from '../base/tensor.ts';
import { addressing, evaluateExpression, forEachAddress, readView } from './views.ts';

/** All indices of a box, row-major. */
function indices(box: Shape): number[][] {
  return box.reduce<number[][]>(
    (prefixes, size) => prefixes.flatMap((prefix) => Array.from({ length: size }, (_, x) => [...prefix, x])),
    [[]],
  );
}

function indexAt(entry: AxisMap, x: readonly number[], box: Shape): number {
  if (entry.kind === 'fixed') return entry.index;
  if (entry.kind === 'axis') return entry.stride * (x[entry.axis] as number) + entry.offset;
  const cells = indices(entry.axes.map((axis) => box[axis] as number));
  const at = cells.findIndex((cell) => cell.every((value, i) => value === x[entry.axes[i] as number]));
  return entry.indices[at] as number;
}

/** A view read cell by cell, straight from its definition: 0 wherever an index leaves its dimension. */
function naive(map: readonly AxisMap[], sizes: Shape, data: readonly number[], box: Shape): number[] {
  return indices(box).map((x) => {
    let address = 0;
    for (const [dim, entry] of map.entries()) {
      const size = sizes[dim] as number;
      const i = indexAt(entry, x, box);
      if (i < 0 || i >= size) return 0;
      address = address * size + i;
    }
    return data[address] as number;
  });
}

/** A wire of rank ≤ 3, a box of rank ≤ 4, and a map in which every box axis indexes at most one dimension. */
const views = fc
  .record({
    sizes: fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 3 }),
    box: fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 4 }),
    order: fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 }),
    strides: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 3, maxLength: 3 }),
    offsets: fc.array(fc.integer({ min: -3, max: 4 }), { minLength: 3, maxLength: 3 }),
    fixed: fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
  })
  .map(({ sizes, box, order, strides, offsets, fixed }) => {
    const axes = order.filter((axis) => axis < box.length);
    const map = sizes.map((size, dim): AxisMap => {
      const axis = axes[dim];
      return axis === undefined || fixed[dim] === true
        ? { kind: 'fixed', index: Math.abs(offsets[dim] as number) % size }
        : { kind: 'axis', axis, stride: strides[dim] as number, offset: offsets[dim] as number };
    });
    return { sizes, box, map, data: Array.from({ length: product(sizes) }, (_, i) => 100 + i) };
  });

describe('readView', () => {
  it('reads strided, shifted, permuted, fixed and broadcast views as defined, 0 outside', () => {
    fc.assert(
      fc.property(views, ({ sizes, box, map, data }) => {
        expect(Array.from(readView({ wire: 0, map }, { sizes }, data, box))).toEqual(naive(map, sizes, data, box));
      }),
      { numRuns: 1000, seed: 1 },
    );
  });

  it('broadcasts over axes that no entry names', () => {
    const map: AxisMap[] = [{ kind: 'axis', axis: 1, stride: 1, offset: 0 }];
    expect(Array.from(readView({ wire: 0, map }, { sizes: [2] }, [5, 6], [2, 2, 2]))).toEqual([5, 5, 6, 6, 5, 5, 6, 6]);
  });

  it('gives 0 before the first cell and behind the last', () => {
    const map: AxisMap[] = [{ kind: 'axis', axis: 0, stride: 2, offset: -1 }];
    expect(Array.from(readView({ wire: 0, map }, { sizes: [4] }, [1, 2, 3, 4], [4]))).toEqual([0, 2, 4, 0]);
  });

  it('is 0 everywhere when a fixed index is outside', () => {
    const map: AxisMap[] = [
      { kind: 'fixed', index: 2 },
      { kind: 'axis', axis: 0, stride: 1, offset: 0 },
    ];
    expect(Array.from(readView({ wire: 0, map }, { sizes: [2, 2] }, [1, 2, 3, 4], [2]))).toEqual([0, 0]);
  });

  it('reads a scalar', () => {
    expect(Array.from(readView({ wire: 0, map: [] }, { sizes: [] }, [9], [3]))).toEqual([9, 9, 9]);
  });
});

describe('a list', () => {
  const box = [2, 2, 3];

  it('gives any function of one axis, −1 standing for 0', () => {
    const map: AxisMap[] = [{ kind: 'listed', axes: [1], indices: Int32Array.of(1, -1, 0) }];
    expect(Array.from(readView({ wire: 0, map }, { sizes: [2] }, [5, 6], [2, 3]))).toEqual([6, 0, 5, 6, 0, 5]);
  });

  it('gives any function of several axes, in their order', () => {
    const random = Int32Array.of(3, -1, 0, 1, 2, 2);
    for (const axes of [
      [0, 2],
      [2, 0],
      [2, 1],
    ]) {
      const map: AxisMap[] = [
        { kind: 'listed', axes, indices: random },
        { kind: 'axis', axis: 3 - (axes[0] as number) - (axes[1] as number), stride: 1, offset: 0 },
      ];
      const data = Array.from({ length: 12 }, (_, i) => 100 + i);
      const sizes = [4, box[map[1]?.kind === 'axis' ? map[1].axis : 0] as number];
      const whole = data.slice(0, product(sizes));
      expect(Array.from(readView({ wire: 0, map }, { sizes }, whole, box))).toEqual(naive(map, sizes, whole, box));
    }
  });

  it('refuses an axis that another dimension has', () => {
    const list: AxisMap = { kind: 'listed', axes: [0, 1], indices: new Int32Array(4) };
    const axis: AxisMap = { kind: 'axis', axis: 1, stride: 1, offset: 0 };
    expect(() => addressing([list, axis], [2, 2], [2, 2])).toThrow(ProvennError);
  });
});

describe('forEachAddress', () => {
  it('visits every cell of the box once, in order', () => {
    const cells: number[] = [];
    const map: AxisMap[] = [{ kind: 'axis', axis: 1, stride: 1, offset: 0 }];
    forEachAddress(map, [3], [2, 3, 2], (cell, address) => {
      cells.push(cell);
      expect(address).toBe(Math.floor(cell / 2) % 3);
    });
    expect(cells).toEqual(Array.from({ length: 12 }, (_, i) => i));
  });
});

describe('addressing', () => {
  it('refuses an axis that indexes two dimensions', () => {
    const entry: AxisMap = { kind: 'axis', axis: 0, stride: 1, offset: 0 };
    expect(() => addressing([entry, entry], [2, 2], [2])).toThrow(ProvennError);
  });
});

describe('evaluateExpression', () => {
  const identity: AxisMap[] = [{ kind: 'axis', axis: 0, stride: 1, offset: 0 }];
  const shifted: AxisMap[] = [{ kind: 'axis', axis: 0, stride: 1, offset: 1 }];
  const wires = [{ sizes: [3] }, { sizes: [3] }];

  it('adds the constant, scaled views and accumulators', () => {
    const values = evaluateExpression(
      {
        constant: 1000,
        terms: [
          { coefficient: -2, view: { wire: 0, map: identity } },
          { coefficient: 10, view: { wire: 1, map: shifted } },
        ],
        accumulators: [1, 0, 1],
      },
      wires,
      {
        wires: [
          [1, 2, 3],
          [4, 5, 6],
        ],
        accumulators: [Float64Array.of(7, 8, 9), Float64Array.of(100, 200, 300)],
      },
      [3],
    );
    expect(Array.from(values)).toEqual([1000 - 2 + 50 + 7 + 200, 1000 - 4 + 60 + 8 + 400, 1000 - 6 + 0 + 9 + 600]);
  });

  it('is the constant everywhere without terms', () => {
    const values = evaluateExpression(
      { constant: -4, terms: [], accumulators: [] },
      [],
      { wires: [], accumulators: [] },
      [2, 2],
    );
    expect(Array.from(values)).toEqual([-4, -4, -4, -4]);
  });

  it('refuses a wire without integers and an accumulator over another box', () => {
    const assignment = { wires: [undefined], accumulators: [Float64Array.of(1, 2)] };
    const term = { coefficient: 1, view: { wire: 0, map: identity } };
    expect(() => evaluateExpression({ constant: 0, terms: [term], accumulators: [] }, wires, assignment, [3])).toThrow(
      /before it is assigned/,
    );
    for (const id of [0, 1])
      expect(() => evaluateExpression({ constant: 0, terms: [], accumulators: [id] }, wires, assignment, [3])).toThrow(
        /accumulator/,
      );
  });
});
