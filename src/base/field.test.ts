import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  add,
  fromInteger,
  fromIntegers,
  generator,
  inv,
  isCanonical,
  mul,
  neg,
  P,
  pow,
  rootOfUnity,
  sub,
  twoAdicity,
} from './field.ts';

const p = 2n ** 31n - 2n ** 24n + 1n;

/** The residue of an integer in [0, p). */
function residue(x: bigint): number {
  return Number(((x % p) + p) % p);
}

/** Elements where carries, signs and quotients change, mixed with uniform ones. */
const edges = [0, 1, 2, 3, 127, 65535, 65536, 2 ** 24, 2 ** 24 - 1, 2 ** 30, 2 ** 30 + 1, (P - 1) / 2, (P + 1) / 2];
const special = [...edges, ...edges.map((x) => P - 1 - x)];
const element = fc.oneof(fc.constantFrom(...special), fc.integer({ min: 0, max: P - 1 }));

describe('the modulus', () => {
  it('is KoalaBear, 2^31 − 2^24 + 1', () => {
    expect(BigInt(P)).toBe(p);
    expect((P - 1) % 2 ** twoAdicity).toBe(0);
    expect(((P - 1) / 2 ** twoAdicity) % 2).toBe(1);
  });

  it('is prime', () => {
    for (let d = 2; d * d <= P; d++) if (P % d === 0) throw new Error(`divisible by ${d}`);
  });
});

describe('addition and subtraction', () => {
  it('agree with integers modulo p on all pairs of edge values', () => {
    for (const a of special) {
      for (const b of special) {
        expect(add(a, b)).toBe(residue(BigInt(a) + BigInt(b)));
        expect(sub(a, b)).toBe(residue(BigInt(a) - BigInt(b)));
      }
    }
  });

  it('agree with integers modulo p on random pairs', () => {
    fc.assert(
      fc.property(element, element, (a, b) => {
        expect(add(a, b)).toBe(residue(BigInt(a) + BigInt(b)));
        expect(sub(a, b)).toBe(residue(BigInt(a) - BigInt(b)));
      }),
      { numRuns: 1000, seed: 1 },
    );
  });

  it('has additive inverses, 0 being its own', () => {
    for (const a of special) expect(add(a, neg(a))).toBe(0);
    expect(Object.is(neg(0), 0)).toBe(true);
  });
});

describe('multiplication', () => {
  it('agrees with integers modulo p on all pairs of edge values', () => {
    for (const a of special) for (const b of special) expect(mul(a, b)).toBe(residue(BigInt(a) * BigInt(b)));
  });

  it('agrees with integers modulo p on random pairs', () => {
    fc.assert(
      fc.property(element, element, (a, b) => mul(a, b) === residue(BigInt(a) * BigInt(b))),
      { numRuns: 20000, seed: 2 },
    );
  });

  it('is right where the product lies beside a multiple of p, the quotient being hardest to guess there', () => {
    for (let i = 0; i < 5000; i++) {
      const a = 1 + ((i * 426141287) % (P - 1));
      const inverse = inv(a);
      for (const target of [1, 2, 2047, P - 1, P - 2, P - 2047]) {
        const b = residue(BigInt(inverse) * BigInt(target));
        if (mul(a, b) !== target) throw new Error(`${a}·${b} is not ${target}`);
      }
    }
  });
});

describe('pow and inv', () => {
  it('pow agrees with repeated multiplication', () => {
    for (const base of [0, 1, 2, 3, P - 1, 12345678]) {
      let product = 1n;
      for (let e = 0; e < 40; e++) {
        expect(pow(base, e)).toBe(residue(product));
        product *= BigInt(base);
      }
    }
  });

  it('x^p = x', () => {
    for (const a of special) expect(pow(a, P)).toBe(a);
  });

  it('inv gives the multiplicative inverse, and 0 for 0', () => {
    expect(inv(0)).toBe(0);
    expect(inv(1)).toBe(1);
    expect(inv(P - 1)).toBe(P - 1);
    expect(inv(2)).toBe((P + 1) / 2);
    fc.assert(
      fc.property(element, (a) => a === 0 || mul(a, inv(a)) === 1),
      { numRuns: 500, seed: 3 },
    );
  });
});

describe('roots of unity', () => {
  it.each(Array.from({ length: twoAdicity + 1 }, (_, log) => log))('order 2^%i is primitive', (log) => {
    const root = rootOfUnity(log);
    expect(pow(root, 2 ** log)).toBe(1);
    if (log > 0) expect(pow(root, 2 ** (log - 1))).toBe(P - 1);
  });

  it('form a chain under squaring', () => {
    for (let log = 1; log <= twoAdicity; log++)
      expect(mul(rootOfUnity(log), rootOfUnity(log))).toBe(rootOfUnity(log - 1));
  });

  it.each([-1, 25, 0.5, Number.NaN])('refuses order 2^%s', (log) => {
    expect(() => rootOfUnity(log)).toThrow(RangeError);
  });

  it('the generator has full order: it is no square and no 127th power', () => {
    expect(pow(generator, (P - 1) / 2)).toBe(P - 1);
    expect(pow(generator, (P - 1) / 127)).not.toBe(1);
  });
});

describe('fromInteger', () => {
  it.each([0, 1, -1, P - 1, P, P + 1, -P - 1, 2 ** 31 - 1, -(2 ** 31), 2 ** 31, 2 ** 32, 2 ** 52 - 1, 1 - 2 ** 52])(
    'embeds %i',
    (value) => {
      expect(fromInteger(value)).toBe(residue(BigInt(value)));
    },
  );

  it('is additive and multiplicative on integers', () => {
    const small = fc.integer({ min: -(2 ** 25), max: 2 ** 25 });
    fc.assert(
      fc.property(
        small,
        small,
        (a, b) =>
          fromInteger(a + b) === add(fromInteger(a), fromInteger(b)) &&
          fromInteger(a * b) === mul(fromInteger(a), fromInteger(b)),
      ),
      { numRuns: 1000, seed: 4 },
    );
  });

  it('maps vectors cell by cell, multiples of p to 0', () => {
    expect(Array.from(fromIntegers([-1, 0, 1, P, -P, -2147483648]))).toEqual([P - 1, 0, 1, 0, 0, 2 * P - 2 ** 31]);
  });
});

describe('isCanonical', () => {
  it.each([0, 1, P - 1])('accepts %i', (value) => expect(isCanonical(value)).toBe(true));
  it.each([P, P + 1, 2 ** 32 - 1, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])('refuses %s', (value) =>
    expect(isCanonical(value)).toBe(false),
  );
});
