/** Counts of values in equal bins, for percentiles of more data than fits in memory. */
import type { ActivationRange } from '../ranges.ts';

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
    const width = 1 / this.perUnit;
    return {
      min: this.range.min + low * width,
      max:
        low === 0 && high === this.counts.length - 1
          ? this.range.max
          : Math.min(this.range.max, this.range.min + (high + 1) * width),
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
