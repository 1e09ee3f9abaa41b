/** QGemm (com.microsoft): a dense layer with a constant, possibly transposed right operand and an int32 bias. */
import { f32 } from '../../base/rounding.ts';
import type { Interval, IntTensor } from '../../base/tensor.ts';
import type { Wires } from '../../gadgets/builder.ts';
import { checkZeros } from '../attributes.ts';
import { constrainDense, type Dense, runDense, transposed } from '../dense.ts';
import type { Op, OpInput, OutputSpec, TensorType } from '../op.ts';
import { checkMultipliers, type Requantization, requantization } from '../requantize.ts';
import { biasOf, checkBias, checkByte, checkConstantWeights, checkCount, checkPerChannel, refuse } from '../types.ts';
import { type QGemmAttrs, readQGemmAttrs } from './attrs.ts';

/** mult = f32(f32(f32(alpha·as)·bs)/ys). */
function rule(attrs: QGemmAttrs): Requantization {
  return requantization(f32(attrs.alpha * attrs.aScale), attrs.bScale, attrs);
}

function shape(inputs: readonly OpInput[], attrs: QGemmAttrs, node: string): readonly TensorType[] {
  checkCount(inputs, 2, 3, node);
  const [a, b, c] = inputs as [OpInput, OpInput, OpInput | undefined];
  checkByte(a, 'its input', node);
  checkConstantWeights(b, node);
  if (a.dims.length !== 2 || b.dims.length !== 2) refuse('MODEL_INVALID', node, 'its operands are not matrices');
  const [taps, columns] = (attrs.transB ? [...b.dims].reverse() : b.dims) as [number, number];
  if (a.dims[1] !== taps) refuse('MODEL_INVALID', node, `[${a.dims.join(',')}] does not multiply [${taps},${columns}]`);
  if (c !== undefined) checkBias(c, [[columns], [1, columns], [1], [1, 1], []], node);
  checkZeros([attrs.aZero], a.dtype, 'the input', node);
  checkZeros(attrs.bZero, b.dtype, 'the weight', node);
  checkPerChannel(attrs.bScale, columns, 'bScale', node);
  checkPerChannel(attrs.bZero, columns, 'bZero', node);
  checkMultipliers(rule(attrs), node);
  return [{ dtype: attrs.yType, dims: [a.dims[0] as number, columns] }];
}

function dense(b: IntTensor, bias: Int32Array, attrs: QGemmAttrs): Dense {
  const [rows, columns] = b.dims as [number, number];
  const { aZero, bZero, yType, transB } = attrs;
  const weights = transB ? b.data : transposed(b.data, rows, columns);
  return { weights, wType: b.dtype, channels: transB ? rows : columns, aZero, bZero, bias, rule: rule(attrs), yType };
}

export const qgemm: Op<QGemmAttrs> = {
  name: 'QGemm',
  attrs: readQGemmAttrs,
  shape,
  bound: (_inputs, attrs): readonly Interval[] => [[attrs.low, attrs.high]],
  run: ([a, b, c], attrs) => [runDense(a as IntTensor, dense(b as IntTensor, c?.data ?? new Int32Array(0), attrs))],
  constrain: (build, [a, b, c], [output], attrs) => {
    const weights = (b as Wires).constant as IntTensor;
    return [constrainDense(build, (output as OutputSpec).name, a as Wires, dense(weights, biasOf(c), attrs))];
  },
};
