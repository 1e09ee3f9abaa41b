/** QDQ spelling: float operators between DequantizeLinear and QuantizeLinear that onnxruntime runs on integers. */
import type { GraphNode } from '../../artifact/graph.ts';
import { floatAttribute, intAttribute } from '../node-attributes.ts';
import { invalid, refuse } from '../refusal.ts';
import { type Context, operandValue, outputName } from './context.ts';
import {
  type Bias,
  constantFactor,
  dimsOf,
  emitConv,
  emitGemm,
  emitMatMul,
  type GemmOptions,
  plainFactor,
  type Quantized,
  type Weights,
} from './linear.ts';
import { isStill, propagates, readMovement } from './movement.ts';
import { biasOperand, floatBias, quantizedOperand, weightsOperand } from './operands.ts';
import { awaitingQuantization, movePending, pend } from './pending.ts';
import type { ConstantValue, PendingValue, ScaledConstant, Value } from './values.ts';

export function importConv(context: Context, node: GraphNode): void {
  const x = quantizedOperand(context, node, 0);
  const w = weightsOperand(context, node, 1, 0);
  const b = biasOperand(context, node, 2, x, w, true);
  const emit: PendingValue['emit'] = (quantization) =>
    emitConv(context.network, node, x, w, b, { quantization, name: null });
  context.values.set(outputName(node), pend(node, emit));
}

/** onnxruntime fuses a Gemm only with alpha = 1 and, when there is a bias, beta = 1. */
export function importGemm(context: Context, node: GraphNode): void {
  const hasBias = node.inputs[2] !== undefined && node.inputs[2] !== '';
  if (floatAttribute(node, 'alpha', 1) !== 1 || (hasBias && floatAttribute(node, 'beta', 1) !== 1)) {
    refuse(
      node,
      'onnxruntime computes it in floating point, because alpha or beta is not 1',
      'Fold alpha and beta into the weights and the bias before quantizing.',
    );
  }
  const transA = intAttribute(node, 'transA', 0) !== 0;
  const transB = intAttribute(node, 'transB', 0) !== 0;
  const a = quantizedOperand(context, node, 0);
  const b = weightsOperand(context, node, 1, transB ? 0 : 1);
  checkGemmWeights(node, b);
  const c = biasOperand(context, node, 2, a, b, false);
  context.values.set(outputName(node), pendGemm(context, node, a, b, c, { alpha: 1, transA, transB }));
}

function checkGemmWeights(node: GraphNode, weights: ScaledConstant): void {
  if (weights.zeroLikeScale) return;
  refuse(
    node,
    'onnxruntime computes it in floating point, because its weights have no zero point of the same rank as their scale',
    'Give the DequantizeLinear of the weights a zero point, scalar or vector as the scale is.',
  );
}

function pendGemm(
  context: Context,
  node: GraphNode,
  a: Quantized,
  b: Weights,
  c: Bias | null,
  options: GemmOptions,
): PendingValue {
  return pend(node, (quantization) =>
    emitGemm(context.network, node, a, constantFactor(b), c, { quantization, name: null }, options),
  );
}

/** A MatMul of matrices followed by the Add of a float vector is a Gemm to onnxruntime. */
export function importMatMul(context: Context, node: GraphNode): void {
  const a = quantizedOperand(context, node, 0);
  if (operandValue(context, node, 1)?.kind === 'byte-function') {
    const right = plainFactor(quantizedOperand(context, node, 1));
    context.values.set(
      outputName(node),
      pend(node, (quantization) => emitMatMul(context.network, node, a, right, { quantization, name: null })),
    );
    return;
  }
  const b = weightsOperand(context, node, 1, 1);
  const emit: PendingValue['emit'] = (quantization) =>
    emitMatMul(context.network, node, a, constantFactor(b), { quantization, name: null });
  const columns = b.integers.dims[1];
  const withBias = (value: ConstantValue): PendingValue => {
    const vector = value.tensor.dims.length === 1 && value.tensor.dims[0] === columns;
    if (!vector || dimsOf(a.operand).length !== 2) {
      return refuse(
        node,
        'onnxruntime adds its bias in floating point',
        'Use a Gemm, or a matrix by matrix MatMul with a bias of one entry per column.',
      );
    }
    checkGemmWeights(node, b);
    const options = { alpha: 1, transA: false, transB: false };
    return pendGemm(context, node, a, b, floatBias(context, node, value, a, b), options);
  };
  context.values.set(outputName(node), pend(node, emit, withBias));
}

/** MaxPool, Reshape and the like, on integers or on the floats that stand for them. */
export function importMovement(context: Context, node: GraphNode): void {
  const value = operandValue(context, node, 0) ?? invalid(node, 'its input is missing');
  context.values.set(outputName(node), moved(context, node, value));
}

function moved(context: Context, node: GraphNode, value: Value): Value {
  const { graph, network } = context;
  if (value.kind === 'pending') return movePending(context, node, value);
  if (value.kind === 'pair-function') return movePending(context, node, awaitingQuantization(context, node, value));
  if (value.kind !== 'integer' && value.kind !== 'byte-function')
    return refuse(
      node,
      'works on a constant',
      'Simplify the model (for instance with onnxsim), so that constants are folded.',
    );
  const { op, attrs } = readMovement(node, value.cell.dims, (name) => graph.initializers.get(name));
  if (value.kind === 'integer')
    return { kind: 'integer', cell: network.emit(node, op, attrs, [value.cell], outputName(node)) };
  if (isStill(node)) return value;
  if (op === 'MaxPool' && !isIncreasing(value.floats))
    refuse(
      node,
      'takes the largest of floats that do not increase with their bytes',
      'Put a QuantizeLinear/DequantizeLinear pair before this node.',
    );
  const cell = network.emit(node, op, attrs, [value.cell], null);
  return { ...value, cell, reachable: value.reachable && propagates(node, graph), dequantizer: null };
}

/** Then the largest float is that of the largest byte; NaN is never in order. */
function isIncreasing(floats: Float32Array): boolean {
  return floats.every((float, i) => i === 0 || float >= (floats[i - 1] as number));
}
