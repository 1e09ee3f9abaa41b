/** Float ONNX → int8 ONNX in QDQ form, which any onnxruntime loads and `importQuantized` turns into exact integers. */
import type { Graph, GraphNode, ValueInfo } from '../../artifact/graph.ts';
import { ProvennError } from '../../base/errors.ts';
import { quantizeByte } from '../formula.ts';
import { activationParameters, type CalibrationRanges } from '../ranges.ts';
import { refuse } from '../refusal.ts';
import { absorbClip, clipOperands } from './clips.ts';
import { quantizeContraction } from './contraction.ts';
import { type QuantizeOptions, resolveOptions } from './options.ts';
import { prepareFloatModel } from './prepare.ts';
import { activationOf, dequantizedName, floatOperand, rangedActivation, type Work, writeQuantized } from './work.ts';
import { QdqWriter } from './writer.ts';

/** The operator set of the int8 model: the operators in use mean the same in all sets provenn reads. */
const writtenOpset = 17;
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
    opsets: new Map([['', writtenOpset]]),
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
  if (node.op === 'Conv' || node.op === 'Gemm' || node.op === 'MatMul') quantizeContraction(work, node);
  else if (node.op === 'Add') quantizeAdd(work, node);
  else if (node.op === 'Relu' || node.op === 'Clip') quantizeClip(work, node);
  else move(work, node);
}

function quantizeAdd(work: Work, node: GraphNode): void {
  const inputs = [addend(work, node, 0), addend(work, node, 1)];
  const output = absorbClip(work, node);
  writeQuantized(work, { ...node, inputs }, output, rangedActivation(work, output));
}

function addend(work: Work, node: GraphNode, index: number): string {
  const name = node.inputs[index] as string;
  const tensor = work.graph.initializers.get(name);
  if (tensor === undefined) return floatOperand(work, node, index);
  if (tensor.type !== 'float32') return refuse(node, `adds a ${tensor.type} constant`, 'Use float32 constants.');
  const min = tensor.data.reduce((a, b) => Math.min(a, b), 0);
  const max = tensor.data.reduce((a, b) => Math.max(a, b), 0);
  const quantization = activationParameters({ min, max }, work.options.activations);
  const integers = Array.from(tensor.data, (value) => quantizeByte(value, quantization));
  return work.writer.constantBytes(`${node.name}/addend`, tensor.dims, integers, quantization);
}

function quantizeClip(work: Work, node: GraphNode): void {
  const output = node.outputs[0] as string;
  const inputs = [floatOperand(work, node, 0), ...clipOperands(work, node)];
  const written = { op: node.op, name: node.name, inputs, attributes: new Map() };
  writeQuantized(work, written, output, rangedActivation(work, output));
}

/** MaxPool, Flatten, Reshape, Transpose: the integers move, so the output shares its input's parameters. */
function move(work: Work, node: GraphNode): void {
  if (node.outputs.length > 1 && node.outputs[1] !== '') {
    refuse(node, 'returns Indices', 'Export MaxPool without its second output.');
  }
  const constants = node.inputs.slice(1);
  for (const name of constants) copyConstant(work, node, name);
  const written = { ...node, inputs: [floatOperand(work, node, 0), ...constants] };
  writeQuantized(work, written, node.outputs[0] as string, activationOf(work, node, 0));
}

function copyConstant(work: Work, node: GraphNode, name: string): void {
  const tensor = work.graph.initializers.get(name);
  if (tensor === undefined) {
    refuse(
      node,
      `computes its operand ${name} at run time`,
      'Export the model with fixed shapes (for instance with onnxsim).',
    );
  }
  work.writer.constant(name, tensor);
}
