/** QDQ spelling: float operators between DequantizeLinear and QuantizeLinear that onnxruntime runs on integers. */
import type { GraphNode } from '../../artifact/graph.ts';
import { floatAttribute, intAttribute } from '../node-attributes.ts';
import { refuse } from '../refusal.ts';
import { type Context, operandValue, outputName } from './context.ts';
import {
  type Bias,
  constantFactor,
  dimsOf,
  emitConv,
  emitGemm,
  emitMatMul,
  emitProductSums,
  type Factor,
  type GemmOptions,
  plainFactor,
  type Quantized,
  type Weights,
} from './linear.ts';
import { biasOperand, floatBias, quantizedOperand, weightsOperand } from './operands.ts';
import { pend } from './pending.ts';
import type { ConstantValue, PendingValue, ScaledConstant } from './values.ts';

export function importConv(context: Context, node: GraphNode): void {
  const x = quantizedOperand(context, node, 0);
  const w = weightsOperand(context, node, 1, 0);
  const b = biasOperand(context, node, 2, x, w, true);
  const emit: PendingValue['emit'] = (quantization) =>
    emitConv(context.network, node, x, w, b, { quantization, name: null });
  context.values.set(outputName(node), pend(node, emit));
}

/** onnxruntime fuses a Gemm with a bias only where alpha and beta are 1; without one, any alpha. */
export function importGemm(context: Context, node: GraphNode): void {
  const hasBias = node.inputs[2] !== undefined && node.inputs[2] !== '';
  const alpha = floatAttribute(node, 'alpha', 1);
  if (hasBias ? alpha !== 1 || floatAttribute(node, 'beta', 1) !== 1 : !(alpha > 0)) {
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
  context.values.set(outputName(node), pendGemm(context, node, a, b, c, { alpha, transA, transB }));
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
  const right = constantFactor(b);
  const { network } = context;
  const pending = pend(node, (quantization) =>
    emitGemm(network, node, a, right, c, { quantization, name: null }, options),
  );
  // A float bias is quantized where the result is, and added in floating point where it is not.
  if (c !== null && !context.graph.initializers.has(c.constant)) return pending;
  return { ...pending, sums: () => emitProductSums(network, node, a, right, c, options) };
}

/** A MatMul of matrices followed by the Add of a float vector is a Gemm to onnxruntime. */
export function importMatMul(context: Context, node: GraphNode): void {
  const a = quantizedOperand(context, node, 0);
  if (operandValue(context, node, 1)?.kind === 'byte-function') {
    const right = plainFactor(quantizedOperand(context, node, 1));
    context.values.set(outputName(node), pendMatMul(context, node, a, right, null));
    return;
  }
  const b = weightsOperand(context, node, 1, 1);
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
    return pendGemm(context, node, a, b, floatBias(context, node, value, a, b), plainProduct);
  };
  context.values.set(outputName(node), pendMatMul(context, node, a, constantFactor(b), withBias));
}

const plainProduct: GemmOptions = { alpha: 1, transA: false, transB: false };

function pendMatMul(
  { network }: Context,
  node: GraphNode,
  a: Quantized,
  b: Factor,
  withBias: PendingValue['withBias'],
): PendingValue {
  const pending = pend(node, (quantization) => emitMatMul(network, node, a, b, { quantization, name: null }), withBias);
  return { ...pending, sums: () => emitProductSums(network, node, a, b, null, plainProduct) };
}
