import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { add, at, type Ext, fromBase, multiply, one, subtract, zero } from '../../base/extension.ts';
import { fromInteger, inv, P } from '../../base/field.ts';
import {
  bitsFor,
  boxTruncated,
  eqIndex,
  eqPoints,
  eqTable,
  eqTruncated,
  interpolate,
  weightedSum,
} from './polynomials.ts';

const cell = fc.oneof(fc.constantFrom(0, 1, P - 1), fc.integer({ min: 0, max: P - 1 }));
const element: fc.Arbitrary<Ext> = fc.tuple(cell, cell, cell, cell);
const point = (maxLength: number): fc.Arbitrary<Ext[]> => fc.array(element, { maxLength });
const pointAndSize = point(6).chain((r) => fc.tuple(fc.constant(r), fc.integer({ min: 0, max: 2 ** r.length })));

const bit = (x: number, i: number): number => Math.floor(x / 2 ** i) % 2;
const flip = (x: Ext): Ext => subtract(one, x);

/** eq(point, bits of x) from the product formula. */
function eq(r: readonly Ext[], x: number): Ext {
  return r.reduce((total, c, i) => multiply(total, bit(x, i) === 1 ? c : flip(c)), one);
}

function sum(count: number, term: (x: number) => Ext): Ext {
  return Array.from({ length: count }, (_, x) => term(x)).reduce(add, zero);
}

describe('bitsFor', () => {
  it('is the least b with 2^b ≥ n', () => {
    for (let n = 1; n <= 1100; n++) expect(bitsFor(n)).toBe(Math.ceil(Math.log2(n)));
    for (const b of [20, 28, 30, 31]) {
      expect(bitsFor(2 ** b - 1)).toBe(b);
      expect(bitsFor(2 ** b)).toBe(b);
      expect(bitsFor(2 ** b + 1)).toBe(b + 1);
    }
    expect(bitsFor(0)).toBe(0);
  });

  it('is right beyond 2^32 too: stacked boxes can be that large before anything judges them', () => {
    expect(bitsFor(2 ** 32)).toBe(32);
    expect(bitsFor(2 ** 32 + 512)).toBe(33);
    expect(bitsFor(2 ** 40)).toBe(40);
  });
});

describe('eq', () => {
  it('eqTable and eqIndex agree with the product formula', () => {
    fc.assert(
      fc.property(point(6), (r) => {
        const table = eqTable(r);
        expect(table.length).toBe(4 * 2 ** r.length);
        for (let x = 0; x < 2 ** r.length; x++) {
          expect(at(table, x)).toEqual(eq(r, x));
          expect(eqIndex(r, x)).toEqual(eq(r, x));
        }
      }),
      { numRuns: 60, seed: 1 },
    );
  });

  it('eqTable scales by its factor, and sums to it', () => {
    fc.assert(
      fc.property(point(5), element, (r, factor) => {
        const table = eqTable(r, factor);
        expect(sum(2 ** r.length, (x) => at(table, x))).toEqual([...factor]);
        expect(at(table, 0)).toEqual(multiply(factor, eq(r, 0)));
      }),
      { numRuns: 60, seed: 2 },
    );
  });

  it('eqPoints is the sum over the cube, and tells bit strings apart', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(element, element), { maxLength: 5 }), (pairs) => {
        const a = pairs.map(([x]) => x);
        const b = pairs.map(([, y]) => y);
        expect(eqPoints(a, b)).toEqual(sum(2 ** a.length, (x) => multiply(eq(a, x), eq(b, x))));
      }),
      { numRuns: 60, seed: 3 },
    );
    const bits = (x: number): Ext[] => [0, 1, 2].map((i) => fromBase(bit(x, i)));
    for (let x = 0; x < 8; x++)
      for (let y = 0; y < 8; y++) expect(eqPoints(bits(x), bits(y))).toEqual(x === y ? [...one] : [...zero]);
  });
});

describe('truncated sums', () => {
  it('boxTruncated is Σ eq(point, i) below the size', () => {
    fc.assert(
      fc.property(pointAndSize, ([r, size]) => {
        expect(boxTruncated(r, size)).toEqual(sum(size, (x) => eq(r, x)));
      }),
      { numRuns: 200, seed: 4 },
    );
  });

  it('eqTruncated is Σ eq(a, i)·eq(b, i) below the size', () => {
    fc.assert(
      fc.property(
        fc
          .array(fc.tuple(element, element), { maxLength: 6 })
          .chain((pairs) => fc.tuple(fc.constant(pairs), fc.integer({ min: 0, max: 2 ** pairs.length }))),
        ([pairs, size]) => {
          const a = pairs.map(([x]) => x);
          const b = pairs.map(([, y]) => y);
          expect(eqTruncated(a, b, size)).toEqual(sum(size, (x) => multiply(eq(a, x), eq(b, x))));
        },
      ),
      { numRuns: 200, seed: 5 },
    );
  });

  it('a size beyond the cube counts as all of it', () => {
    const r: Ext[] = [
      [1, 2, 3, 4],
      [5, 6, 7, 8],
    ];
    expect(boxTruncated(r, 9)).toEqual([...one]);
    expect(eqTruncated(r, r, 9)).toEqual(eqPoints(r, r));
    expect(boxTruncated([], 1)).toEqual([...one]);
  });

  it('at a bit string boxTruncated says whether it is inside', () => {
    for (let size = 0; size <= 8; size++) {
      for (let x = 0; x < 8; x++) {
        const bits = [0, 1, 2].map((i) => fromBase(bit(x, i)));
        expect(boxTruncated(bits, size)).toEqual(x < size ? [...one] : [...zero]);
      }
    }
  });
});

describe('weightedSum', () => {
  it('is the inner product of extension weights and integers, from an offset', () => {
    const integer = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
    fc.assert(
      fc.property(fc.array(fc.tuple(element, integer), { maxLength: 8 }), fc.nat(3), (pairs, from) => {
        const weights = Uint32Array.from(pairs.flatMap(([weight]) => [...weight]));
        const values = [...new Array<number>(from).fill(77), ...pairs.map(([, value]) => value), 99];
        const expected = pairs.reduce(
          (total, [weight, value]) => add(total, multiply(weight, fromBase(fromInteger(value)))),
          zero,
        );
        expect(weightedSum(weights, values, from, pairs.length)).toEqual(expected);
      }),
      { numRuns: 200, seed: 6 },
    );
  });
});

describe('interpolate', () => {
  const inverseOf = (n: number): number => inv(fromInteger(n));

  it('gives every polynomial of degree below the number of points, anywhere', () => {
    fc.assert(
      fc.property(fc.array(element, { minLength: 1, maxLength: 5 }), element, (coefficients, x) => {
        const evaluate = (y: Ext): Ext => coefficients.reduceRight((total, c) => add(multiply(total, y), c), zero);
        const values = coefficients.map((_, i) => evaluate(fromBase(i)));
        expect(interpolate(values, x, inverseOf)).toEqual(evaluate(x));
      }),
      { numRuns: 200, seed: 7 },
    );
  });

  it('gives back the values at their own points', () => {
    const values: Ext[] = [
      [1, 2, 3, 4],
      [5, 6, 7, 8],
      [9, 10, 11, P - 1],
    ];
    values.forEach((value, i) => expect(interpolate(values, fromBase(i), inverseOf)).toEqual([...value]));
  });
});
