import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seeded } from '../../test/support/circuits.ts';
import type { ContractGadget, Operand, OperandMap, Wire } from '../artifact/circuit.ts';
import { product, type Shape } from '../base/tensor.ts';
import { evaluateContract } from './contract.ts';

function indices(box: Shape): number[][] {
  return box.reduce<number[][]>(
    (prefixes, size) => prefixes.flatMap((prefix) => Array.from({ length: size }, (_, x) => [...prefix, x])),
    [[]],
  );
}

/** (wire − zero) at one output and one reduction index, 0 outside the wire: the definition. */
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

function wire(sizes: Shape): Wire {
  return { name: 'w', role: 'witness', sizes, interval: [-999, 999], data: null };
}

/** Compares with nested loops over the boxes, on seeded data. */
function compare(
  box: Shape,
  reduce: Shape,
  left: { readonly map: readonly OperandMap[]; readonly sizes: Shape; readonly zero: number },
  right: { readonly map: readonly OperandMap[]; readonly sizes: Shape; readonly zero: number },
  seed = 1,
): number[] {
  const random = seeded(seed);
  const a = Array.from({ length: product(left.sizes) }, () => random(-128, 255));
  const b = Array.from({ length: product(right.sizes) }, () => random(-128, 255));
  const gadget: ContractGadget = {
    kind: 'contract',
    name: 'c',
    box,
    reduce,
    accumulator: 0,
    left: { wire: 0, zero: left.zero, map: left.map },
    right: { wire: 1, zero: right.zero, map: right.map },
  };
  const found = Array.from(evaluateContract(gadget, [wire(left.sizes), wire(right.sizes)], a, b));
  const expected = indices(box).map((o) =>
    indices(reduce).reduce(
      (sum, r) => sum + cell(gadget.left, left.sizes, a, o, r) * cell(gadget.right, right.sizes, b, o, r),
      0,
    ),
  );
  expect(found).toEqual(expected);
  return found;
}

const output = (axis: number): OperandMap => ({ kind: 'output', axis });
const reduce = (axis: number): OperandMap => ({ kind: 'reduce', axis });

describe('evaluateContract', () => {
  it('multiplies matrices with zero points', () => {
    compare(
      [3, 4],
      [5],
      { sizes: [3, 5], zero: 7, map: [output(0), reduce(0)] },
      { sizes: [5, 4], zero: -3, map: [reduce(0), output(1)] },
    );
  });

  it('multiplies batches: an output axis of both operands', () => {
    compare(
      [2, 3, 2],
      [4],
      { sizes: [2, 3, 4], zero: 1, map: [output(0), output(1), reduce(0)] },
      { sizes: [4, 2, 2], zero: 0, map: [reduce(0), output(2), output(0)] },
    );
  });

  it('takes inner products: a box without axes', () => {
    compare([], [6], { sizes: [6], zero: 2, map: [reduce(0)] }, { sizes: [6], zero: 0, map: [reduce(0)] });
  });

  it('multiplies element-wise: a reduction without axes', () => {
    compare([5], [], { sizes: [5], zero: 2, map: [output(0)] }, { sizes: [5], zero: 3, map: [output(0)] });
  });

  it('reads fixed indices', () => {
    compare(
      [2],
      [3],
      { sizes: [4, 3], zero: 1, map: [{ kind: 'fixed', index: 2 }, reduce(0)] },
      { sizes: [2, 2, 3], zero: 0, map: [{ kind: 'fixed', index: 1 }, output(0), reduce(0)] },
    );
  });

  it('padding contributes 0 and not the zero point', () => {
    const window: OperandMap = { kind: 'window', axis: 0, reduce: 0, stride: 1, dilation: 1, pad: 2 };
    const values = compare(
      [5],
      [1],
      { sizes: [1], zero: 50, map: [window] },
      { sizes: [1], zero: 0, map: [reduce(0)] },
    );
    expect([0, 1, 3, 4].map((i) => values[i])).toEqual([0, 0, 0, 0]);
    expect(values[2]).not.toBe(0);
  });

  it('reads windows that reach much further than the wire', () => {
    const far = (axis: number): OperandMap => {
      return { kind: 'window', axis, reduce: axis, stride: 2 ** 20, dilation: 2 ** 19, pad: 2 ** 20 };
    };
    const values = compare(
      [3, 3],
      [2, 2],
      { sizes: [2, 2], zero: 50, map: [far(0), far(1)] },
      { sizes: [2, 2], zero: 0, map: [reduce(0), reduce(1)] },
    );
    expect(values.filter((value) => value !== 0)).toHaveLength(1);
  });

  it('keeps what a hostile witness holds, however large, and what is no integer', () => {
    const operand = { wire: 0, zero: 1, map: [output(0), reduce(0)] };
    const gadget: ContractGadget = {
      kind: 'contract',
      name: 'c',
      box: [4],
      reduce: [1],
      accumulator: 0,
      left: operand,
      right: { wire: 1, zero: 0, map: [reduce(0)] },
    };
    const cells = [2 ** 40, 40000, 0.5, Number.NaN];
    const found = evaluateContract(gadget, [wire([4, 1]), wire([1])], cells, [3]);
    expect(Array.from(found)).toEqual(cells.map((x) => 3 * (x - 1)));
  });

  it('convolves two axes with any stride, dilation, padding and zero points', () => {
    const axis = fc.record({
      stride: fc.integer({ min: 1, max: 3 }),
      dilation: fc.integer({ min: 1, max: 3 }),
      pad: fc.integer({ min: -1, max: 3 }),
      size: fc.integer({ min: 1, max: 6 }),
      out: fc.integer({ min: 1, max: 4 }),
      kernel: fc.integer({ min: 1, max: 3 }),
    });
    const zero = fc.integer({ min: -5, max: 5 });
    fc.assert(
      fc.property(axis, axis, zero, zero, fc.nat(1000), (y, x, za, zb, seed) => {
        const window = (a: number, r: number, { stride, dilation, pad }: typeof y): OperandMap => ({
          kind: 'window',
          axis: a,
          reduce: r,
          stride,
          dilation,
          pad,
        });
        compare(
          [2, y.out, x.out],
          [2, y.kernel, x.kernel],
          { sizes: [2, y.size, x.size], zero: za, map: [reduce(0), window(1, 1, y), window(2, 2, x)] },
          { sizes: [2, 2, y.kernel, x.kernel], zero: zb, map: [output(0), reduce(0), reduce(1), reduce(2)] },
          seed,
        );
      }),
      { numRuns: 150, seed: 1 },
    );
  });

  it('is exact for sums near the limit of the field', () => {
    const gadget: ContractGadget = {
      kind: 'contract',
      name: 'c',
      box: [1],
      reduce: [16000],
      accumulator: 0,
      left: { wire: 0, zero: 0, map: [reduce(0)] },
      right: { wire: 1, zero: 0, map: [output(0), reduce(0)] },
    };
    const data = new Int32Array(16000).fill(255);
    expect(Array.from(evaluateContract(gadget, [wire([16000]), wire([1, 16000])], data, data))).toEqual([
      16000 * 255 * 255,
    ]);
  });
});
