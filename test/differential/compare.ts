/** One graph in onnxruntime and in provenn: every integer tensor that both hold, and every output. */
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Graph } from '../../src/artifact/graph.ts';
import type { QuantGraph } from '../../src/artifact/quant-graph.ts';
import { loadOnnxruntime, type Onnxruntime } from '../../src/base/node/onnxruntime.ts';
import type { IntTensor } from '../../src/base/tensor.ts';
import { writeModel } from '../../src/onnx/index.ts';
import { importQuantized } from '../../src/quantize/index.ts';
import { randomInputs } from '../../src/quantize/laws.ts';
import { execute } from '../../src/runtime/execute.ts';
import { exposableTensors } from '../../src/runtime/node/oracle.ts';
import { dequantizeOutput, quantizeInput } from '../../src/runtime/ports.ts';

export type Comparison = {
  readonly quant: QuantGraph;
  /** Integers and output floats compared. */
  readonly values: number;
  /** What differs first: where, and both values; null when nothing does. */
  readonly mismatch: string | null;
};

export type CompareOptions = {
  readonly random: () => number;
  /** Compare with optimisations disabled as well: only where the graph itself is written in integers. */
  readonly unoptimised: boolean;
};

type Feeds = InferenceSession.FeedsType;

/** Throws `ProvennError` when the graph is refused, and other errors when onnxruntime fails. */
export async function compareGraph(graph: Graph, { random, unoptimised }: CompareOptions): Promise<Comparison> {
  const quant = importQuantized(graph);
  const ort = await loadOnnxruntime();
  const inputs = randomInputs(quant, random);
  const integers = quant.inputs.map(
    (port) => [port.name, quantizeInput(port, inputs.get(port.name) as Float32Array)] as const,
  );
  const { tensors } = execute(quant, new Map(integers));
  const exposed = exposableTensors(graph, quant);
  const feeds = Object.fromEntries(
    quant.inputs.map((port) => [port.name, feed(ort, port, inputs.get(port.name) as Float32Array)]),
  );
  const everything = writeModel(graph, { extraOutputs: exposed });
  const runs = [
    await run(ort, everything, options(quant, 'all'), feeds),
    await run(ort, writeModel(graph), options(quant, 'all'), feeds),
    ...(unoptimised ? [await run(ort, everything, options(quant, 'disabled'), feeds)] : []),
  ];
  let values = 0;
  for (const results of runs) {
    for (const [name, expected] of expectations(quant, tensors, results)) {
      const theirs = Array.from(results[name]?.data as ArrayLike<number | bigint>, Number);
      const at = firstDifference(theirs, expected);
      if (at !== null)
        return { quant, values, mismatch: `${name}[${at}]: onnxruntime ${theirs[at]}, provenn ${expected[at]}` };
      values += expected.length;
    }
  }
  return { quant, values, mismatch: null };
}

function expectations(
  quant: QuantGraph,
  tensors: ReadonlyMap<string, IntTensor>,
  results: InferenceSession.OnnxValueMapType,
): readonly (readonly [string, ArrayLike<number>])[] {
  const inner = quant.tensors.flatMap(({ name }) => {
    const ours = tensors.get(name);
    return results[name] === undefined || ours === undefined ? [] : [[name, ours.data] as const];
  });
  const outputs = quant.outputs.map((port) => {
    const ours = tensors.get(port.tensor) as IntTensor;
    return [port.name, port.quantization === null ? ours.data : dequantizeOutput(port, ours)] as const;
  });
  return [...inner, ...outputs];
}

function firstDifference(theirs: ArrayLike<number>, ours: ArrayLike<number>): number | null {
  if (theirs.length !== ours.length) return Math.min(theirs.length, ours.length);
  for (let i = 0; i < ours.length; i++) if (theirs[i] !== ours[i]) return i;
  return null;
}

/** As the oracle of `provenn run --check-ort` opens its sessions. */
function options(quant: QuantGraph, level: 'all' | 'disabled'): InferenceSession.SessionOptions {
  const signed = quant.tensors.some((tensor) => tensor.dtype === 's8');
  const session = { qdqisint8allowed: '1', ...(signed ? {} : { x64quantprecision: '1' }) };
  return { graphOptimizationLevel: level, intraOpNumThreads: 1, logSeverityLevel: 4, extra: { session } };
}

async function run(
  ort: Onnxruntime,
  model: Uint8Array,
  sessionOptions: InferenceSession.SessionOptions,
  feeds: Feeds,
): Promise<InferenceSession.OnnxValueMapType> {
  const session = await ort.InferenceSession.create(model, sessionOptions);
  try {
    return await session.run(feeds);
  } finally {
    await session.release();
  }
}

function feed(ort: Onnxruntime, port: QuantGraph['inputs'][number], data: Float32Array): Tensor {
  if (port.quantization !== null) return new ort.Tensor('float32', data, port.dims);
  return port.dtype === 'u8'
    ? new ort.Tensor('uint8', Uint8Array.from(data), port.dims)
    : new ort.Tensor('int8', Int8Array.from(data), port.dims);
}
