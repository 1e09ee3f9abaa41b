/** QGemm (com.microsoft): a product of two matrices and a constant int32 bias; a constant right operand may be transposed. */
import { f32 } from '../../base/rounding.ts';
import type { Interval, IntTensor } from '../../base/tensor.ts';
import type { Builder, Wires } from '../../gadgets/builder.ts';
import { checkZeros } from '../attributes.ts';
import { multiplied, transposed } from '../matmul.ts';
import { matrixSums, requantizedSums } from '../matrix-sums.ts';
import type { Op, OpInput, OutputSpec, TensorType } from '../op.ts';
import { checkedInt32, checkMultipliers, type Requantization, requantization, requantize } from '../requantize.ts';
import { biasOf, checkBias, checkByte, checkColumnZeros, checkCount, checkPerChannel, refuse } from '../types.ts';
import { constantWires } from '../wires.ts';
import { type QGemmAttrs, readQGemmAttrs } from './attrs.ts';

/** mult = f32(f32(f32(alpha·as)·bs)/ys). */
function rule(attrs: QGemmAttrs): Requantization {
  return requantization(f32(attrs.alpha * attrs.aScale), attrs.bScale, attrs);
}

function shape(inputs: readonly OpInput[], attrs: QGemmAttrs, node: string): readonly TensorType[] {
  checkCount(inputs, 2, 3, node);
  const [a, b, c] = inputs as [OpInput, OpInput, OpInput | undefined];
  checkByte(a, 'its left operand', node);
  checkByte(b, 'its right operand', node);
  if (a.dims.length !== 2 || b.dims.length !== 2) refuse('MODEL_INVALID', node, 'its operands are not matrices');
  if (attrs.transB && b.constant === null)
    refuse('MODEL_UNSUPPORTED', node, 'it transposes a computed operand', 'Put a Transpose before it.');
  const [taps, columns] = (attrs.transB ? [...b.dims].reverse() : b.dims) as [number, number];
  if (a.dims[1] !== taps) refuse('MODEL_INVALID', node, `[${a.dims.join(',')}] does not multiply [${taps},${columns}]`);
  if (c !== undefined) checkBias(c, [[columns], [1, columns], [1], [1, 1], []], node);
  checkZeros([attrs.aZero], a.dtype, 'the left operand', node);
  checkZeros(attrs.bZero, b.dtype, 'the right operand', node);
  checkPerChannel(attrs.bScale, columns, 'bScale', node);
  checkPerChannel(attrs.bZero, columns, 'bZero', node);
  checkColumnZeros(attrs.bZero, b, node);
  checkMultipliers(rule(attrs), node);
  return [{ dtype: attrs.yType, dims: [a.dims[0] as number, columns] }];
}

/** The right operand as [K, N]. */
function upright(b: IntTensor, { transB }: QGemmAttrs): IntTensor {
  const [rows, columns] = b.dims as [number, number];
  return transB ? { ...b, dims: [columns, rows], data: transposed(b.data, rows, columns) } : b;
}

function run(a: IntTensor, b: IntTensor, c: Int32Array, attrs: QGemmAttrs): IntTensor {
  const right = upright(b, attrs);
  const columns = right.dims[1] as number;
  const requantization = rule(attrs);
  const data = multiplied(a, right, attrs.aZero, attrs.bZero).map((sum, at) => {
    const n = at % columns;
    const bias = c.length === 0 ? 0 : (c[c.length === 1 ? 0 : n] as number);
    return requantize(checkedInt32(sum + bias), requantization, n);
  });
  return { dtype: attrs.yType, dims: [a.dims[0] as number, columns], data };
}

/** One contraction, one step: the biased sums never leave the integers the step function is defined on. */
function constrain(build: Builder, inputs: readonly Wires[], output: OutputSpec, attrs: QGemmAttrs): Wires {
  const [a, right, c] = inputs as [Wires, Wires, Wires | undefined];
  const b = right.constant === null ? right : constantWires(upright(right.constant, attrs));
  const { aZero, bZero } = attrs;
  const sums = matrixSums(build, output.name, { a, b, aZero, bZero, bias: biasOf(c) });
  return requantizedSums(build, sums, rule(attrs), output);
}

export const qgemm: Op<QGemmAttrs> = {
  name: 'QGemm',
  attrs: readQGemmAttrs,
  shape,
  bound: (_inputs, attrs): readonly Interval[] => [[attrs.low, attrs.high]],
  run: ([a, b, c], attrs) => [run(a as IntTensor, b as IntTensor, c?.data ?? new Int32Array(0), attrs)],
  constrain: (build, inputs, [output], attrs) => [constrain(build, inputs, output as OutputSpec, attrs)],
};
