/** Two-sample tests over many positions at once. */

/** −∫: the upper tail of the chi-squared distribution, by the series of the incomplete gamma function. */
export function chiSquaredTail(value: number, degrees: number): number {
  if (value <= 0) return 1;
  const a = degrees / 2;
  const x = value / 2;
  let term = 1 / a;
  let sum = term;
  for (let n = 1; n < 10_000 && term > sum * 1e-17; n++) {
    term *= x / (a + n);
    sum += term;
  }
  const lower = Math.exp(-x + a * Math.log(x) - logGamma(a)) * sum;
  return Math.max(0, 1 - lower);
}

/** log Γ for multiples of one half. */
function logGamma(a: number): number {
  let total = a % 1 === 0 ? 0 : Math.log(Math.PI) / 2;
  for (let x = a - 1; x > 0; x--) total += Math.log(x);
  return total;
}

/** Counts of values in equal bins, position by position. */
export class Histograms {
  readonly bins: number;
  private readonly counts: Uint32Array;

  constructor(positions: number, bins: number) {
    this.bins = bins;
    this.counts = new Uint32Array(positions * bins);
  }

  /** `value` in [0, 1). */
  add(position: number, value: number): void {
    const at = position * this.bins + Math.min(this.bins - 1, Math.floor(value * this.bins));
    this.counts[at] = (this.counts[at] as number) + 1;
  }

  at(position: number): Uint32Array {
    return this.counts.subarray(position * this.bins, (position + 1) * this.bins);
  }
}

/** P-values that two samples, position by position, come from one distribution. */
export function compare(a: Histograms, b: Histograms, positions: number): number[] {
  return Array.from({ length: positions }, (_, position) => {
    const [first, second] = [a.at(position), b.at(position)];
    const total = (counts: Uint32Array): number => counts.reduce((sum, count) => sum + count, 0);
    const [n, m] = [total(first), total(second)];
    let statistic = 0;
    let used = 0;
    first.forEach((count, bin) => {
      const other = second[bin] as number;
      if (count + other === 0) return;
      used += 1;
      statistic += (count * Math.sqrt(m / n) - other * Math.sqrt(n / m)) ** 2 / (count + other);
    });
    return used <= 1 ? 1 : chiSquaredTail(statistic, used - 1);
  });
}

/** Largest distance between the distribution of some p-values and the uniform one, times √count (Kolmogorov–Smirnov). */
export function unevenness(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const count = sorted.length;
  const gap = sorted.reduce((most, value, i) => Math.max(most, Math.abs(value - (i + 0.5) / count)), 0);
  return gap * Math.sqrt(count);
}
