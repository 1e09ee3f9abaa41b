/** Float ONNX → int8 ONNX in QDQ form, which any onnxruntime loads and `importQuantized` turns into exact integers. */
import type { Graph, GraphNode, ValueInfo } from '../../artifact/graph.ts';
import { ProvennError } from '../../base/errors.ts';
import type { CalibrationRanges } from '../ranges.ts';
import { refuse } from '../refusal.ts';
import { handlers } from './operators.ts';
import { type QuantizeOptions, resolveOptions } from './options.ts';
import { prepareFloatModel } from './prepare.ts';
import { dequantizedName, rangedActivation, type Work } from './work.ts';
import { QdqWriter } from './writer.ts';

const writtenIrVersion = 8;

/**
 * Quantizes a float model statically.
 *
 * `ranges` come from `calibrate` on the same graph. Weights are symmetric int8, activations asymmetric bytes, biases int32
 * in accumulator units. A Relu or Clip that the range of its output implies disappears. Throws `MODEL_UNSUPPORTED` for
 * other operators, `USAGE` when a range is missing.
 */
export function quantizeModel(graph: Graph, ranges: CalibrationRanges, options: QuantizeOptions = {}): Graph {
  const prepared = prepareFloatModel(graph);
  const writer = new QdqWriter();
  const work: Work = {
    graph: prepared,
    ranges,
    options: resolveOptions(options),
    writer,
    outputs: new Set(prepared.outputs.map((output) => output.name)),
    activations: new Map(),
    absorbed: new Set(),
  };
  for (const input of prepared.inputs) quantizeInput(work, input);
  for (const node of prepared.nodes) if (!work.absorbed.has(node.name)) quantizeNode(work, node);
  return {
    ...prepared,
    irVersion: writtenIrVersion,
    nodes: writer.nodes,
    initializers: writer.initializers,
    values: new Map([...prepared.inputs, ...prepared.outputs].map((value) => [value.name, value])),
  };
}

function quantizeInput(work: Work, { name, type }: ValueInfo): void {
  if (type !== 'float32') {
    throw new ProvennError('MODEL_UNSUPPORTED', `model input ${name} has type ${type ?? 'unknown'}`, {
      where: name,
      next: 'Use float32 inputs.',
    });
  }
  const activation = rangedActivation(work, name);
  work.activations.set(name, activation);
  work.writer.pair(name, name, dequantizedName(work, name), activation.parameters);
}

function quantizeNode(work: Work, node: GraphNode): void {
  const handler = handlers.get(node.op);
  if (handler === undefined) {
    refuse(node, 'this use of it cannot be quantized', 'Average over the last dimension, or over all spatial ones.');
  }
  handler(work, node);
}
