/**
 * A rounded sum or difference of two bytes as a step function of one small integer combination p·a + q·b.
 *
 * It is monotone in a·ra + b·rb up to the noise of float32, and the order of all pairs of bytes by that real number depends
 * only on where rb/ra lies among the fractions with terms up to 255 (two pairs tie exactly at such a fraction). So one
 * fraction between the same neighbours orders the pairs alike, with terms below 512. Whether the formula follows that order
 * is not assumed: it is checked on every pair, and a table takes over where it does not.
 */
import type { StepFunction } from '../artifact/circuit.ts';
import type { Interval } from '../base/tensor.ts';

/** Any integer function of two bytes. */
export type PairFormula = (a: number, b: number) => number;

export type AffineForm = { readonly p: number; readonly q: number; readonly step: StepFunction };

type Fraction = readonly [numerator: number, denominator: number];

/** Where a ratio lies: its neighbours with terms up to 255, and the mediant between them (Stern–Brocot search). */
function candidates(ratio: number): Fraction[] {
  let left: Fraction = [0, 1];
  let right: Fraction = [1, 0];
  for (;;) {
    const middle: Fraction = [left[0] + right[0], left[1] + right[1]];
    if (middle[0] > 255 || middle[1] > 255) return [middle, left, right];
    const difference = ratio * middle[1] - middle[0];
    if (difference === 0) return [middle];
    if (difference > 0) left = middle;
    else right = middle;
  }
}

/** The step function of p·a + q·b that equals `f` on every pair of the two ranges, or null when none does. */
function fitted(f: PairFormula, p: number, q: number, a: Interval, b: Interval): StepFunction | null {
  const ends = [q * b[0], q * b[1]];
  const low = p * a[0] + Math.min(...ends);
  const high = p * a[1] + Math.max(...ends);
  const unreached = 0x7fffffff;
  const value = new Int32Array(high - low + 1).fill(unreached);
  for (let x = a[0]; x <= a[1]; x++) {
    for (let y = b[0]; y <= b[1]; y++) {
      const at = p * x + q * y - low;
      const sum = f(x, y);
      if (value[at] !== unreached && value[at] !== sum) return null;
      value[at] = sum;
    }
  }
  const starts: number[] = [];
  const values: number[] = [];
  for (const [at, sum] of value.entries()) {
    if (sum === unreached || sum === values.at(-1)) continue;
    if (values.length > 0 && sum < (values.at(-1) as number)) return null;
    starts.push(low + at);
    values.push(sum);
  }
  return { high, starts: Int32Array.from(starts), values: Int32Array.from(values) };
}

/** A form that equals `f` for all a and b in their ranges; `ratio` is rb/ra, negative for a difference. */
export function affineForm(f: PairFormula, ratio: number, a: Interval, b: Interval): AffineForm | null {
  // Pairs that tie exactly may be told apart by float32 noise: then the order just beside the ratio may be the one.
  for (const beside of [1, 1 - 2 ** -20, 1 + 2 ** -20]) {
    for (const [size, p] of candidates(Math.abs(ratio) * beside)) {
      const q = ratio < 0 ? -size : size;
      const step = p === 0 || q === 0 ? null : fitted(f, p, q, a, b);
      if (step !== null) return { p, q, step };
    }
  }
  return null;
}
