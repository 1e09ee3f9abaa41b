/** Operators that compute cell by cell, and those that average: the output has a range of its own. */
import type { GraphNode } from '../../artifact/graph.ts';
import { quantizeByte } from '../formula.ts';
import { activationParameters } from '../ranges.ts';
import { refuse } from '../refusal.ts';
import { absorbClip, clipOperands } from './clips.ts';
import { floatOperand, rangedActivation, type Work, writeQuantized } from './work.ts';

/** A function of one cell, or an average; operands after the first are constants of the node and stay as they are. */
export function quantizeUnary(work: Work, node: GraphNode): void {
  const constants = node.inputs.slice(1).map((name, i) => floatConstant(work, node, name, i + 1));
  const inputs = [floatOperand(work, node, 0), ...constants];
  const output = absorbClip(work, node);
  writeQuantized(work, { ...node, inputs }, output, rangedActivation(work, output));
}

function floatConstant(work: Work, node: GraphNode, name: string, index: number): string {
  if (name === '') return name;
  const tensor = work.graph.initializers.get(name);
  if (tensor === undefined) return refuse(node, `computes its operand ${index} at run time`, 'Make it a constant.');
  return work.writer.constant(name, tensor);
}

/** Add, Mul and their like, of activations or of float constants that become bytes. */
export function quantizeBinary(work: Work, node: GraphNode): void {
  const inputs = node.inputs.map((_, index) => operand(work, node, index));
  const output = absorbClip(work, node);
  writeQuantized(work, { ...node, inputs }, output, rangedActivation(work, output));
}

/** The floats of an operand: an activation's, or those of a constant quantized per tensor. */
function operand(work: Work, node: GraphNode, index: number): string {
  const name = node.inputs[index] as string;
  const tensor = work.graph.initializers.get(name);
  if (tensor === undefined) return floatOperand(work, node, index);
  if (tensor.type !== 'float32') {
    return refuse(node, `has a constant of type ${tensor.type}`, 'Use float32 constants.');
  }
  const min = tensor.data.reduce((a, b) => Math.min(a, b), 0);
  const max = tensor.data.reduce((a, b) => Math.max(a, b), 0);
  const quantization = activationParameters({ min, max }, work.options.activations);
  const integers = Array.from(tensor.data, (value) => quantizeByte(value, quantization));
  return work.writer.constantBytes(`${node.name}/operand${index}`, tensor.dims, integers, quantization);
}

export function quantizeClip(work: Work, node: GraphNode): void {
  const output = node.outputs[0] as string;
  const inputs = [floatOperand(work, node, 0), ...clipOperands(work, node)];
  const written = { op: node.op, name: node.name, inputs, attributes: new Map() };
  writeQuantized(work, written, output, rangedActivation(work, output));
}
