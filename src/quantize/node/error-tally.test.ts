import { describe, expect, it } from 'vitest';
import { ErrorTally } from './error-tally.ts';

describe('ErrorTally', () => {
  it('adds samples up: mean and largest error, their share of the range, and the channel that loses most', () => {
    const tally = new ErrorTally({ scale: 0.5, zeroPoint: 10 });
    tally.add(Float32Array.of(1, 1.25), [1, 2], [12, 12]); // errors 0 and 0.25
    tally.add(Float32Array.of(-0.5, 3.5), [1, 2], [9, 16]); // errors 0 and 0.5
    const { meanAbsoluteError, maxAbsoluteError, maxRelativeError, worstChannel, sqnr } = tally.result();
    expect(meanAbsoluteError).toBe(0.1875);
    expect(maxAbsoluteError).toBe(0.5);
    expect(maxRelativeError).toBe(0.125);
    expect(worstChannel?.channel).toBe(1);
    expect(sqnr).toBeCloseTo(10 * Math.log10((1 + 1.5625 + 0.25 + 12.25) / 0.3125), 10);
  });
});
