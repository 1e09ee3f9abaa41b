import { describe, expect, it } from 'vitest';
import { ProvennError } from '../base/errors.ts';
import { f32, roundHalfEven } from '../base/rounding.ts';
import { checkedInt32, checkMultipliers, type Requantization, requantization, requantize } from './requantize.ts';
import { doublyRounded } from './vectors.ts';

const rule: Requantization = { multipliers: [0.5, 0.25], zero: 1, low: -128, high: 127 };

describe('requantize', () => {
  it('rounds ties to even, then adds the zero point, then clips', () => {
    expect([1, 3, 5, -1, -3].map((acc) => requantize(acc, rule, 0))).toEqual([1, 3, 3, 1, -1]);
    expect([1e6, -1e6].map((acc) => requantize(acc, rule, 0))).toEqual([127, -128]);
  });

  it('takes the multiplier of its channel, or the only one', () => {
    expect(requantize(8, rule, 1)).toBe(3);
    expect(requantize(8, { ...rule, multipliers: [1] }, 1)).toBe(9);
  });

  it('rounds an accumulator above 2^24 to float32 first, which changes some results', () => {
    const cases = doublyRounded(5);
    expect(cases.length).toBe(5);
    for (const { acc, multiplier } of cases) {
      const once = roundHalfEven(f32(acc * multiplier));
      const twice = roundHalfEven(f32(f32(acc) * multiplier));
      expect(once).not.toBe(twice);
      expect(requantize(acc, { multipliers: [multiplier], zero: 0, low: -128, high: 127 }, 0)).toBe(twice);
    }
  });
});

describe('requantization', () => {
  it('rounds the product of scales to float32 before it divides', () => {
    const [x, w, y] = [f32(0.1), f32(0.7), f32(0.3)];
    const output = { yScale: y, yZero: 0, yType: 'u8', low: 0, high: 255 } as const;
    expect(requantization(x, [w], output).multipliers).toEqual([f32(f32(x * w) / y)]);
  });

  it('refuses a quotient that float32 cannot hold', () => {
    expect(() => checkMultipliers({ ...rule, multipliers: [1, 0] }, 'fc')).toThrow(/node fc/);
    expect(() => checkMultipliers({ ...rule, multipliers: [Number.POSITIVE_INFINITY] }, 'fc')).toThrow(ProvennError);
  });
});

describe('checkedInt32', () => {
  it('accepts int32 and nothing else', () => {
    expect(checkedInt32(-2147483648)).toBe(-2147483648);
    expect(() => checkedInt32(2147483648)).toThrow(ProvennError);
  });
});
