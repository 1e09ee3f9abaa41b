/** QuantizeLinear and DequantizeLinear: where floats of the model become integers and back. */
import type { GraphNode, GraphTensor } from '../../artifact/graph.ts';
import { product } from '../../base/tensor.ts';
import { type ByteQuantization, dequantizedBytes, quantizeByte } from '../formula.ts';
import { intAttribute } from '../node-attributes.ts';
import { invalid, refuse } from '../refusal.ts';
import { byteQuantization, type Context, integersOf, operandValue, outputName, scalesOf, zerosOf } from './context.ts';
import { mergesWithNext } from './double-pair.ts';
import { resolvePending } from './pending.ts';
import { emitQuantized, isIdentity } from './tabulate.ts';
import type { ByteFunction, Cell, ConstantValue, ScaledConstant, Value } from './values.ts';

export function importQuantizeLinear(context: Context, node: GraphNode): void {
  const value = operandValue(context, node, 0) ?? invalid(node, 'its input is missing');
  if (intAttribute(node, 'block_size', 0) !== 0)
    refuse(node, 'quantizes block by block', 'Quantize per tensor or per channel.');
  const name = outputName(node);
  if (value.kind === 'constant') {
    context.values.set(name, foldConstant(context, node, value));
    return;
  }
  const to = byteQuantization(context, node, 1, 'its output');
  context.values.set(name, { kind: 'integer', cell: quantizedCell(context, node, value, to) });
}

function quantizedCell(context: Context, node: GraphNode, value: Value, to: ByteQuantization): Cell {
  if (value.kind === 'pending') return resolvePending(context, node, value, to);
  if (value.kind === 'byte-function') return requantize(context, node, value, to);
  if (value.kind === 'pair-function') return emitQuantized(context.network, node, value, to, outputName(node));
  return refuse(node, 'quantizes integers or an already quantized constant', 'Remove the node.');
}

/** Quantizes what is a function of one byte: nothing at all, or a table. */
function requantize(context: Context, node: GraphNode, value: ByteFunction, to: ByteQuantization): Cell {
  const name = outputName(node);
  if (mergesWithNext(context, node, value, to)) {
    refuse(
      node,
      'onnxruntime replaces this second quantization of the same values, and the first, by one with other parameters',
      'Keep only one of the two QuantizeLinear/DequantizeLinear pairs.',
    );
  }
  if (isIdentity(value.cell, to, value.floats)) return context.network.name(value.cell, name, node);
  return emitQuantized(context.network, node, value, to, name);
}

/** QuantizeLinear of a float initializer: weights that the exporter did not fold. */
function foldConstant(context: Context, node: GraphNode, value: ConstantValue): ConstantValue {
  const { tensor } = value;
  if (tensor.type !== 'float32')
    return refuse(node, `quantizes ${tensor.type} values`, 'Only float32 values are quantized.');
  const scales = scalesOf(context, node, 1);
  const { dtype, zeros } = zerosOf(context, node, 2, scales.length);
  if (dtype !== 'u8' && dtype !== 's8')
    return refuse(node, `quantizes weights to ${dtype}`, 'Quantize weights to int8.');
  const channel = channelOf(node, tensor, scales.length);
  const integers = Array.from(tensor.data, (float, i) => {
    const c = channel(i);
    return quantizeByte(float, { scale: scales[c] as number, zeroPoint: zeros[c] as number, dtype });
  });
  const folded: GraphTensor =
    dtype === 'u8'
      ? { type: 'uint8', dims: tensor.dims, data: Uint8Array.from(integers) }
      : { type: 'int8', dims: tensor.dims, data: Int8Array.from(integers) };
  return { kind: 'constant', name: outputName(node), tensor: folded };
}

/** Index of the scale for a flat element index: 0 per tensor, else the coordinate along `axis`. */
function channelOf(node: GraphNode, tensor: GraphTensor, count: number): (index: number) => number {
  if (count === 1) return () => 0;
  const axis = axisOf(node, tensor.dims.length);
  if (tensor.dims[axis] !== count) invalid(node, `${count} scales for axis ${axis} of [${tensor.dims.join(',')}]`);
  const inner = product(tensor.dims.slice(axis + 1));
  return (index) => Math.floor(index / inner) % count;
}

function axisOf(node: GraphNode, rank: number): number {
  const axis = intAttribute(node, 'axis', 1);
  return axis < 0 ? axis + rank : axis;
}

export function importDequantizeLinear(context: Context, node: GraphNode): void {
  const value = operandValue(context, node, 0) ?? invalid(node, 'its input is missing');
  if (intAttribute(node, 'block_size', 0) !== 0) {
    refuse(node, 'dequantizes block by block', 'Quantize per tensor or per channel.');
  }
  context.values.set(outputName(node), dequantized(context, node, value));
}

function dequantized(context: Context, node: GraphNode, value: Value): ByteFunction | ScaledConstant {
  if (value.kind === 'constant') return scaledConstant(context, node, value);
  if (value.kind !== 'integer') return refuse(node, 'dequantizes floats', 'Remove the node.');
  const origin = byteQuantization(context, node, 1, 'its input');
  if (origin.dtype !== value.cell.dtype) {
    invalid(node, `its input is ${value.cell.dtype} but its zero point is ${origin.dtype}`);
  }
  return {
    kind: 'byte-function',
    cell: value.cell,
    floats: dequantizedBytes(origin),
    origin,
    reachable: true,
    dequantizer: node,
    label: 'requantize',
  };
}

function scaledConstant(context: Context, node: GraphNode, value: ConstantValue): ScaledConstant {
  const integers =
    integersOf(value.tensor) ??
    refuse(node, `dequantizes ${value.tensor.type}`, 'Only uint8, int8 and int32 constants are supported.');
  const scales = scalesOf(context, node, 1);
  const given =
    node.inputs[2] === undefined || node.inputs[2] === '' ? undefined : zerosOf(context, node, 2, scales.length);
  if (given !== undefined && given.dtype !== integers.dtype)
    invalid(node, `its input is ${integers.dtype} but its zero point is ${given.dtype}`);
  return {
    kind: 'scaled-constant',
    name: value.name,
    integers,
    scales,
    zeros: given?.zeros ?? new Array<number>(scales.length).fill(0),
    axis: axisOf(node, integers.dims.length),
    zeroLikeScale: given !== undefined && rankOf(context, node, 1) === rankOf(context, node, 2),
  };
}

function rankOf(context: Context, node: GraphNode, index: number): number | undefined {
  return context.graph.initializers.get(node.inputs[index] ?? '')?.dims.length;
}
