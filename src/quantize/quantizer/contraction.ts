/** Conv, Gemm and MatMul: int8 weights and an int32 bias behind DequantizeLinear nodes. */
import type { GraphNode, GraphTensor } from '../../artifact/graph.ts';
import { floatAttribute, intAttribute } from '../node-attributes.ts';
import { refuse } from '../refusal.ts';
import { absorbClip } from './clips.ts';
import { quantizeBinary } from './elementwise.ts';
import { quantizeBiases, quantizeWeights } from './weights.ts';
import { activationOf, floatOperand, rangedActivation, type Work, writeQuantized } from './work.ts';

export function quantizeContraction(work: Work, node: GraphNode): void {
  if (node.op === 'MatMul' && !work.graph.initializers.has(node.inputs[1] ?? '')) quantizeBinary(work, node);
  else quantizeLinear(work, node);
}

function quantizeLinear(work: Work, node: GraphNode): void {
  if (intAttribute(node, 'transA', 0) !== 0) refuse(node, 'transposes its left operand', 'Put a Transpose before it.');
  const output = absorbClip(work, node);
  const inputs = operands(work, node);
  const attributes = new Map([...node.attributes].filter(([name]) => name !== 'alpha' && name !== 'beta'));
  writeQuantized(work, { op: node.op, name: node.name, inputs, attributes }, output, rangedActivation(work, output));
}

/** Names of the input and of the constants; alpha and beta are multiplied into the latter. */
function operands(work: Work, node: GraphNode): readonly string[] {
  const { options, writer } = work;
  const tensor = weightTensor(work, node);
  const axis = node.op === 'Conv' || intAttribute(node, 'transB', 0) !== 0 ? 0 : 1;
  const bias = biasVector(work, node, tensor.dims[axis] as number);
  const alpha = node.op === 'Gemm' ? floatAttribute(node, 'alpha', 1) : 1;
  const { scale } = activationOf(work, node, 0).quantization;
  const perChannel = options.weights === 'per-channel' || (options.weights === 'mixed' && node.op === 'Conv');
  const weights = quantizeWeights(
    { data: tensor.data.map((value) => value * alpha), dims: tensor.dims, axis, bias },
    scale,
    { perChannel, limit: options.weightLimit },
  );
  // Named after the node: two nodes may share weights without sharing the scale of their input.
  const integers = { type: 'int8', dims: tensor.dims, data: weights.integers } as const;
  const names = [floatOperand(work, node, 0), writer.symmetric(`${node.name}/weight`, integers, weights.scales, axis)];
  if (bias === null) return names;
  const { integers: data, scales } = quantizeBiases(bias, scale, weights.scales);
  return [...names, writer.symmetric(`${node.name}/bias`, { type: 'int32', dims: [data.length], data }, scales, 0)];
}

function weightTensor(work: Work, node: GraphNode): GraphTensor & { readonly type: 'float32' } {
  const tensor = work.graph.initializers.get(node.inputs[1] ?? '');
  if (tensor?.type !== 'float32') {
    return refuse(node, 'its weights are not float32 constants', 'Only constant weights are supported.');
  }
  if (node.op !== 'Conv' && tensor.dims.length !== 2) {
    const shape = tensor.dims.join(',');
    return refuse(node, `its weights have shape [${shape}]`, 'Only matrices of weights are supported.');
  }
  return tensor;
}

/** The bias as a vector with one entry per output channel, times beta; null when there is none. */
function biasVector(work: Work, node: GraphNode, channels: number): Float32Array | null {
  const name = node.inputs[2];
  if (name === undefined || name === '') return null;
  const tensor = work.graph.initializers.get(name);
  if (tensor?.type !== 'float32') {
    return refuse(node, 'its bias is not a float32 constant', 'Only constant biases are supported.');
  }
  const { length } = tensor.data;
  if ((length !== 1 && length !== channels) || (length === channels && tensor.dims.at(-1) !== channels)) {
    const shape = tensor.dims.join(',');
    return refuse(node, `its bias has shape [${shape}]`, 'Use a bias with one entry per output channel.');
  }
  const beta = node.op === 'Gemm' ? floatAttribute(node, 'beta', 1) : 1;
  return Float32Array.from({ length: channels }, (_, m) => beta * (tensor.data[length === 1 ? 0 : m] as number));
}
