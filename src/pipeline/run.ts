/** execute: the exact integers of one inference, and its outputs as the outside world reads them. */
import type { QuantGraph } from '../artifact/quant-graph.ts';
import type { Trace } from '../artifact/trace.ts';
import type { Json } from '../base/canonical-json.ts';
import { invariant } from '../base/errors.ts';
import type { IntTensor } from '../base/tensor.ts';
import { execute, type NodeListener } from '../runtime/execute.ts';
import { dequantizeOutput } from '../runtime/ports.ts';
import type { PortResult } from './io/result.ts';

/** Runs the network on the integers behind its input ports, by port name. Throws `INPUT_MISMATCH`. */
export function runModel(model: QuantGraph, inputs: ReadonlyMap<string, IntTensor>, onNode?: NodeListener): Trace {
  return execute(model, inputs, onNode);
}

/** The outputs of a trace, exact integers and float values. */
export function outputsOf(model: QuantGraph, trace: Trace): PortResult[] {
  return model.outputs.map((port) => {
    const tensor = trace.tensors.get(port.tensor);
    invariant(tensor !== undefined, `the trace lacks ${port.tensor}`);
    const values = port.quantization === null ? null : dequantizeOutput(port, tensor);
    return { port, integers: tensor.data, values };
  });
}

const typeNames = { u8: 'uint8', s8: 'int8', s32: 'int32', s64: 'int64' } as const;

/** Every tensor of a run as JSON, in order of computation. */
export function traceJson(trace: Trace): { readonly [name: string]: Json } {
  const entries = [...trace.tensors].map(([name, { dtype, dims, data }]): [string, Json] => [
    name,
    { dims: [...dims], type: typeNames[dtype], data: Array.from(data) },
  ]);
  return Object.fromEntries(entries);
}
