/**
 * QLinearAveragePool as relations. onnxruntime adds floats, so in general the result depends on more than the integer sum.
 *
 * Where it does not (`undetermined`, checked on every sum), the layer is one contraction with ones and a step function of
 * the sum. Elsewhere, typically a window of an even number of cells whose input and output share one scale, every float
 * addition is stated exactly (`float-sums.ts`).
 *
 * Windows that meet different numbers of cells have step functions of their own, chosen by position.
 */
import type { StepFunction, View } from '../../artifact/circuit.ts';
import type { Interval, Shape } from '../../base/tensor.ts';
import { type Builder, identityMap, type Wires } from '../../gadgets/builder.ts';
import { shifted } from '../accumulate.ts';
import type { OutputSpec } from '../op.ts';
import { refuse } from '../types.ts';
import { slidingImage, windowSums } from '../window-sums.ts';
import { hull, intervalOf, wholeWire } from '../wires.ts';
import type { QLinearAveragePoolAttrs } from './attrs.ts';
import { addInFloats } from './float-relations.ts';
import { averaged, extremesWork, type SumExtremes, sumExtremes, undetermined } from './formula.ts';
import { averagePlanes, divisor, metCounts } from './windows.ts';

/** Additions the compiler makes for one layer before it gives up: windows of about 250 cells. */
const workLimit = 2 ** 31;

/** The byte for every integer sum, or null where the sum does not determine it. */
function stepOf(extremes: SumExtremes, cells: number, attrs: QLinearAveragePoolAttrs): StepFunction | null {
  const { from, least } = extremes;
  const count = divisor(cells, attrs);
  if (undetermined(extremes, count, attrs) !== null) return null;
  const starts: number[] = [];
  const values: number[] = [];
  least.forEach((sum, i) => {
    const value = averaged(sum, count, attrs);
    if (value === values.at(-1)) return;
    starts.push(from + i);
    values.push(value);
  });
  return { high: from + least.length - 1, starts: Int32Array.from(starts), values: Int32Array.from(values) };
}

/** One step function of the integer sum per number of cells, or null where they are not all determined. */
function stepsOfSum(
  counts: readonly number[],
  range: Interval,
  attrs: QLinearAveragePoolAttrs,
  node: string,
): StepFunction[] | null {
  if (extremesWork(Math.max(...counts), range[1] - range[0] + 1) > workLimit)
    refuse(
      'MODEL_UNSUPPORTED',
      node,
      `averages over ${Math.max(...counts)} cells in floating point, too many to check every sum`,
      'Use GlobalAveragePool, or smaller windows one after the other.',
    );
  const extremes = sumExtremes(new Set(counts), attrs.xScale, range);
  const functions = counts.map((cells) => stepOf(extremes.get(cells) as SumExtremes, cells, attrs));
  return functions.every((step) => step !== null) ? (functions as StepFunction[]) : null;
}

export function constrainQLinearAveragePool(
  build: Builder,
  input: Wires,
  { name, dtype, dims }: OutputSpec,
  attrs: QLinearAveragePoolAttrs,
): Wires {
  const planes = averagePlanes(input.dims, attrs);
  const x = slidingImage(build, name, input, planes);
  const met = metCounts(planes);
  const counts = [...new Set(met)].sort((a, b) => a - b);
  const range = shifted(intervalOf(build, x), attrs.xZero, false);
  const determined = stepsOfSum(counts, range, attrs, name);
  const { sum, functions, axes } =
    determined === null
      ? addInFloats(build, name, x, planes, counts, attrs)
      : { ...windowSums(build, name, x, attrs.xZero, planes), functions: determined };
  const box = axes.flat();
  const output = build.witness(
    name,
    box,
    hull(functions.map(({ values }): Interval => [Math.min(...values), Math.max(...values)])),
  );
  const index = Int32Array.from(met, (cells) => counts.indexOf(cells));
  const classes = functions.length === 1 ? null : byPosition(build, `${name}:class`, axes, index);
  build.step(name, box, sum, functions, classes, output);
  return wholeWire(dtype, dims, axes, output);
}

/** One integer per spatial position, read over the box. */
function byPosition(build: Builder, name: string, axes: readonly Shape[], data: Int32Array): View {
  const spatial = axes.slice(2).flat();
  const box = axes.flat();
  return { wire: build.constant(name, spatial, data), map: identityMap(box).slice(box.length - spatial.length) };
}
