/**
 * Float32 running sums, exactly, in integers of the field.
 *
 * Let xs = M·u, u a power of two. Every float that occurs is an integer multiple of u, and the running sum after k cells is
 * u·(M·D + R), where D is the integer sum of the differences and R, a small integer, what rounding has left so far. Adding
 * one more cell with difference d adds d to D, and r[d] = t[d]/u − M·d to R; the float addition then rounds, and what it
 * rounds to depends on D and R alone. With W wide enough for every R, z = W·D + R names the pair, so one addition is
 * one step function of z, and so is everything after the last one.
 *
 * Nothing is left to the prover: r[d] is looked up by the byte, every R is the value of a step function of earlier wires.
 * The step functions are cut to the pairs (D, R) that some window reaches; between them they are arbitrary.
 *
 * A cell outside the image has d = 0 and r = 0, and adding it to a rounded sum changes nothing, as in the kernel, which
 * leaves it out.
 */
import type { StepFunction } from '../../artifact/circuit.ts';
import { f32 } from '../../base/rounding.ts';
import type { Interval } from '../../base/tensor.ts';
import { addends } from './formula.ts';

/** A positive float as mantissa · unit, the mantissa an odd integer. */
export function splitFloat(value: number): { readonly mantissa: number; readonly unit: number } {
  let [mantissa, unit] = [value, 1];
  while (!Number.isInteger(mantissa)) [mantissa, unit] = [mantissa * 2, unit / 2];
  while (mantissa % 2 === 0) [mantissa, unit] = [mantissa / 2, unit * 2];
  return { mantissa, unit };
}

/** Scale of the input, and the range of its differences. */
export class FloatSums {
  readonly range: Interval;
  /** r[d] for every difference of the range. */
  readonly rests: readonly number[];
  private readonly mantissa: number;
  private readonly unit: number;

  constructor(xScale: number, range: Interval) {
    const { mantissa, unit } = splitFloat(xScale);
    this.range = range;
    this.mantissa = mantissa;
    this.unit = unit;
    this.rests = Array.from(addends(xScale, range), (term, i) => term / unit - mantissa * (range[0] + i));
  }

  /** The float nearest to u·(M·D + R). */
  rounded(sum: number, rest: number): number {
    return f32((this.mantissa * sum + rest) * this.unit);
  }

  /** What rounding leaves of R. */
  restAfter(sum: number, rest: number): number {
    return this.rounded(sum, rest) / this.unit - this.mantissa * sum;
  }
}

/** For every sum `from + i` of k differences: least and greatest R that some window reaches, before the k-th rounding. */
export type Reached = { readonly from: number; readonly least: Float64Array; readonly most: Float64Array };

/** After 1, 2, …, `count` addends. Rounding is monotone, so extremes lead to extremes. */
export function reached(sums: FloatSums, count: number): Reached[] {
  const { rests, range } = sums;
  const out: Reached[] = [{ from: range[0], least: Float64Array.from(rests), most: Float64Array.from(rests) }];
  for (let k = 2; k <= count; k++) {
    const before = out.at(-1) as Reached;
    const length = before.least.length + rests.length - 1;
    const least = new Float64Array(length).fill(Number.POSITIVE_INFINITY);
    const most = new Float64Array(length).fill(Number.NEGATIVE_INFINITY);
    for (let s = 0; s < before.least.length; s++) {
      const low = sums.restAfter(before.from + s, before.least[s] as number);
      const high = sums.restAfter(before.from + s, before.most[s] as number);
      for (const [i, rest] of rests.entries()) {
        least[s + i] = Math.min(least[s + i] as number, low + rest);
        most[s + i] = Math.max(most[s + i] as number, high + rest);
      }
    }
    out.push({ from: before.from + range[0], least, most });
  }
  return out;
}

/** W: a power of two above twice every |R|, so that W·D + R names D and R. */
export function pairWidth(all: readonly Reached[]): number {
  let widest = 0;
  for (const { least, most } of all) {
    for (const rest of least) widest = Math.max(widest, Math.abs(rest));
    for (const rest of most) widest = Math.max(widest, Math.abs(rest));
  }
  return 2 ** Math.ceil(Math.log2(2 * widest + 2));
}

/** Most runs of one step function: what a table of the proof system can reasonably hold. */
const runLimit = 2 ** 15;

/** The step function of z = W·D + R that is `value(D, R)`, non-decreasing in R, on every reached pair; null when too long. */
export function stepOverPairs(
  { from, least, most }: Reached,
  width: number,
  value: (sum: number, rest: number) => number,
): StepFunction | null {
  const starts: number[] = [];
  const values: number[] = [];
  for (let i = 0; i < least.length; i++) {
    const sum = from + i;
    const last = most[i] as number;
    for (let rest = least[i] as number; rest <= last; rest = nextChange(value, sum, rest, last)) {
      const at = value(sum, rest);
      if (at === values.at(-1)) continue;
      starts.push(width * sum + rest);
      values.push(at);
    }
    if (starts.length > runLimit) return null;
  }
  const high = width * (from + least.length - 1) + (most.at(-1) as number);
  return { high, starts: Int32Array.from(starts), values: Int32Array.from(values) };
}

/** The least R above `rest` at which the value is another one, or last + 1. */
function nextChange(value: (sum: number, rest: number) => number, sum: number, rest: number, last: number): number {
  const here = value(sum, rest);
  if (value(sum, last) === here) return last + 1;
  let [below, above] = [rest, last];
  while (above - below > 1) {
    const middle = Math.floor((below + above) / 2);
    if (value(sum, middle) === here) below = middle;
    else above = middle;
  }
  return above;
}
