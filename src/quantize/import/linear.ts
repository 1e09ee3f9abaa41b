/** Emission of the operators that multiply or add: one place for QOperator nodes and for QDQ groups. */
import type { GraphNode } from '../../artifact/graph.ts';
import { f32 } from '../../base/rounding.ts';
import type { Dtype, IntTensor, Shape } from '../../base/tensor.ts';
import type { ByteQuantization } from '../formula.ts';
import { intAttribute, intsAttribute } from '../node-attributes.ts';
import { invalid, refuse } from '../refusal.ts';
import type { Network, Operand } from './network.ts';
import type { Cell, ScaledSums } from './values.ts';
import { windowAttributes } from './window-attributes.ts';

/** An operand of bytes with its per-tensor quantization: an activation, or a constant for Add. */
export type Quantized = { readonly operand: Operand; readonly quantization: ByteQuantization };

/** Constant weights; scales and zero points per tensor or per output channel. */
export type Weights = {
  readonly name: string;
  readonly integers: IntTensor;
  readonly scales: readonly number[];
  readonly zeros: readonly number[];
};

/** The right operand of a product of matrices: constants or an activation. */
export type Factor = {
  readonly operand: Operand;
  readonly dtype: Dtype;
  readonly scales: readonly number[];
  readonly zeros: readonly number[];
};

export function constantFactor({ name, integers, scales, zeros }: Weights): Factor {
  return { operand: { constant: name, integers }, dtype: integers.dtype, scales, zeros };
}

export function plainFactor({ operand, quantization }: Quantized): Factor {
  const { scale, zeroPoint, dtype } = quantization;
  return { operand, dtype, scales: [scale], zeros: [zeroPoint] };
}

/** An int32 bias in units of the accumulator. */
export type Bias = { readonly constant: string; readonly integers: IntTensor };

/** Where the integers go: their quantization, and their name or null when it is still open. */
export type Target = { readonly quantization: ByteQuantization; readonly name: string | null };

export function dimsOf(operand: Operand): Shape {
  return 'constant' in operand ? operand.integers.dims : operand.dims;
}

/** onnxruntime has integer kernels for u8 by u8 or s8 to u8, and for s8 by s8 to s8. */
function checkTypes(node: GraphNode, x: Quantized, second: string, target: Target): void {
  const from = x.quantization.dtype;
  const to = target.quantization.dtype;
  if (from === to && (from === 'u8' || second === 's8')) return;
  refuse(
    node,
    `onnxruntime has no integer kernel from ${from} by ${second} to ${to}`,
    'Use uint8 activations, or int8 for activations and weights alike.',
  );
}

function outputAttributes({ quantization }: Target): {
  readonly yScale: number;
  readonly yZero: number;
  readonly yType: string;
} {
  return { yScale: quantization.scale, yZero: quantization.zeroPoint, yType: quantization.dtype };
}

function weightOperand(weights: Weights): Operand {
  return { constant: weights.name, integers: weights.integers };
}

/** QLinearConv from the attributes of a Conv or QLinearConv node. */
export function emitConv(
  network: Network,
  node: GraphNode,
  x: Quantized,
  w: Weights,
  bias: Bias | null,
  target: Target,
): Cell {
  checkTypes(node, x, w.integers.dtype, target);
  const attrs = {
    xScale: x.quantization.scale,
    xZero: x.quantization.zeroPoint,
    wScale: w.scales,
    wZero: w.zeros,
    ...convAttributes(node, dimsOf(x.operand), w.integers.dims),
    ...outputAttributes(target),
  };
  const inputs = bias === null ? [x.operand, weightOperand(w)] : [x.operand, weightOperand(w), bias];
  return network.emit(node, 'QLinearConv', attrs, inputs, target.name);
}

type ConvGeometry = {
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly pads: readonly number[];
  readonly group: number;
};

export function convAttributes(node: GraphNode, x: Shape, w: Shape): ConvGeometry {
  const rank = w.length - 2;
  if (rank < 1 || rank > 3) refuse(node, `convolves over ${rank} dimensions`, 'Convolve over one to three dimensions.');
  if (x.length !== rank + 2) invalid(node, `input rank ${x.length} does not fit weights of rank ${w.length}`);
  const kernel = w.slice(2);
  const declared = intsAttribute(node, 'kernel_shape') ?? kernel;
  if (declared.length !== rank || declared.some((size, i) => size !== kernel[i]))
    invalid(node, 'kernel_shape differs from the weights');
  return { ...windowAttributes(node, x, kernel, { ceilMode: false }), group: intAttribute(node, 'group', 1) };
}

export type GemmOptions = { readonly alpha: number; readonly transA: boolean; readonly transB: boolean };

function turned(network: Network, node: GraphNode, operand: Operand): Operand {
  return network.emit(node, 'Transpose', { perm: [1, 0] }, [operand], null);
}

/**
 * QGemm: a [M, K] by b [K, N], each transposed where the options say so; constants are turned when they are laid out,
 * activations by a Transpose, which costs nothing. `alpha` multiplies the product only.
 */
export function emitGemm(
  network: Network,
  node: GraphNode,
  a: Quantized,
  b: Factor,
  c: Bias | null,
  target: Target,
  { alpha, transA, transB }: GemmOptions,
): Cell {
  checkTypes(node, a, b.dtype, target);
  const left = transA ? turned(network, node, a.operand) : a.operand;
  const computed = !('constant' in b.operand);
  const right = transB && computed ? turned(network, node, b.operand) : b.operand;
  const attrs = {
    aScale: a.quantization.scale,
    aZero: a.quantization.zeroPoint,
    bScale: b.scales,
    bZero: b.zeros,
    alpha,
    transB: transB && !computed,
    ...outputAttributes(target),
  };
  const inputs = c === null ? [left, right] : [left, right, c];
  return network.emit(node, 'QGemm', attrs, inputs, target.name);
}

/**
 * The int32 sums of a product with an optional bias, and the scale of the floats onnxruntime makes of them when no
 * QuantizeLinear follows; refuses scales per column, because a port has one scale.
 */
export function emitProductSums(
  network: Network,
  node: GraphNode,
  a: Quantized,
  b: Factor,
  c: Bias | null,
  { alpha, transA, transB }: GemmOptions,
): ScaledSums {
  checkTypes(node, a, b.dtype, { quantization: a.quantization, name: null });
  if (b.scales.length > 1)
    refuse(
      node,
      'returns floats with a scale per column',
      'Let the model end with QuantizeLinear and DequantizeLinear, or quantize these weights per tensor.',
    );
  if (!(alpha > 0)) refuse(node, `alpha is ${alpha}`, 'Fold alpha into the weights before quantizing.');
  const left = transA ? turned(network, node, a.operand) : a.operand;
  const right = transB ? turned(network, node, b.operand) : b.operand;
  const attrs = { aZero: a.quantization.zeroPoint, bZero: b.zeros };
  const inputs = c === null ? [left, right] : [left, right, c];
  const scale = f32(f32(alpha * a.quantization.scale) * (b.scales[0] as number));
  return { cell: network.emit(node, 'MatMulInteger', attrs, inputs, null), scale };
}

/** QLinearMatMul: a [..., M, K] by b [..., K, N]. */
export function emitMatMul(network: Network, node: GraphNode, a: Quantized, b: Factor, target: Target): Cell {
  checkTypes(node, a, b.dtype, target);
  if (b.scales.length > 1 && dimsOf(b.operand).length !== 2)
    refuse(node, 'its weights are batches of matrices with scales of their own', 'Quantize them per tensor.');
  const attrs = {
    aScale: a.quantization.scale,
    aZero: a.quantization.zeroPoint,
    bScale: b.scales,
    bZero: b.zeros,
    ...outputAttributes(target),
  };
  return network.emit(node, 'QLinearMatMul', attrs, [a.operand, b.operand], target.name);
}
