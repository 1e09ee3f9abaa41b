import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  add,
  at,
  type Ext,
  equal,
  fromBase,
  inverse,
  isZero,
  multiply,
  negate,
  one,
  put,
  reduceSplit,
  scale,
  subtract,
  toVector,
  zero,
} from './extension.ts';
import { P, pow } from './field.ts';

const p = BigInt(P);

/** Schoolbook product in Z[x]/(x⁴ − 3), reduced modulo p. */
function product(a: Ext, b: Ext): number[] {
  const out = [0n, 0n, 0n, 0n];
  for (let i = 0; i < 4; i++) {
    for (let j = 0; j < 4; j++) {
      const term = BigInt(a[i] as number) * BigInt(b[j] as number) * (i + j >= 4 ? 3n : 1n);
      out[(i + j) % 4] = ((out[(i + j) % 4] as bigint) + term) % p;
    }
  }
  return out.map(Number);
}

const cell = fc.oneof(
  fc.constantFrom(0, 1, 2, 65535, 65536, 2 ** 30, P - 65536, P - 2, P - 1),
  fc.integer({ min: 0, max: P - 1 }),
);
const element = fc.tuple(cell, cell, cell, cell);
const theta: Ext = [0, 1, 0, 0];
const largest: Ext = [P - 1, P - 1, P - 1, P - 1];

describe('the extension', () => {
  it('is a field: 3 is no square, so x⁴ − 3 is irreducible', () => {
    expect(pow(3, (P - 1) / 2)).toBe(P - 1);
    expect((P - 1) % 4).toBe(0);
  });

  it('has θ⁴ = 3', () => {
    const square = multiply(theta, theta);
    expect(multiply(square, square)).toEqual(fromBase(3));
  });
});

describe('addition', () => {
  it('is coordinate-wise and undone by subtraction', () => {
    fc.assert(
      fc.property(element, element, (a, b) => {
        const sum = add(a, b);
        expect(sum).toEqual(a.map((x, i) => Number((BigInt(x) + BigInt(b[i] as number)) % p)));
        expect(subtract(sum, b)).toEqual([...a]);
        expect(add(a, negate(a))).toEqual([...zero]);
        expect(add(a, negate(b))).toEqual([...subtract(a, b)]);
      }),
      { numRuns: 500, seed: 1 },
    );
  });
});

describe('multiplication', () => {
  it('equals the schoolbook product on random and extreme elements', () => {
    fc.assert(
      fc.property(element, element, (a, b) => {
        expect(multiply(a, b)).toEqual(product(a, b));
      }),
      { numRuns: 5000, seed: 2 },
    );
  });

  it('is exact for the largest coordinates', () => {
    expect(multiply(largest, largest)).toEqual(product(largest, largest));
    const halves: Ext = [P - 1, 0x7effffff, 0x7e00ffff, 0x7e01ffff];
    expect(multiply(largest, halves)).toEqual(product(largest, halves));
  });

  it('is commutative, associative and distributive', () => {
    fc.assert(
      fc.property(element, element, element, (a, b, c) => {
        expect(multiply(a, b)).toEqual(multiply(b, a));
        expect(multiply(multiply(a, b), c)).toEqual(multiply(a, multiply(b, c)));
        expect(multiply(a, add(b, c))).toEqual(add(multiply(a, b), multiply(a, c)));
      }),
      { numRuns: 300, seed: 3 },
    );
  });

  it('has 1 as its unit and 0 as its annihilator', () => {
    fc.assert(
      fc.property(element, (a) => {
        expect(multiply(a, one)).toEqual([...a]);
        expect(multiply(a, zero)).toEqual([...zero]);
      }),
      { seed: 4 },
    );
  });

  it('by a field element is scaling', () => {
    fc.assert(
      fc.property(element, cell, (a, factor) => {
        expect(scale(a, factor)).toEqual(product(a, fromBase(factor)));
      }),
      { numRuns: 500, seed: 5 },
    );
  });
});

describe('inverse', () => {
  it('times the element is 1', () => {
    fc.assert(
      fc.property(element, (a) => isZero(a) || equal(multiply(a, inverse(a)), one)),
      { numRuns: 500, seed: 6 },
    );
  });

  it('of 0 is 0', () => expect(inverse(zero)).toEqual([...zero]));

  it('agrees with the base field on scalars and handles every single coordinate', () => {
    expect(inverse(fromBase(2))).toEqual(fromBase((P + 1) / 2));
    for (let i = 0; i < 4; i++) {
      const unit = [0, 0, 0, 0].map((_, k) => (k === i ? 7 : 0)) as unknown as Ext;
      expect(multiply(unit, inverse(unit))).toEqual([...one]);
    }
  });
});

describe('reduceSplit', () => {
  const limit = 2 ** 51 - 1;
  const sum = fc.oneof(fc.constantFrom(0, 1, P - 1, P, P + 1, 2 ** 32, limit), fc.integer({ min: 0, max: limit }));

  it('is low + 2^16·high modulo p over its whole domain', () => {
    fc.assert(
      fc.property(
        sum,
        sum,
        (low, high) => reduceSplit(low, high) === Number((BigInt(low) + 65536n * BigInt(high)) % p),
      ),
      { numRuns: 20000, seed: 7 },
    );
  });

  it('is right beside multiples of p', () => {
    for (let k = 0; k < 2000; k++) {
      const high = P * Math.floor((k * limit) / (2000 * P));
      for (const low of [0, 1, P - 1, P]) {
        for (const shift of [0, 1, -1]) {
          const h = Math.max(0, high + shift);
          const expected = Number((BigInt(low) + 65536n * BigInt(h)) % p);
          if (reduceSplit(low, h) !== expected) throw new Error(`${low} + 2^16·${h}`);
        }
      }
    }
  });

  it('covers every partial sum a product of canonical elements makes', () => {
    // 3·(a₁l₃ + a₂l₂ + a₃l₁) + a₀l₀ with a < p and l < 2^16.
    expect(10 * (P - 1) * 65535).toBeLessThan(2 ** 51);
  });
});

describe('vectors of elements', () => {
  it('store four cells per element and give them back', () => {
    fc.assert(
      fc.property(fc.array(element, { maxLength: 8 }), (values) => {
        const vector = toVector(values);
        expect(vector.length).toBe(4 * values.length);
        values.forEach((value, i) => {
          expect(at(vector, i)).toEqual([...value]);
          expect(Array.from(vector.subarray(4 * i, 4 * i + 4))).toEqual([...value]);
        });
      }),
      { seed: 8 },
    );
  });

  it('put touches one element only', () => {
    const vector = toVector([one, theta, largest]);
    put(vector, 1, [5, 6, 7, 8]);
    expect(Array.from(vector)).toEqual([1, 0, 0, 0, 5, 6, 7, 8, P - 1, P - 1, P - 1, P - 1]);
  });

  it('equality looks at every coordinate', () => {
    for (let i = 0; i < 4; i++) {
      const changed = [...largest] as [number, number, number, number];
      changed[i] = 0;
      expect(equal(largest, changed)).toBe(false);
      expect(isZero(zero.map((_, k) => (k === i ? 1 : 0)) as unknown as Ext)).toBe(false);
    }
    expect(equal(largest, [...largest] as unknown as Ext)).toBe(true);
    expect(isZero(zero)).toBe(true);
  });
});
