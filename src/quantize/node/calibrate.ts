/** Calibration: runs the float model over sample data in onnxruntime and finds the range of every activation. */
import type { Graph } from '../../artifact/graph.ts';
import { ProvennError } from '../../base/errors.ts';
import { prepareFloatModel } from '../quantizer/prepare.ts';
import type { ActivationRange, CalibrationRanges } from '../ranges.ts';
import { type FloatInputs, openModel } from './float-session.ts';
import { Histogram } from './histogram.ts';

export type { FloatInputs } from './float-session.ts';

/** Writes a graph as ONNX bytes, with more of its values as outputs; `writeModel` of the onnx room. */
export type EncodeModel = (graph: Graph, options: { readonly extraOutputs: readonly string[] }) => Uint8Array;

export type CalibrateOptions = {
  /**
   * `min-max` (default) keeps every value; a percentile such as 99.99 keeps that share of the values of each activation and
   * cuts the rest, half on each side, which trades clipping for resolution; `entropy` cuts where the least information is
   * lost.
   */
  readonly method?: 'min-max' | 'entropy' | { readonly percentile: number };
  /** Called after each sample of each pass. */
  readonly onSample?: (done: number) => void;
};

/** Bins of the histogram between an activation's smallest and largest value, and levels of a byte. */
const bins = 8192;
const levels = 256;

/** Every float activation of a graph: its inputs and what its nodes produce. */
export function activationNames(graph: Graph): readonly string[] {
  return [
    ...new Set([
      ...graph.inputs.map((input) => input.name),
      ...graph.nodes.flatMap((node) => node.outputs.filter((name) => name !== '')),
    ]),
  ];
}

/**
 * Ranges for `quantizeModel(graph, …)`. `samples` is iterated once, or twice unless the method is min-max, and every sample must have
 * the shapes of `graph`. Throws `DEPENDENCY_MISSING` without onnxruntime-node, `USAGE` without samples, `INPUT_MISMATCH`
 * when a value is not finite.
 */
export async function calibrate(
  graph: Graph,
  encode: EncodeModel,
  samples: Iterable<FloatInputs>,
  options: CalibrateOptions = {},
): Promise<CalibrationRanges> {
  const { method = 'min-max' } = options;
  if (typeof method === 'object' && !(method.percentile > 0 && method.percentile <= 100)) {
    throw new ProvennError('USAGE', `a percentile of ${method.percentile} is not in (0, 100]`, {
      next: 'Use for instance 99.99.',
    });
  }
  const prepared = prepareFloatModel(graph);
  const ranges = new Map<string, ActivationRange>();
  await eachActivation(prepared, encode, samples, options, (name, data) => {
    ranges.set(name, union(ranges.get(name), rangeOf(name, data)));
  });
  if (ranges.size === 0)
    throw new ProvennError('USAGE', 'there is no calibration data', { next: 'Give at least one sample.' });
  if (method === 'min-max') return ranges;
  const histograms = new Map([...ranges].map(([name, range]) => [name, new Histogram(range, bins)]));
  await eachActivation(prepared, encode, samples, options, (name, data) => histograms.get(name)?.add(data));
  return new Map(
    [...histograms].map(([name, histogram]) => [
      name,
      method === 'entropy' ? histogram.informative(levels) : histogram.central(method.percentile / 100),
    ]),
  );
}

async function eachActivation(
  graph: Graph,
  encode: EncodeModel,
  samples: Iterable<FloatInputs>,
  options: CalibrateOptions,
  visit: (name: string, data: Float32Array) => void,
): Promise<void> {
  const inputs = new Set(graph.inputs.map((input) => input.name));
  const extraOutputs = activationNames(graph).filter((name) => !inputs.has(name));
  const model = await openModel(encode(graph, { extraOutputs }), {});
  try {
    let done = 0;
    for (const sample of samples) {
      for (const [name, { data }] of sample) if (inputs.has(name)) visit(name, data);
      for (const [name, { data }] of await model.run(sample)) if (data instanceof Float32Array) visit(name, data);
      options.onSample?.(++done);
    }
  } finally {
    await model.close();
  }
}

function rangeOf(name: string, data: Float32Array): ActivationRange {
  let min = Infinity;
  let max = -Infinity;
  for (const value of data) {
    if (!Number.isFinite(value))
      throw new ProvennError('INPUT_MISMATCH', `calibration gives ${name} the value ${value}`, {
        where: name,
        next: 'Remove the sample, or check its preprocessing.',
      });
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return { min, max };
}

function union(a: ActivationRange | undefined, b: ActivationRange): ActivationRange {
  return a === undefined ? b : { min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) };
}
