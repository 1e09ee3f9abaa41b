import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dequantizeLinear, f32, fma32, quantizeLinear, roundHalfEven } from './rounding.ts';

/** A finite float32 as an integer multiple of 2^−149. */
function units(value: number): bigint {
  let scaled = value;
  let shift = 149;
  while (shift > 0 && !Number.isInteger(scaled)) {
    scaled *= 2;
    shift--;
  }
  return BigInt(scaled) << BigInt(shift);
}

/** The float32 next to `value` in the direction of `sign`. */
function neighbour(value: number, sign: 1 | -1): number {
  if (value === 0) return sign * 2 ** -149;
  const cell = new Float32Array([value]);
  const bits = new Int32Array(cell.buffer);
  bits[0] = (bits[0] as number) + (value > 0 === sign > 0 ? 1 : -1);
  return cell[0] as number;
}

/** True when no float32 is nearer to a·b + c than `result`, ties to the even mantissa. Exact. */
function isNearest(result: number, a: number, b: number, c: number): boolean {
  const exact = units(a) * units(b) + (units(c) << 149n);
  const distance = (value: number): bigint => {
    const difference = (units(value) << 149n) - exact;
    return difference < 0n ? -difference : difference;
  };
  const even = (new Int32Array(new Float32Array([result]).buffer)[0] as number) % 2 === 0;
  return ([1, -1] as const).every((sign) => {
    const other = distance(neighbour(result, sign));
    return distance(result) < other || (distance(result) === other && even);
  });
}

const float = fc.float({ noNaN: true, noDefaultInfinity: true, min: f32(-1e9), max: f32(1e9) });

describe('fma32', () => {
  it('rounds once', () => {
    fc.assert(
      fc.property(float, float, float, (a, b, c) => isNearest(fma32(a, b, c), a, b, c)),
      { seed: 1, numRuns: 3000 },
    );
  });

  it('rounds once where rounding to float64 first falls on a midpoint', () => {
    // c is a midpoint's float32 neighbour, a·b half a unit of it and a little more or less.
    const half = f32(2 ** -24);
    for (const c of [1, 1 + 2 ** -23, -1, 4 / 3].map(f32)) {
      for (const tiny of [2 ** -100, -(2 ** -100), 2 ** -140, -(2 ** -140)]) {
        for (const sign of [1, -1]) expect(isNearest(fma32(sign, f32(half), c), sign, f32(half), c)).toBe(true);
        const doubled = fma32(f32(tiny), 1, f32(c));
        expect(isNearest(doubled, f32(tiny), 1, f32(c))).toBe(true);
      }
    }
    // (1 + 2^−23)(1 − 2^−23)·2^−24 = 2^−24 − 2^−70: just below half a unit of 1 + 2^−23, which float64 cannot see.
    const a = f32(1 + 2 ** -23);
    const b = f32((1 - 2 ** -23) * 2 ** -24);
    expect(fma32(a, b, a)).toBe(a);
    expect(f32(a * b + a)).not.toBe(a);
  });
});

describe('quantizeLinear', () => {
  it('adds the zero point after rounding half to even', () => {
    expect([0.5, 1.5, 2.5, -0.5, -1.5].map((x) => quantizeLinear(x, 1, 1, -128, 127))).toEqual([1, 3, 3, 1, -1]);
  });

  it('sends NaN to the lowest integer and saturates infinities', () => {
    expect(quantizeLinear(Number.NaN, 1, 10, 0, 255)).toBe(0);
    expect(quantizeLinear(Number.POSITIVE_INFINITY, 1, 10, 0, 255)).toBe(255);
    expect(quantizeLinear(Number.NEGATIVE_INFINITY, 1, 10, 0, 255)).toBe(0);
    expect(quantizeLinear(f32(3e38), f32(1e-10), 0, -128, 127)).toBe(127);
  });

  it('undoes dequantizeLinear', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 255 }),
        fc.integer({ min: 0, max: 255 }),
        fc.float({ min: f32(1e-6), max: f32(1e6), noNaN: true }),
        (q, zero, scale) => {
          expect(quantizeLinear(dequantizeLinear(q, scale, zero), scale, zero, 0, 255)).toBe(q);
        },
      ),
      { seed: 2 },
    );
  });
});

describe('roundHalfEven', () => {
  it('takes ties to the even integer, negative ones too', () => {
    expect([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5].map((x) => roundHalfEven(x) + 0)).toEqual([-2, -2, 0, 0, 2, 2]);
  });
});
