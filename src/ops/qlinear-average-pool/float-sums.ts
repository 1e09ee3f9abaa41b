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
import type { Expression, StepFunction, Term, View } from '../../artifact/circuit.ts';
import { f32 } from '../../base/rounding.ts';
import type { Interval, Shape } from '../../base/tensor.ts';
import { axisOffsets, type Builder, boxOf, expressionOf, identityMap, type Wires } from '../../gadgets/builder.ts';
import { shifted } from '../accumulate.ts';
import { isPadded, type Plane, soleTap, tapView } from '../planes.ts';
import { refuse } from '../types.ts';
import { copied, intervalOf, wholeWire } from '../wires.ts';
import type { QLinearAveragePoolAttrs } from './attrs.ts';
import { addends, averaged } from './formula.ts';
import { divisor } from './windows.ts';

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

/** Least and greatest z may be this far from 0: far inside the field, and inside int32. */
const pairLimit = 2 ** 29;

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

/** All taps of the windows, row-major, as views of `x` over the outputs. */
function tapsOf(x: Wires, planes: readonly Plane[]): View[] {
  const offsets = axisOffsets(x);
  return planes.reduce<View[]>(
    (views, plane, i) => {
      if (soleTap(plane) !== null) return views;
      const axis = offsets[i + 2] as number;
      return views.flatMap((view) => Array.from({ length: plane.kernel }, (_, k) => tapView(view, axis, plane, k)));
    },
    [x.parts[0] as View],
  );
}

type Layer = {
  readonly build: Builder;
  readonly name: string;
  /** Differences, one per cell: a view, to which `constant` is added. */
  readonly image: Wires;
  readonly constant: number;
  readonly sums: FloatSums;
};

/** True when the only view runs along a dimension of its wire for every axis that windows slide along. */
function slides(x: Wires, planes: readonly Plane[]): boolean {
  const offsets = axisOffsets(x);
  const [view, ...others] = x.parts;
  return planes.every((plane, i) => {
    const named = view?.map.some((entry) => entry.kind === 'axis' && entry.axis === offsets[i + 2]);
    return others.length === 0 && (soleTap(plane) !== null || named === true);
  });
}

/** Differences as a view that windows may read beyond the image, where it gives 0. */
function layerOf(
  build: Builder,
  name: string,
  input: Wires,
  planes: readonly Plane[],
  attrs: QLinearAveragePoolAttrs,
): Layer {
  const padded = planes.some((plane) => soleTap(plane) === null && isPadded(plane));
  const x = slides(input, planes) ? input : copied(build, `${name}:operand`, input);
  const range = shifted(intervalOf(build, x), attrs.xZero, padded);
  const sums = new FloatSums(attrs.xScale, range);
  if (!padded) return { build, name, image: x, constant: -attrs.xZero, sums };
  const box = boxOf(x);
  const wire = build.witness(`${name}:difference`, box, shifted(intervalOf(build, x), attrs.xZero, false));
  build.linear(`${name}:difference`, box, expressionOf(x, -attrs.xZero), wire);
  return { build, name, image: wholeWire(x.dtype, x.dims, x.axes, wire), constant: 0, sums };
}

/** r[d] of every cell of the image. */
function restsOf({ build, name, image, constant, sums }: Layer): Wires {
  const { rests, range } = sums;
  const keys = Int32Array.from(rests, (_, i) => range[0] + i);
  const values = Int32Array.from(rests);
  const table = build.table(`${name}:rests`, [keys, values]);
  const box = boxOf(image);
  const wire = build.witness(`${name}:rest`, box, [Math.min(...values), Math.max(...values)]);
  build.lookup(`${name}:rest`, box, table, [expressionOf(image, constant)], wire);
  return wholeWire('s32', image.dims, image.axes, wire);
}

/** The last z of every window and what becomes of it, one step function per number of cells in `counts`. */
export function addInFloats(
  build: Builder,
  name: string,
  x: Wires,
  planes: readonly Plane[],
  counts: readonly number[],
  attrs: QLinearAveragePoolAttrs,
): { readonly sum: Expression; readonly functions: StepFunction[]; readonly axes: readonly Shape[] } {
  const layer = layerOf(build, name, x, planes, attrs);
  const { sums, image, constant } = layer;
  const taps = tapsOf(image, planes);
  const restTaps = tapsOf(restsOf(layer), planes);
  const pairs = reached(sums, taps.length);
  const width = pairWidth(pairs);
  const furthest = taps.length * Math.max(...sums.range.map(Math.abs));
  if (width * (furthest + 1) > pairLimit) tooLong(name);
  const axes = [...image.axes.slice(0, 2), ...planes.map((plane) => (soleTap(plane) === null ? [plane.output] : []))];
  const box = axes.flat();
  const term = (view: View, coefficient = 1): Term => ({ coefficient, view });
  let rest = restTaps[0] as View;
  const z = (k: number): Expression => ({
    constant: width * k * constant,
    terms: [...taps.slice(0, k).map((view) => term(view, width)), term(rest), term(restTaps[k - 1] as View)],
    accumulators: [],
  });
  for (let k = 2; k < taps.length; k++) {
    const step = stepOverPairs(pairs[k - 1] as Reached, width, (sum, left) => sums.restAfter(sum, left));
    if (step === null) tooLong(name);
    const wire = build.witness(`${name}:rounded${k}`, box, [Math.min(...step.values), Math.max(...step.values)]);
    build.step(`${name}:rounded${k}`, box, z(k), [step], null, wire);
    rest = { wire, map: identityMap(box) };
  }
  const functions = counts.map((cells) => {
    const count = divisor(cells, attrs);
    const value = (sum: number, left: number): number => averaged(sums.rounded(sum, left), count, attrs);
    return stepOverPairs(pairs.at(-1) as Reached, width, value) ?? tooLong(name);
  });
  return { sum: z(taps.length), functions, axes };
}

function tooLong(node: string): never {
  refuse(
    'MODEL_UNSUPPORTED',
    node,
    'onnxruntime averages in floating point, and with these scales its roundings have too many cases',
    'Quantize its output with another scale than its input, or use smaller windows or GlobalAveragePool.',
  );
}
