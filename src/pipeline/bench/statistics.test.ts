import { describe, expect, it } from 'vitest';
import { growth, summarize } from './statistics.ts';

describe('summarize', () => {
  it('takes the middle, or the mean of the two in the middle', () => {
    expect(summarize([5, 1, 3])).toEqual({ median: 3, min: 1, max: 5 });
    expect(summarize([4, 1, 3, 10])).toEqual({ median: 3.5, min: 1, max: 10 });
    expect(summarize([7])).toEqual({ median: 7, min: 7, max: 7 });
  });
});

describe('growth', () => {
  it('is the exponent of a power law', () => {
    for (const exponent of [0.5, 1, 2])
      expect(growth([1, 10, 100, 1000].map((x) => ({ x, y: 3 * x ** exponent })))).toBeCloseTo(exponent, 10);
  });

  it('fits the middle of scattered points', () => {
    expect(
      growth([
        { x: 1, y: 2 },
        { x: 10, y: 10 },
        { x: 100, y: 200 },
      ]),
    ).toBeCloseTo(1, 10);
  });

  it('says nothing about one size', () => {
    expect(growth([{ x: 3, y: 4 }])).toBeNull();
    expect(
      growth([
        { x: 3, y: 4 },
        { x: 3, y: 5 },
      ]),
    ).toBeNull();
  });
});
