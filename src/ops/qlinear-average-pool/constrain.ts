/**
 * QLinearAveragePool as relations: one contraction with ones, then a step function of the integer sum.
 *
 * onnxruntime adds floats, so in general the result depends on more than the integer sum. The compiler therefore finds, for
 * every integer sum, the least and the greatest float sum that any window with that sum can have (`sumExtremes`, exact). The
 * rest of the formula is non-decreasing, so when both give the same byte, every window with that sum does, and the byte is
 * a function of the sum. When they differ for some sum, the layer is refused by name: a relation on the sum would accept
 * what onnxruntime does not compute, or refuse what it does.
 *
 * Windows that meet different numbers of cells have step functions of their own, chosen by position.
 */
import type { StepFunction } from '../../artifact/circuit.ts';
import type { Interval } from '../../base/tensor.ts';
import { type Builder, identityMap, type Wires } from '../../gadgets/builder.ts';
import { shifted } from '../accumulate.ts';
import type { OutputSpec } from '../op.ts';
import { refuse } from '../types.ts';
import { windowSums } from '../window-sums.ts';
import { hull, intervalOf, wholeWire } from '../wires.ts';
import type { QLinearAveragePoolAttrs } from './attrs.ts';
import { averaged, extremesWork, type SumExtremes, sumExtremes, undetermined } from './formula.ts';
import { averagePlanes, divisor, metCounts } from './windows.ts';

/** Additions the compiler makes for one layer before it gives up: windows of about 250 cells. */
const workLimit = 2 ** 31;

/** The byte for every integer sum, or a refusal where it is not determined. */
function stepOf(extremes: SumExtremes, cells: number, attrs: QLinearAveragePoolAttrs, node: string): StepFunction {
  const { from, least } = extremes;
  const count = divisor(cells, attrs);
  const bad = undetermined(extremes, count, attrs);
  if (bad !== null) refuseSum(node, bad, cells);
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

function refuseSum(node: string, sum: number, cells: number): never {
  refuse(
    'MODEL_UNSUPPORTED',
    node,
    `onnxruntime averages in floating point, and with these scales the rounding of an integer sum of ${sum} over ${cells} cells depends on the order of the cells`,
    'Quantize its output with another scale than its input, or use GlobalAveragePool or a depthwise convolution instead.',
  );
}

function steps(
  counts: readonly number[],
  range: Interval,
  attrs: QLinearAveragePoolAttrs,
  node: string,
): StepFunction[] {
  if (extremesWork(Math.max(...counts), range[1] - range[0] + 1) > workLimit)
    refuse(
      'MODEL_UNSUPPORTED',
      node,
      `averages over ${Math.max(...counts)} cells in floating point, too many to check every sum`,
      'Use GlobalAveragePool, or smaller windows one after the other.',
    );
  const extremes = sumExtremes(new Set(counts), attrs.xScale, range);
  return counts.map((cells) => stepOf(extremes.get(cells) as SumExtremes, cells, attrs, node));
}

export function constrainQLinearAveragePool(
  build: Builder,
  input: Wires,
  { name, dtype, dims }: OutputSpec,
  attrs: QLinearAveragePoolAttrs,
): Wires {
  const planes = averagePlanes(input.dims, attrs);
  const { sum, axes, x } = windowSums(build, name, input, attrs.xZero, planes);
  const met = metCounts(planes);
  const counts = [...new Set(met)].sort((a, b) => a - b);
  const functions = steps(counts, shifted(intervalOf(build, x), attrs.xZero, false), attrs, name);
  const box = axes.flat();
  const spatial = axes.slice(2).flat();
  const first = box.length - spatial.length;
  const index = Int32Array.from(met, (cells) => counts.indexOf(cells));
  const map = identityMap(box).slice(first);
  const classes = functions.length === 1 ? null : { wire: build.constant(`${name}:class`, spatial, index), map };
  const output = build.witness(
    name,
    box,
    hull(functions.map(({ values }): Interval => [Math.min(...values), Math.max(...values)])),
  );
  build.step(name, box, sum, functions, classes, output);
  return wholeWire(dtype, dims, axes, output);
}
