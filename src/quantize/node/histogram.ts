/** Counts of values in equal bins: percentiles and entropy thresholds of more data than fits in memory. */
import type { ActivationRange } from '../ranges.ts';
import { divergence } from './divergence.ts';

export class Histogram {
  private readonly counts: Float64Array;
  private readonly range: ActivationRange;
  private readonly perUnit: number;
  private total = 0;

  /** `bins` equal bins over a range that holds every value to come. */
  constructor(range: ActivationRange, bins: number) {
    this.range = range;
    this.counts = new Float64Array(bins);
    this.perUnit = range.max > range.min ? bins / (range.max - range.min) : 0;
  }

  add(data: Float32Array): void {
    const last = this.counts.length - 1;
    for (const value of data) {
      const bin = Math.min(last, Math.max(0, Math.floor((value - this.range.min) * this.perUnit)));
      this.counts[bin] = (this.counts[bin] as number) + 1;
    }
    this.total += data.length;
  }

  /** The interval left when at most (1 − share) / 2 of the values are cut on each side; whole bins, so never too narrow. */
  central(share: number): ActivationRange {
    if (this.perUnit === 0) return this.range;
    const spare = ((1 - share) / 2) * this.total;
    const low = this.firstBeyond(spare, (i) => i);
    const high = this.firstBeyond(spare, (i) => this.counts.length - 1 - i);
    return this.between(low, high + 1);
  }

  /**
   * The interval whose levels lose the least information: one end after the other is drawn towards 0, what lies beyond is
   * clipped, and the Kullback-Leibler divergence of the quantized distribution from the clipped one decides. Zeros do not
   * count: a byte holds them exactly, and after a Relu they would outweigh everything else.
   */
  informative(levels: number): ActivationRange {
    const bins = this.counts.length;
    if (this.perUnit === 0 || bins <= levels) return this.range;
    const zero = Math.min(bins, Math.max(0, Math.floor(-this.range.min * this.perUnit)));
    const counts = this.counts.slice();
    if (zero < bins) counts[zero] = 0;
    const ends = (from: number): number[] =>
      Array.from({ length: 128 }, (_, step) => Math.round(from + ((zero - from) * step) / 128));
    const best = (candidates: readonly (readonly [number, number])[]): readonly [number, number] =>
      candidates
        .filter(([low, high]) => high - low >= levels)
        .map((range) => ({ range, loss: divergence(counts, range[0], range[1], levels) }))
        .reduce((least, next) => (next.loss < least.loss ? next : least), {
          range: [0, bins] as readonly [number, number],
          loss: Infinity,
        }).range;
    const [, high] = best(ends(bins).map((end) => [0, end]));
    return this.between(...best(ends(0).map((end) => [end, high])));
  }

  /** The range of bins `low` to `high` − 1; the outermost ends are exact. */
  private between(low: number, high: number): ActivationRange {
    const { min, max } = this.range;
    const width = 1 / this.perUnit;
    return {
      min: min + low * width,
      max: low === 0 && high === this.counts.length ? max : Math.min(max, min + high * width),
    };
  }

  /** First bin, in the order given, at which more than `spare` values have been passed. */
  private firstBeyond(spare: number, order: (step: number) => number): number {
    let passed = 0;
    for (let step = 0; step < this.counts.length; step++) {
      const bin = order(step);
      passed += this.counts[bin] as number;
      if (passed > spare) return bin;
    }
    return order(0);
  }
}
