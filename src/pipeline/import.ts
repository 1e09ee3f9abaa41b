/** import: bytes of an int8 ONNX model → the exact integer network. */
import type { Graph } from '../artifact/graph.ts';
import type { QuantGraph } from '../artifact/quant-graph.ts';
import { type Bindings, readModel } from '../onnx/index.ts';
import { importQuantized } from '../quantize/index.ts';

export type { Bindings } from '../onnx/index.ts';

/** An ONNX model twice: as the file says it, and as exact integer arithmetic. */
export type ImportedModel = { readonly graph: Graph; readonly model: QuantGraph };

/**
 * Reads an int8 ONNX model, in QOperator or QDQ form. `bindings` give sizes to symbolic dimensions; an unbound batch is 1.
 * Throws `MODEL_…` errors that name the node, and `RESOURCE_LIMIT`.
 */
export function importModel(bytes: Uint8Array, bindings: Bindings = {}): ImportedModel {
  const graph = readModel(bytes, { bindings });
  return { graph, model: importQuantized(graph) };
}

/** True when a model has no 8-bit arithmetic at all, so that it must be quantized first. */
export function isFloatModel(graph: Graph): boolean {
  return !graph.nodes.some((node) => node.op.includes('QuantizeLinear') || /^Q[GL]|Integer$/.test(node.op));
}
