import { describe, expect, it } from 'vitest';
import { growth, powerLaw, ratioOf, summarize } from './statistics.ts';

describe('summarize', () => {
  it('takes the middle, or the mean of the two in the middle', () => {
    expect(summarize([5, 1, 3])).toEqual({ median: 3, min: 1, max: 5 });
    expect(summarize([4, 1, 3, 10])).toEqual({ median: 3.5, min: 1, max: 10 });
    expect(summarize([7])).toEqual({ median: 7, min: 7, max: 7 });
  });
});

describe('ratioOf', () => {
  it('compares neighbours, so that a disturbance of both cancels', () => {
    const ratio = ratioOf([2, 200, 4], [1, 100, 2]);
    expect(ratio.ofPairs).toEqual({ median: 2, min: 2, max: 2 });
    expect(ratio.ofMedians).toBe(2);
  });
});

describe('powerLaw', () => {
  it('finds factor and exponent', () => {
    const law = powerLaw([1, 10, 100].map((x) => ({ x, y: 7 * x ** 1.5 })));
    expect(law?.factor).toBeCloseTo(7, 9);
    expect(law?.exponent).toBeCloseTo(1.5, 9);
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
