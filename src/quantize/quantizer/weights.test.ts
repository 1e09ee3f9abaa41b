import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quantizeBiases, quantizeWeights } from './weights.ts';

const finite = fc.float({ noNaN: true, min: -100, max: 100 });
const options = fc.record({ perChannel: fc.boolean(), limit: fc.constantFrom(64, 127) });

describe('quantizeWeights', () => {
  it('stays within half a step of every weight and uses the whole range', () => {
    fc.assert(
      fc.property(
        fc.array(finite, { minLength: 12, maxLength: 12 }),
        fc.constantFrom(0, 1),
        options,
        (values, axis, choice) => {
          const data = Float32Array.from(values);
          const { integers, scales } = quantizeWeights({ data, dims: [3, 4], axis, bias: null }, 0.01, choice);
          expect(scales).toHaveLength(choice.perChannel ? ([3, 4][axis] as number) : 1);
          data.forEach((value, i) => {
            const channel = axis === 0 ? Math.floor(i / 4) : i % 4;
            const scale = scales[choice.perChannel ? channel : 0] as number;
            expect(Math.abs(value - (integers[i] as number) * scale)).toBeLessThanOrEqual(scale * 0.5001);
            expect(Math.abs(integers[i] as number)).toBeLessThanOrEqual(choice.limit);
          });
          const peak = data.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
          if (peak > 1e-6) expect(integers.reduce((a, b) => Math.max(a, Math.abs(b)), 0)).toBe(choice.limit);
        },
      ),
    );
  });

  it('widens a scale rather than let the bias leave the accumulator', () => {
    const weights = { data: Float32Array.of(1e-9, 1), dims: [2, 1], axis: 0, bias: Float32Array.of(1e4, 0) };
    const { scales } = quantizeWeights(weights, 1e-3, { perChannel: true, limit: 127 });
    const { integers } = quantizeBiases(weights.bias, 1e-3, scales);
    expect(Math.abs(integers[0] as number)).toBeLessThanOrEqual(2 ** 29 * 1.001);
    expect(Math.abs((integers[0] as number) * 1e-3 * (scales[0] as number) - 1e4)).toBeLessThan(0.01);
    expect(scales[1]).toBe(Math.fround(1 / 127));
  });
});
