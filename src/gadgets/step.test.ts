import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StepFunction } from '../artifact/circuit.ts';
import { evaluateStep, runEnd, runOf } from './step.ts';

/** Random step functions: a low end, run lengths, values. */
const steps: fc.Arbitrary<StepFunction> = fc
  .tuple(fc.integer({ min: -100, max: 100 }), fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 12 }))
  .map(([low, lengths]) => {
    let start = low;
    const starts = lengths.map((length) => {
      start += length;
      return start - length;
    });
    return { high: start - 1, starts: Int32Array.from(starts), values: Int32Array.from(starts, (_, i) => 3 * i - 5) };
  });

describe('step functions', () => {
  it('take the value of the last run that starts at or below the input, and no value outside', () => {
    fc.assert(
      fc.property(steps, (step) => {
        const low = step.starts[0] as number;
        for (let x = low - 2; x <= step.high + 2; x++) {
          const run = x < low || x > step.high ? -1 : step.starts.filter((start) => start <= x).length - 1;
          expect(runOf(step, x)).toBe(run);
          expect(evaluateStep(step, x)).toBe(run < 0 ? Number.NaN : step.values[run]);
        }
      }),
      { numRuns: 200, seed: 1 },
    );
  });

  it('runs end where the next begins, the last one behind `high`', () => {
    fc.assert(
      fc.property(steps, (step) => {
        step.starts.forEach((start, run) => {
          const end = runEnd(step, run);
          expect(end).toBeGreaterThan(start);
          expect(runOf(step, end - 1)).toBe(run);
          expect(runOf(step, end)).toBe(run + 1 < step.starts.length ? run + 1 : -1);
        });
      }),
      { seed: 2 },
    );
  });

  it('have no value at NaN', () => {
    const step = { high: 3, starts: Int32Array.of(0), values: Int32Array.of(7) };
    expect(runOf(step, Number.NaN)).toBe(-1);
    expect(evaluateStep(step, Number.NaN)).toBe(Number.NaN);
    expect(evaluateStep(step, 3)).toBe(7);
  });
});
