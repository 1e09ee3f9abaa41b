import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProvennError } from '../base/errors.ts';
import { f32 } from '../base/rounding.ts';
import { evaluateStep, runEnd } from '../gadgets/step.ts';
import { type Requantization, requantize } from './requantize.ts';
import { stepFunction } from './step-functions.ts';

const rule = fc.record({
  exponent: fc.double({ min: -30, max: 2, noNaN: true }),
  exact: fc.boolean(),
  zero: fc.integer({ min: -128, max: 127 }),
  relu: fc.boolean(),
});

/** Scales that are powers of two tie often; the others hardly ever. */
function requantization({
  exponent,
  exact,
  zero,
  relu,
}: {
  exponent: number;
  exact: boolean;
  zero: number;
  relu: boolean;
}): Requantization {
  return {
    multipliers: [f32(2 ** (exact ? Math.round(exponent) : exponent))],
    zero,
    low: relu ? zero : -128,
    high: 127,
  };
}

describe('stepFunction', () => {
  it('equals the requantization at and around every threshold, beyond 2^24 too', () => {
    fc.assert(
      fc.property(rule, fc.integer({ min: 1, max: 2 ** 30 }), (fields, reach) => {
        const formula = (acc: number): number => requantize(acc, requantization(fields), 0);
        const step = stepFunction(formula, -reach, reach);
        expect(step.starts.length).toBeLessThanOrEqual(256);
        for (let i = 0; i < step.starts.length; i++) {
          for (const x of [step.starts[i] as number, runEnd(step, i) - 1])
            expect(evaluateStep(step, x)).toBe(formula(x));
        }
      }),
      { seed: 3, numRuns: 80 },
    );
  });

  it('equals the requantization on random accumulators', () => {
    fc.assert(
      fc.property(
        rule,
        fc.array(fc.integer({ min: -(2 ** 30), max: 2 ** 30 }), { maxLength: 50 }),
        (fields, points) => {
          const formula = (acc: number): number => requantize(acc, requantization(fields), 0);
          const step = stepFunction(formula, -(2 ** 30), 2 ** 30);
          for (const x of points) expect(evaluateStep(step, x)).toBe(formula(x));
        },
      ),
      { seed: 4, numRuns: 100 },
    );
  });

  it('equals the requantization everywhere on a small range', () => {
    const formula = (acc: number): number =>
      requantize(acc, { multipliers: [0.125], zero: 3, low: -128, high: 127 }, 0);
    const step = stepFunction(formula, -1500, 1500);
    for (let x = -1500; x <= 1500; x++) expect(evaluateStep(step, x)).toBe(formula(x));
    expect(formula(4)).toBe(3);
    expect(formula(12)).toBe(5);
  });

  it('keeps the rounding of float32 above 2^24', () => {
    const formula = (acc: number): number =>
      requantize(acc, { multipliers: [f32(2 ** -25)], zero: 0, low: -128, high: 127 }, 0);
    // 2^24 + 1 is no float32: it rounds to 2^24, whose half is a tie that goes to 0.
    const step = stepFunction(formula, 0, 2 ** 30);
    expect(step.starts[1]).toBe(2 ** 24 + 2);
  });

  it('refuses a function that decreases', () => {
    expect(() => stepFunction((x) => (x < 5 ? 0 : x < 8 ? 2 : 1), 0, 6)).not.toThrow();
    expect(() => stepFunction((x) => -x, 0, 6)).toThrow(ProvennError);
  });

  it('covers a single point', () => {
    expect(stepFunction((x) => x, 7, 7)).toEqual({ high: 7, starts: Int32Array.of(7), values: Int32Array.of(7) });
  });
});
