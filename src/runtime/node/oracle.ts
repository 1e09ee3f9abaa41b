/**
 * The oracle: onnxruntime's own integers, tensor by tensor, against a trace.
 *
 * Every integer tensor of the ONNX file becomes a graph output. That an output is observed keeps onnxruntime from merging
 * it away, so the check also runs the model as it is and compares what it returns with the trace: a group that fuses only
 * when nobody looks would show there. (Measured: for every pattern the importer accepts, both runs agree bit for bit; the
 * one pattern where they differ, two quantizations in a row, is refused at import.)
 */
import type { InferenceSession, Tensor, TypedTensor } from 'onnxruntime-node';
import type { Graph } from '../../artifact/graph.ts';
import type { Port, QuantGraph } from '../../artifact/quant-graph.ts';
import type { Trace } from '../../artifact/trace.ts';
import { invariant, ProvennError } from '../../base/errors.ts';
import { loadOnnxruntime, type Onnxruntime, sessionOptions } from '../../base/node/onnxruntime.ts';
import { dequantizeLinear } from '../../base/rounding.ts';
import type { IntTensor } from '../../base/tensor.ts';
import { dequantizeOutput } from '../ports.ts';
import { type OnnxruntimeKind, probeOnnxruntime } from './probe.ts';

/** What the oracle needs to know of a model. */
export type OracleModel = {
  /** The int8 model as it is. */
  readonly model: Uint8Array;
  /** The same model with `exposableTensors` as further outputs (`writeModel(graph, { extraOutputs })`). */
  readonly exposedModel: Uint8Array;
  readonly quant: QuantGraph;
};

/** One run to check. */
export type OracleRun = {
  /** By port: the floats of a float port, or the integers behind it. */
  readonly inputs: ReadonlyMap<string, Float32Array | IntTensor>;
  readonly trace: Trace;
};

export type OracleRequest = OracleModel & OracleRun;

/** `expected` is onnxruntime's value, `actual` the trace's; a float output of the model is named by its port. */
export type OracleMismatch = {
  readonly tensor: string;
  readonly index: number;
  readonly expected: number;
  readonly actual: number;
};

export type OracleReport = OnnxruntimeKind & {
  /** Integer tensors and float outputs compared, and their elements. */
  readonly tensors: number;
  readonly elements: number;
  /**
   * The first difference in the order of production. Where `saturates` is true it may be the processor's: onnxruntime is
   * then exact only under an option that it does not honour everywhere (MatMul from opset 21 on).
   */
  readonly mismatch: OracleMismatch | null;
};

/** A model loaded into onnxruntime, to check any number of runs. */
export type Oracle = {
  check(run: OracleRun): Promise<OracleReport>;
  close(): Promise<void>;
};

/**
 * Names of the integer tensors that exist in the ONNX graph as well as in the QuantGraph; graph inputs cannot be outputs.
 * Not those that an Identity copies: onnxruntime 1.30 ends the process when it optimises QuantizeLinear →
 * DequantizeLinear → QuantizeLinear of the same parameters while both integers are outputs. Their copies are compared.
 */
export function exposableTensors(graph: Graph, quant: QuantGraph): readonly string[] {
  const produced = new Set(graph.nodes.flatMap((node) => node.outputs));
  const copied = new Set(quant.nodes.filter(({ op }) => op === 'Identity').flatMap((node) => node.inputs));
  return quant.tensors.map((tensor) => tensor.name).filter((name) => produced.has(name) && !copied.has(name));
}

/** Throws `DEPENDENCY_MISSING` without onnxruntime-node, and `ORACLE_MISMATCH` when it refuses the model. */
export async function openOracle({ model, exposedModel, quant }: OracleModel): Promise<Oracle> {
  const ort = await loadOnnxruntime();
  const kind = await probeOnnxruntime();
  const exposed = await open(ort, exposedModel, quant);
  const plain = await open(ort, model, quant);
  return {
    check: async ({ inputs, trace }) => {
      const feeds = Object.fromEntries(quant.inputs.map((port) => [port.name, feed(ort, port, inputs.get(port.name))]));
      const comparison = new Comparison();
      compareTensors(comparison, quant, trace, await run(exposed, feeds));
      compareOutputs(comparison, quant, trace, await run(plain, feeds));
      const { tensors, elements, mismatch } = comparison;
      return { ...kind, tensors, elements, mismatch };
    },
    close: async () => {
      await exposed.release();
      await plain.release();
    },
  };
}

/** Opens the oracle for one run. */
export async function checkAgainstOnnxruntime(request: OracleRequest): Promise<OracleReport> {
  const oracle = await openOracle(request);
  try {
    return await oracle.check(request);
  } finally {
    await oracle.close();
  }
}

type Results = InferenceSession.OnnxValueMapType;

function compareTensors(comparison: Comparison, quant: QuantGraph, trace: Trace, results: Results): void {
  for (const { name } of quant.tensors) {
    const theirs = results[name];
    const ours = trace.tensors.get(name);
    if (theirs !== undefined && ours !== undefined) comparison.add(name, theirs, ours.data);
  }
}

function compareOutputs(comparison: Comparison, quant: QuantGraph, trace: Trace, results: Results): void {
  for (const port of quant.outputs) {
    const theirs = results[port.name];
    const ours = trace.tensors.get(port.tensor);
    invariant(theirs !== undefined && ours !== undefined, `output ${port.name} is missing`);
    comparison.add(port.name, theirs, port.quantization === null ? ours.data : dequantizeOutput(port, ours));
  }
}

class Comparison {
  tensors = 0;
  elements = 0;
  mismatch: OracleMismatch | null = null;

  add(tensor: string, theirs: Tensor, ours: ArrayLike<number>): void {
    if (this.mismatch !== null) return;
    // int64 comes as bigint; the indices and labels that models return are far below 2^53.
    const values = theirs.data as ArrayLike<number | bigint>;
    this.tensors++;
    if (values.length !== ours.length) {
      this.mismatch = {
        tensor,
        index: Math.min(values.length, ours.length),
        expected: values.length,
        actual: ours.length,
      };
      return;
    }
    for (let index = 0; index < ours.length; index++) {
      const expected = Number(values[index]);
      const actual = ours[index] as number;
      if (expected !== actual) {
        this.mismatch = { tensor, index, expected, actual };
        return;
      }
      this.elements++;
    }
  }
}

/**
 * Session options to try, in order. `qdqisint8allowed` lets s8 QDQ groups fuse. `x64quantprecision` turns s8 weights into
 * u8 by adding 128, which avoids the saturation described in `probe.ts`; it has no kernel for s8 activations, which never
 * saturate, and onnxruntime 1.30 fails to load some models with it (weights shared by two nodes).
 */
function configs(quant: QuantGraph): readonly Readonly<Record<string, string>>[] {
  const signed = quant.tensors.some((tensor) => tensor.dtype === 's8');
  const plain = { qdqisint8allowed: '1' };
  return signed ? [plain] : [{ ...plain, x64quantprecision: '1' }, plain];
}

async function open(ort: Onnxruntime, model: Uint8Array, quant: QuantGraph): Promise<InferenceSession> {
  let first: unknown;
  for (const config of configs(quant)) {
    try {
      return await ort.InferenceSession.create(model, sessionOptions(config));
    } catch (cause) {
      first ??= cause;
    }
  }
  throw failed('does not load the model', first);
}

async function run(session: InferenceSession, feeds: InferenceSession.FeedsType): Promise<Results> {
  try {
    return await session.run(feeds);
  } catch (cause) {
    throw failed('does not run the model', cause);
  }
}

function failed(what: string, cause: unknown): ProvennError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new ProvennError('ORACLE_MISMATCH', `onnxruntime ${what}: ${why}`, {
    next: 'Run the model in onnxruntime to see why, or leave out the comparison.',
    cause,
  });
}

function feed(
  ort: Onnxruntime,
  port: Port,
  value: Float32Array | IntTensor | undefined,
): TypedTensor<'float32' | 'uint8' | 'int8'> {
  invariant(value !== undefined, `input ${port.name} is missing`);
  if (value instanceof Float32Array) {
    if (port.quantization !== null) return new ort.Tensor('float32', value, port.dims);
    return integers(ort, port, value);
  }
  const { quantization } = port;
  if (quantization === null) return integers(ort, port, value.data);
  // (q − zero)·scale, rounded once, divided by the scale is within 2⁻¹⁵ of q − zero, so it quantizes back to q.
  const floats = Float32Array.from(value.data, (q) => dequantizeLinear(q, quantization.scale, quantization.zeroPoint));
  return new ort.Tensor('float32', floats, port.dims);
}

function integers(ort: Onnxruntime, port: Port, data: ArrayLike<number>): TypedTensor<'uint8' | 'int8'> {
  return port.dtype === 'u8'
    ? new ort.Tensor('uint8', Uint8Array.from(data), port.dims)
    : new ort.Tensor('int8', Int8Array.from(data), port.dims);
}
