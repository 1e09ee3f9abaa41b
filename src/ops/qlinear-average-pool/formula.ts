/**
 * The average of one window as onnxruntime's float kernel computes it, and when that is a function of the integer sum.
 *
 * t[d] = f32(xs·d) for d = x − xz; s = f32(… f32(f32(t[d₁] + t[d₂]) + t[d₃]) …) in row-major order;
 * y = clip(rhe(f32(f32(f32(s / count) / ys) + yz))). Source: QLinearAveragePool of onnxruntime, which dequantizes first.
 */
import { clamp, f32, roundHalfEven } from '../../base/rounding.ts';
import type { Interval } from '../../base/tensor.ts';
import type { OutputQuantization } from '../attributes.ts';

/** t[d] for every difference d from `low` on. */
export function addends(xScale: number, [low, high]: Interval): Float32Array {
  return Float32Array.from({ length: high - low + 1 }, (_, i) => f32(xScale * (low + i)));
}

/** What a float sum over a window becomes; non-decreasing in `sum`. */
export function averaged(sum: number, count: number, { yScale, yZero, low, high }: OutputQuantization): number {
  return clamp(roundHalfEven(f32(f32(f32(sum / count) / yScale) + yZero)), low, high);
}

/**
 * For every integer sum `from + i` of a number of differences: the least and the greatest float sum that some choice and
 * order of the differences leads to.
 */
export type SumExtremes = { readonly from: number; readonly least: Float32Array; readonly most: Float32Array };

/**
 * The extremes after each of `counts` addends. Rounded addition is non-decreasing in both operands, so the extremes at
 * k + 1 addends come from the extremes at k; nothing else has to be remembered.
 */
export function sumExtremes(counts: ReadonlySet<number>, xScale: number, range: Interval): Map<number, SumExtremes> {
  const terms = addends(xScale, range);
  const found = new Map<number, SumExtremes>();
  const last = Math.max(...counts);
  let at: SumExtremes = { from: 0, least: Float32Array.of(0), most: Float32Array.of(0) };
  for (let k = 1; k <= last; k++) {
    at = extended(at, terms, range[0]);
    if (counts.has(k)) found.set(k, at);
  }
  return found;
}

function extended({ from, least, most }: SumExtremes, terms: Float32Array, first: number): SumExtremes {
  const length = least.length + terms.length - 1;
  const lower = new Float32Array(length).fill(Number.POSITIVE_INFINITY);
  const upper = new Float32Array(length).fill(Number.NEGATIVE_INFINITY);
  for (let s = 0; s < least.length; s++) {
    const low = least[s] as number;
    const high = most[s] as number;
    for (let i = 0; i < terms.length; i++) {
      const term = terms[i] as number;
      const a = f32(low + term);
      const b = f32(high + term);
      if (a < (lower[s + i] as number)) lower[s + i] = a;
      if (b > (upper[s + i] as number)) upper[s + i] = b;
    }
  }
  return { from: from + first, least: lower, most: upper };
}

/** An integer sum whose average depends on more than the sum, or null when there is none. */
export function undetermined(
  { from, least, most }: SumExtremes,
  count: number,
  output: OutputQuantization,
): number | null {
  const at = least.findIndex((sum, i) => averaged(sum, count, output) !== averaged(most[i] as number, count, output));
  return at < 0 ? null : from + at;
}

/** Additions that `sumExtremes` makes for windows of up to `count` cells. */
export function extremesWork(count: number, width: number): number {
  return ((count * count) / 2) * width * width;
}
