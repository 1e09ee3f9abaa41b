/** QOperator spelling: QLinearConv, QLinearMatMul, QGemm and QLinearAdd carry their scales as operands. */
import type { GraphNode } from '../../artifact/graph.ts';
import { dequantizedBytes } from '../formula.ts';
import { type FloatFunction, unaryFunctions } from '../functions/unary.ts';
import { floatAttribute, intAttribute } from '../node-attributes.ts';
import { invalid, refuse } from '../refusal.ts';
import { byteQuantization, type Context, integersOf, operandValue, outputName, scalesOf, zerosOf } from './context.ts';
import { emitFused } from './fused-binary.ts';
import {
  type Bias,
  constantFactor,
  emitConv,
  emitGemm,
  emitMatMul,
  emitProductSums,
  type Factor,
  plainFactor,
  type Quantized,
  type Target,
  type Weights,
} from './linear.ts';
import { pend } from './pending.ts';
import { emitQuantized } from './tabulate.ts';
import type { ByteFunction, ScaledSums } from './values.ts';

/** Operand `index` as bytes, its quantization in the two operands after it. A constant is allowed where the operator takes one. */
export function quantized(context: Context, node: GraphNode, index: number, what: string): Quantized {
  const value = operandValue(context, node, index) ?? invalid(node, `${what} is missing`);
  const quantization = byteQuantization(context, node, index + 1, what);
  if (value.kind === 'integer') return typed(node, { operand: value.cell, quantization }, value.cell.dtype, what);
  const integers = value.kind === 'constant' ? integersOf(value.tensor) : undefined;
  if (value.kind !== 'constant' || integers === undefined) {
    return refuse(node, `${what} is not made of integers`, 'Put a QuantizeLinear before it.');
  }
  return typed(node, { operand: { constant: value.name, integers }, quantization }, integers.dtype, what);
}

function typed(node: GraphNode, operand: Quantized, dtype: string, what: string): Quantized {
  if (dtype !== operand.quantization.dtype)
    invalid(node, `${what} is ${dtype} but its zero point is ${operand.quantization.dtype}`);
  return operand;
}

function weights(context: Context, node: GraphNode, index: number): Weights {
  const value = operandValue(context, node, index) ?? invalid(node, 'the weights are missing');
  if (value.kind !== 'constant')
    return refuse(node, 'its weights are computed at run time', 'Only constant weights are supported.');
  const integers = integersOf(value.tensor) ?? invalid(node, `its weights are ${value.tensor.type}`);
  const scales = scalesOf(context, node, index + 1);
  const { dtype, zeros } = zerosOf(context, node, index + 2, scales.length);
  if (dtype !== integers.dtype) invalid(node, `its weights are ${integers.dtype} but their zero point is ${dtype}`);
  return { name: value.name, integers, scales, zeros };
}

/** The right operand of a product of matrices. */
function factor(context: Context, node: GraphNode, index: number): Factor {
  const value = operandValue(context, node, index);
  if (value?.kind === 'constant') return constantFactor(weights(context, node, index));
  return plainFactor(quantized(context, node, index, 'the right operand'));
}

function bias(context: Context, node: GraphNode, index: number): Bias | null {
  const value = operandValue(context, node, index);
  if (value === undefined) return null;
  const integers = value.kind === 'constant' ? integersOf(value.tensor) : undefined;
  if (value.kind !== 'constant' || integers?.dtype !== 's32')
    return refuse(node, 'its bias is not a constant int32 tensor', 'Quantize the bias to int32.');
  return { constant: value.name, integers };
}

export function target(context: Context, node: GraphNode, scaleIndex: number): Target {
  return { quantization: byteQuantization(context, node, scaleIndex, 'the output'), name: outputName(node) };
}

export function importQLinearConv(context: Context, node: GraphNode): void {
  const x = quantized(context, node, 0, 'the input');
  const cell = emitConv(
    context.network,
    node,
    x,
    weights(context, node, 3),
    bias(context, node, 8),
    target(context, node, 6),
  );
  context.values.set(outputName(node), { kind: 'integer', cell });
}

export function importQLinearMatMul(context: Context, node: GraphNode): void {
  const a = quantized(context, node, 0, 'the left operand');
  const cell = emitMatMul(context.network, node, a, factor(context, node, 3), target(context, node, 6));
  context.values.set(outputName(node), { kind: 'integer', cell });
}

/** Floats may leave the model as they are, but nothing that follows them is computed on the integers. */
function refuseFloats(node: GraphNode): never {
  refuse(
    node,
    'returns floats because it has no output scale',
    'Give the node an output scale and zero point, with a DequantizeLinear after it.',
  );
}

export function importQGemm(context: Context, node: GraphNode): void {
  const a = quantized(context, node, 0, 'the left operand');
  const options = {
    alpha: floatAttribute(node, 'alpha', 1),
    transA: intAttribute(node, 'transA', 0) !== 0,
    transB: intAttribute(node, 'transB', 0) !== 0,
  };
  const b = factor(context, node, 3);
  const c = bias(context, node, 6);
  const name = outputName(node);
  if (node.inputs[7] === undefined || node.inputs[7] === '') {
    const sums = (): ScaledSums => emitProductSums(context.network, node, a, b, c, options);
    context.values.set(name, { ...pend(node, () => refuseFloats(node)), sums });
    return;
  }
  const cell = emitGemm(context.network, node, a, b, c, target(context, node, 7), options);
  context.values.set(name, { kind: 'integer', cell });
}

/** QLinearAdd and QLinearMul. */
export function importQLinearBinary(op: 'QLinearAdd' | 'QLinearMul'): (context: Context, node: GraphNode) => void {
  return (context, node) => {
    const a = quantized(context, node, 0, 'the first operand');
    const b = quantized(context, node, 3, 'the second operand');
    const cell = emitFused(context.network, node, op, a, b, target(context, node, 6));
    context.values.set(outputName(node), { kind: 'integer', cell });
  };
}

/** QLinearSigmoid and QLinearLeakyRelu: a function of one byte between two quantizations. */
export function importQLinearUnary(op: 'Sigmoid' | 'LeakyRelu'): (context: Context, node: GraphNode) => void {
  return (context, node) => {
    const { operand, quantization } = quantized(context, node, 0, 'the input');
    if ('constant' in operand) refuse(node, 'works on a constant', 'Fold constants before quantizing.');
    const f = (unaryFunctions.get(op) as (node: GraphNode) => FloatFunction)(node);
    const floats = dequantizedBytes(quantization).map(f);
    const value: ByteFunction = {
      kind: 'byte-function',
      cell: operand,
      floats,
      origin: null,
      reachable: false,
      dequantizer: null,
      label: op,
    };
    const { quantization: to, name } = target(context, node, 3);
    context.values.set(outputName(node), {
      kind: 'integer',
      cell: emitQuantized(context.network, node, value, to, name),
    });
  };
}
