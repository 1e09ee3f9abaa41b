/** Operands of a QDQ group: the integers and scales behind the floats that a float operator reads. */
import type { GraphNode } from '../../artifact/graph.ts';
import { f32 } from '../../base/rounding.ts';
import { intTensor } from '../../base/tensor.ts';
import { quantizeBias } from '../formula.ts';
import { invalid, refuse } from '../refusal.ts';
import { type Context, operandValue } from './context.ts';
import type { Bias, Quantized, Weights } from './linear.ts';
import type { ByteFunction, ConstantValue, ScaledConstant } from './values.ts';

const quantizeFirst = 'Run provenn quantize first, or quantize the model statically with onnxruntime.';

/** An operand that is the plain dequantization of bytes. */
export function quantizedOperand(context: Context, node: GraphNode, index: number): Quantized {
  const value = operandValue(context, node, index) ?? invalid(node, `operand ${index} is missing`);
  if (value.kind === 'byte-function') return plain(node, value);
  if (value.kind === 'scaled-constant') return constantOperand(node, value);
  if (value.kind === 'integer')
    return refuse(
      node,
      'computes on integers directly',
      'Use the QLinear operator, or put a DequantizeLinear before it.',
    );
  return refuse(
    node,
    `onnxruntime computes it in floating point, because ${node.inputs[index]} is not quantized`,
    quantizeFirst,
  );
}

function plain(node: GraphNode, value: ByteFunction): Quantized {
  if (value.origin === null) {
    return refuse(
      node,
      'onnxruntime computes it in floating point, because a float operator stands between it and its DequantizeLinear',
      'Put a QuantizeLinear/DequantizeLinear pair before this node.',
    );
  }
  if (!value.reachable) {
    return refuse(
      node,
      'onnxruntime computes it in floating point, because its DequantizeLinear is not carried across the operator between them',
      'Put a QuantizeLinear/DequantizeLinear pair before this node, or use Reshape instead of Flatten.',
    );
  }
  return { operand: value.cell, quantization: value.origin };
}

function constantOperand(node: GraphNode, value: ScaledConstant): Quantized {
  const { dtype } = value.integers;
  if (value.scales.length !== 1 || (dtype !== 'u8' && dtype !== 's8'))
    return refuse(node, 'its constant operand is not quantized to bytes per tensor', quantizeFirst);
  const quantization = { scale: value.scales[0] as number, zeroPoint: value.zeros[0] as number, dtype };
  return { operand: { constant: value.name, integers: value.integers }, quantization };
}

export function weightsOperand(context: Context, node: GraphNode, index: number, outputAxis: number): ScaledConstant {
  const value = operandValue(context, node, index) ?? invalid(node, 'the weights are missing');
  if (value.kind === 'constant') return refuse(node, 'its weights are not quantized', quantizeFirst);
  if (value.kind !== 'scaled-constant')
    return refuse(node, 'its weights are computed at run time', 'Only constant weights are supported.');
  if (value.scales.length > 1 && value.axis !== outputAxis)
    refuse(
      node,
      `its weights have scales along axis ${value.axis}`,
      `Quantize them per tensor or along axis ${outputAxis}, the output channels.`,
    );
  return value;
}

/**
 * The int32 bias: the integers of its DequantizeLinear, or a float vector quantized as onnxruntime does it.
 *
 * QGemm ignores the scale of the DequantizeLinear, and so does provenn. A Conv fuses only when every scale is within 1 % of
 * xScale · wScale (`checkScale`); a little less is asked here, so that no rounding of that test matters.
 */
export function biasOperand(
  context: Context,
  node: GraphNode,
  index: number,
  x: Quantized,
  w: Weights,
  checkScale: boolean,
): Bias | null {
  const value = operandValue(context, node, index);
  if (value === undefined) return null;
  if (value.kind === 'constant') return floatBias(context, node, value, x, w);
  const next = 'Quantize the bias to int32 with scale xScale · wScale and zero point 0.';
  if (value.kind !== 'scaled-constant' || value.integers.dtype !== 's32') {
    return refuse(node, 'its bias is not a constant int32 tensor', next);
  }
  if (value.zeros.some((zero) => zero !== 0)) {
    refuse(node, 'its bias has a zero point other than 0, which onnxruntime ignores', next);
  }
  if (checkScale && !hasAccumulatorScale(value, x, w)) {
    refuse(
      node,
      'onnxruntime computes it in floating point, because its bias has another scale than xScale · wScale',
      next,
    );
  }
  return { constant: value.name, integers: value.integers };
}

const scaleTolerance = 0.009;

function hasAccumulatorScale(bias: ScaledConstant, x: Quantized, w: Weights): boolean {
  const channels = Math.max(bias.scales.length, w.scales.length);
  return Array.from({ length: channels }, (_, m) => {
    const expected = f32(x.quantization.scale * (w.scales[w.scales.length === 1 ? 0 : m] ?? NaN));
    const actual = bias.scales[bias.scales.length === 1 ? 0 : m] ?? NaN;
    return Math.abs(actual - expected) <= scaleTolerance * expected;
  }).every(Boolean);
}

export function floatBias(context: Context, node: GraphNode, value: ConstantValue, x: Quantized, w: Weights): Bias {
  const { tensor } = value;
  if (
    tensor.type !== 'float32' ||
    tensor.dims.length !== 1 ||
    (w.scales.length > 1 && w.scales.length !== tensor.dims[0])
  ) {
    return refuse(
      node,
      'its bias is not a float32 vector with one entry per output channel',
      'Quantize the bias to int32 with scale xScale · wScale.',
    );
  }
  const integers = Array.from(tensor.data, (float, i) =>
    quantizeBias(float, x.quantization.scale, w.scales[w.scales.length === 1 ? 0 : i] as number),
  );
  if (integers.some((integer) => (integer | 0) !== integer))
    refuse(
      node,
      'its bias does not fit int32 in units of xScale · wScale',
      'Use larger scales, for instance weights quantized per tensor.',
    );
  return {
    constant: context.network.freshName(`${value.name}/quantized`),
    integers: intTensor('s32', tensor.dims, integers),
  };
}
