import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProvennError } from '../base/errors.ts';
import { accumulatorBounds, checkSound, differences, shifted } from './accumulate.ts';

describe('differences', () => {
  it('subtracts the zero point of each row, or one for all', () => {
    expect([...differences(Int32Array.of(1, 2, 3, 4), [1, 2], 2)]).toEqual([0, 1, 1, 2]);
    expect([...differences(Int32Array.of(1, 2, 3, 4), [4], 2)]).toEqual([-3, -2, -1, 0]);
  });
});

describe('shifted', () => {
  it('counts padding as 0', () => {
    expect(shifted([10, 20], 5, false)).toEqual([5, 15]);
    expect(shifted([10, 20], 5, true)).toEqual([0, 15]);
    expect(shifted([0, 3], 5, true)).toEqual([-5, 0]);
  });
});

describe('accumulatorBounds', () => {
  it('is reached, and never passed', () => {
    const weights = fc.array(fc.integer({ min: -255, max: 255 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(
        weights,
        fc.integer({ min: -255, max: 0 }),
        fc.integer({ min: 0, max: 255 }),
        fc.integer(),
        (d, low, high, bias) => {
          const [[least, most]] = accumulatorBounds(Int32Array.from(d), 1, [low, high], Int32Array.of(bias)) as [
            [number, number],
          ];
          const at = (choose: (w: number) => number): number => d.reduce((sum, w) => sum + w * choose(w), bias);
          expect(least).toBe(at((w) => (w > 0 ? low : high)));
          expect(most).toBe(at((w) => (w > 0 ? high : low)));
        },
      ),
      { seed: 5 },
    );
  });

  it('spreads a bias of one entry over all rows', () => {
    expect(accumulatorBounds(Int32Array.of(1, 2), 2, [0, 1], Int32Array.of(7))).toEqual([
      [7, 8],
      [7, 9],
    ]);
  });
});

describe('checkSound', () => {
  it('refuses sums that a field element cannot name', () => {
    const d = new Int32Array(32639).fill(128);
    expect(() => checkSound(d, 1, [0, 255], new Int32Array(0), 'conv')).not.toThrow();
    expect(() => checkSound(new Int32Array(32641).fill(128), 1, [0, 255], new Int32Array(0), 'conv')).toThrow(
      ProvennError,
    );
    expect(() => checkSound(d, 1, [0, 255], Int32Array.of(2 ** 29), 'conv')).toThrow(/conv/);
  });
});
