import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seeded } from '../../../test/support/circuits.ts';
import type { AxisMap, Operand, OperandMap } from '../../artifact/circuit.ts';
import { add, at, type Ext, fromBase, multiply, one, subtract, toVector, zero } from '../../base/extension.ts';
import { fromInteger, P } from '../../base/field.ts';
import { product, type Shape } from '../../base/tensor.ts';
import { readView } from '../../gadgets/views.ts';
import {
  boxAt,
  type ContractionPoint,
  type Kernel,
  kernelAt,
  kernelSum,
  kernelVector,
  operandKernels,
  publicInnerProduct,
  splitPoint,
  viewKernels,
} from './kernel-vectors.ts';

function elements(seed: number): () => Ext {
  const random = seeded(seed);
  return () => [random(0, P - 1), random(0, P - 1), random(0, P - 1), random(0, P - 1)];
}

function pointOf(length: number, next: () => Ext): Ext[] {
  return Array.from({ length }, next);
}

const bitsOf = (size: number): number => Math.ceil(Math.log2(size));
const total = (values: readonly Ext[]): Ext => values.reduce(add, zero);
const times = (...values: readonly Ext[]): Ext => values.reduce(multiply, one);

/** eq(point, index) from the product formula. */
function eq(point: readonly Ext[], index: number): Ext {
  return times(...point.map((x, bit) => (Math.floor(index / 2 ** bit) % 2 === 1 ? x : subtract(one, x))));
}

function indices(box: Shape): number[][] {
  return box.reduce<number[][]>(
    (prefixes, size) => prefixes.flatMap((prefix) => Array.from({ length: size }, (_, x) => [...prefix, x])),
    [[]],
  );
}

const integer = (value: number): Ext => fromBase(fromInteger(value));
const small = fc.integer({ min: 1, max: 5 });

describe('kernels', () => {
  /** A dimension of 1 to 6 cells and any kernel over it. */
  const cases = fc
    .record({ size: fc.integer({ min: 1, max: 6 }), seed: fc.nat(), kind: fc.nat(6), extra: fc.nat(6) })
    .map(({ size, seed, kind, extra }) => {
      const next = elements(seed);
      const bits = bitsOf(size);
      const values = toVector(pointOf(size, next));
      const weights = pointOf(2 * size, next);
      const kernels: readonly Kernel[] = [
        { kind: 'eq', point: pointOf(bits, next), count: 1 + (extra % size) },
        { kind: 'eq', point: pointOf(Math.max(0, bits - 1), next), count: Math.min(size, 2 ** Math.max(0, bits - 1)) },
        { kind: 'point', index: extra % size },
        { kind: 'vector', values },
        { kind: 'eq', point: pointOf(bits + 2, next), count: size + extra },
        { kind: 'sparse', count: size, forEach: (visit) => weights.forEach((value, i) => visit(i % size, value)) },
        { kind: 'sparse', count: 1, forEach: (visit) => visit(extra % size, weights[0] as Ext) },
      ];
      return { size, kernel: kernels[kind] as Kernel, point: pointOf(bits, next) };
    });

  it('kernelAt is the multilinear extension of kernelVector, and kernelSum its sum', () => {
    fc.assert(
      fc.property(cases, ({ size, kernel, point }) => {
        const vector = kernelVector(kernel, size);
        expect(vector.length).toBe(4 * size);
        const weights = Array.from({ length: size }, (_, i) => at(vector, i));
        expect(kernelAt(kernel, size, point)).toEqual(total(weights.map((w, i) => multiply(w, eq(point, i)))));
        expect(kernelSum(kernel, size)).toEqual(total(weights));
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  it('an eq kernel is eq below its count and 0 from there', () => {
    const point = pointOf(3, elements(1));
    const vector = kernelVector({ kind: 'eq', point, count: 5 }, 7);
    for (let i = 0; i < 7; i++) expect(at(vector, i)).toEqual(i < 5 ? eq(point, i) : [...zero]);
  });

  it('publicInnerProduct is the sum over the box of data and the product of kernels', () => {
    fc.assert(
      fc.property(fc.array(small, { maxLength: 3 }), fc.nat(), (sizes, seed) => {
        const next = elements(seed);
        const random = seeded(seed + 1);
        const data = Array.from({ length: product(sizes) }, () => random(-(2 ** 31), 2 ** 31 - 1));
        const vectors = sizes.map((size) => pointOf(size, next));
        const kernels = vectors.map((values): Kernel => ({ kind: 'vector', values: toVector(values) }));
        const expected = indices(sizes).map((index, cell) =>
          times(integer(data[cell] as number), ...index.map((i, dim) => (vectors[dim] as Ext[])[i] as Ext)),
        );
        expect(publicInnerProduct(data, sizes, kernels)).toEqual(total(expected));
      }),
      { numRuns: 150, seed: 2 },
    );
  });
});

describe('points of a box', () => {
  it('splitPoint gives the lowest coordinates to the last axis', () => {
    const point = pointOf(6, elements(3));
    expect(splitPoint(point, [3, 1, 5, 2])).toEqual([point.slice(4, 6), [], point.slice(1, 4), point.slice(0, 1)]);
  });

  it('eq of the parts is eq of the whole at the padded address', () => {
    const box = [3, 2, 5];
    const point = pointOf(6, elements(4));
    const parts = splitPoint(point, box);
    for (const [x, y, z] of indices(box) as [number, number, number][])
      expect(times(eq(parts[0] as Ext[], x), eq(parts[1] as Ext[], y), eq(parts[2] as Ext[], z))).toEqual(
        eq(point, 16 * x + 8 * y + z),
      );
  });

  it('boxAt is the extension of the indicator of the box', () => {
    fc.assert(
      fc.property(fc.array(small, { maxLength: 3 }), fc.nat(), (box, seed) => {
        const parts = splitPoint(
          pointOf(
            box.reduce((bits, size) => bits + bitsOf(size), 0),
            elements(seed),
          ),
          box,
        );
        const expected = indices(box).map((x) => times(...x.map((i, axis) => eq(parts[axis] as Ext[], i))));
        expect(boxAt(parts, box)).toEqual(total(expected));
      }),
      { numRuns: 80, seed: 3 },
    );
  });
});

describe('viewKernels', () => {
  const views = fc
    .record({
      sizes: fc.array(small, { maxLength: 3 }),
      box: fc.array(small, { maxLength: 3 }),
      order: fc.shuffledSubarray([0, 1, 2], { minLength: 3 }),
      strides: fc.array(fc.constantFrom(1, 1, 2, 3), { minLength: 3, maxLength: 3 }),
      offsets: fc.array(fc.constantFrom(0, 0, -2, -1, 1, 3), { minLength: 3, maxLength: 3 }),
      seed: fc.nat(),
    })
    .map(({ sizes, box, order, strides, offsets, seed }) => {
      const axes = order.filter((axis) => axis < box.length);
      const random = seeded(seed);
      const map = sizes.map((size, dim): AxisMap => {
        const axis = axes[dim];
        if (axis === undefined) return { kind: 'fixed', index: seed % size };
        // The last dimension may take all axes that are left, through a list.
        const rest = axes.slice(dim);
        if (dim === sizes.length - 1 && random(0, 1) === 1) {
          const cells = product(rest.map((each) => box[each] as number));
          return {
            kind: 'listed',
            axes: rest,
            indices: Int32Array.from({ length: cells }, () => random(-1, size - 1)),
          };
        }
        return { kind: 'axis', axis, stride: strides[dim] as number, offset: offsets[dim] as number };
      });
      return { sizes, box, map, seed };
    });

  it('evaluate the extension of what the view reads over its box: strided, shifted, broadcast, 0 outside', () => {
    fc.assert(
      fc.property(views, ({ sizes, box, map, seed }) => {
        const random = seeded(seed);
        const data = Array.from({ length: product(sizes) }, () => random(-255, 255));
        const parts = splitPoint(
          pointOf(
            box.reduce((bits, size) => bits + bitsOf(size), 0),
            elements(seed + 1),
          ),
          box,
        );
        const read = readView({ wire: 0, map }, { sizes }, data, box);
        const expected = indices(box).map((x, cell) =>
          times(integer(read[cell] as number), ...x.map((i, axis) => eq(parts[axis] as Ext[], i))),
        );
        const { factor, kernels } = viewKernels({ wire: 0, map }, sizes, box, parts);
        expect(multiply(factor, publicInnerProduct(data, sizes, kernels))).toEqual(total(expected));
      }),
      { numRuns: 300, seed: 4 },
    );
  });
});

describe('kernels of a wire much larger than the box that reads it', () => {
  const size = 2 ** 28;
  const next = elements(7);
  const point = pointOf(28, next);

  it('are as long as the box: offsets, strides, lists and plain axes', () => {
    const part = pointOf(1, next);
    const places: readonly [AxisMap, number, number][] = [
      [{ kind: 'axis', axis: 0, stride: 1, offset: 0 }, 0, 1],
      [{ kind: 'axis', axis: 0, stride: 1, offset: size - 2 }, size - 2, size - 1],
      [{ kind: 'axis', axis: 0, stride: 12345678, offset: 9 }, 9, 12345687],
      [{ kind: 'listed', axes: [0], indices: Int32Array.of(77777777, 3) }, 77777777, 3],
    ];
    for (const [entry, first, second] of places) {
      const [kernel] = viewKernels({ wire: 0, map: [entry] }, [size], [2], [part]).kernels as [Kernel];
      const expected = [times(eq(part, 0), eq(point, first)), times(eq(part, 1), eq(point, second))];
      expect(kernelAt(kernel, size, point)).toEqual(total(expected));
    }
  });

  it('are as long as the window', () => {
    const [o, k] = [pointOf(1, next), pointOf(1, next)];
    const map = [{ kind: 'window' as const, axis: 0, reduce: 0, stride: 1000, dilation: 7, pad: -5 }];
    const place = { box: [2], reduce: [2], outputs: [o], shared: new Map(), reduces: [k] };
    const [kernel] = operandKernels({ wire: 0, zero: 0, map }, [size], place) as [Kernel];
    const cells = indices([2, 2]) as [number, number][];
    const expected = cells.map(([i, j]) => times(eq(o, i), eq(k, j), eq(point, 1000 * i + 7 * j + 5)));
    expect(kernelAt(kernel, size, point)).toEqual(total(expected));
    expect(kernelSum(kernel, size)).toEqual(one);
  });
});

describe('operandKernels', () => {
  /** (wire − zero) at output index o and reduction index r, 0 outside: the definition. */
  function cell(operand: Operand, sizes: Shape, data: readonly number[], o: number[], r: number[]): number {
    let address = 0;
    for (const [dim, entry] of operand.map.entries()) {
      const size = sizes[dim] as number;
      const i =
        entry.kind === 'fixed'
          ? entry.index
          : entry.kind === 'output'
            ? (o[entry.axis] as number)
            : entry.kind === 'reduce'
              ? (r[entry.axis] as number)
              : entry.stride * (o[entry.axis] as number) + entry.dilation * (r[entry.reduce] as number) - entry.pad;
      if (i < 0 || i >= size) return 0;
      address = address * size + i;
    }
    return (data[address] as number) - operand.zero;
  }

  /** Compares the kernels, zero point included, with the sum over every index of the operand's own axes. */
  function compare(
    map: readonly OperandMap[],
    sizes: Shape,
    box: Shape,
    reduce: Shape,
    shared: number[],
    seed: number,
  ) {
    const next = elements(seed);
    const random = seeded(seed + 1);
    const data = Array.from({ length: product(sizes) }, () => random(-255, 255));
    const operand: Operand = { wire: 0, zero: random(-9, 9), map };
    const place: ContractionPoint = {
      box,
      reduce,
      outputs: box.map((size) => pointOf(bitsOf(size), next)),
      shared: new Map(shared.map((axis) => [axis, pointOf(bitsOf(box[axis] as number), next)])),
      reduces: reduce.map((size) => pointOf(bitsOf(size), next)),
    };
    const own = new Set(
      map.flatMap((entry) => (entry.kind === 'output' || entry.kind === 'window' ? [entry.axis] : [])),
    );
    const outputs = indices(box.map((size, axis) => (own.has(axis) ? size : 1)));
    const expected = outputs.flatMap((o) =>
      indices(reduce).map((r) =>
        times(
          integer(cell(operand, sizes, data, o, r)),
          ...o.map((x, axis) =>
            own.has(axis) ? eq(place.shared.get(axis) ?? (place.outputs[axis] as Ext[]), x) : one,
          ),
          ...r.map((x, axis) => eq(place.reduces[axis] as Ext[], x)),
        ),
      ),
    );
    const kernels = operandKernels(operand, sizes, place);
    const sums = kernels.map((kernel, dim) => kernelSum(kernel, sizes[dim] as number));
    const found = subtract(publicInnerProduct(data, sizes, kernels), times(integer(operand.zero), ...sums));
    expect(found).toEqual(total(expected));
  }

  const output = (axis: number): OperandMap => ({ kind: 'output', axis });
  const reduce = (axis: number): OperandMap => ({ kind: 'reduce', axis });

  it('fold a matrix over its own output axis and its reduced axis', () => {
    for (let seed = 0; seed < 5; seed++) compare([output(1), reduce(0)], [3, 5], [2, 3], [5], [], seed);
  });

  it('use the end point of the sumcheck on shared axes', () => {
    for (let seed = 0; seed < 5; seed++) compare([output(0), reduce(0), output(1)], [3, 4, 2], [3, 2], [4], [0], seed);
  });

  it('take fixed indices', () => {
    compare([{ kind: 'fixed', index: 2 }, reduce(0)], [3, 5], [2], [5], [], 1);
  });

  it('meet a window’s cells as often as its taps do: any stride, dilation and padding', () => {
    const axis = fc.record({
      stride: fc.integer({ min: 1, max: 3 }),
      dilation: fc.integer({ min: 1, max: 3 }),
      pad: fc.integer({ min: -1, max: 3 }),
      size: fc.integer({ min: 1, max: 6 }),
      out: fc.integer({ min: 1, max: 4 }),
      kernel: fc.integer({ min: 1, max: 3 }),
    });
    fc.assert(
      fc.property(axis, fc.nat(), ({ stride, dilation, pad, size, out, kernel }, seed) => {
        const window: OperandMap = { kind: 'window', axis: 1, reduce: 1, stride, dilation, pad };
        compare([reduce(0), window], [2, size], [3, out], [2, kernel], [], seed);
      }),
      { numRuns: 150, seed: 5 },
    );
  });
});
