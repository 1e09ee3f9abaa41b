import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dequantizedBytes, impliesClip, quantizeByte } from './formula.ts';
import { activationParameters } from './ranges.ts';

const bound = fc.float({ noNaN: true, min: Math.fround(-1e6), max: Math.fround(1e6) });
const dtype = fc.constantFrom('u8' as const, 's8' as const);

describe('activationParameters', () => {
  it('hold zero exactly and every value of the range within a step', () => {
    fc.assert(
      fc.property(bound, bound, dtype, (a, b, type) => {
        const parameters = activationParameters({ min: Math.min(a, b), max: Math.max(a, b) }, type);
        const floats = dequantizedBytes(parameters);
        expect(floats).toContain(0);
        for (const value of [a, b]) {
          const back = (quantizeByte(value, parameters) - parameters.zeroPoint) * parameters.scale;
          expect(Math.abs(back - value)).toBeLessThanOrEqual(parameters.scale * 1.001);
        }
      }),
    );
  });

  it('survive a range without width', () => {
    expect(activationParameters({ min: 0, max: 0 }, 'u8')).toEqual({ scale: 1, zeroPoint: 0, dtype: 'u8' });
    expect(activationParameters({ min: 1e-40, max: 1e-40 }, 's8')).toEqual({ scale: 1, zeroPoint: -128, dtype: 's8' });
    expect(activationParameters({ min: 3, max: 3 }, 'u8').zeroPoint).toBe(0);
  });
});

describe('impliesClip', () => {
  it('is true exactly when clipping changes no integer', () => {
    const step = fc.integer({ min: -300, max: 300 });
    fc.assert(
      fc.property(step, step, fc.integer({ min: 0, max: 255 }), (a, b, zeroPoint) => {
        const to = { scale: 0.25, zeroPoint, dtype: 'u8' as const };
        const [low, high] = [Math.min(a, b) / 4, Math.max(a, b) / 4];
        const values = Array.from({ length: 2401 }, (_, i) => (i - 1200) / 8);
        const same = values.every(
          (value) => quantizeByte(Math.min(Math.max(value, low), high), to) === quantizeByte(value, to),
        );
        expect(impliesClip(to, low, high)).toBe(same);
      }),
    );
  });
});
