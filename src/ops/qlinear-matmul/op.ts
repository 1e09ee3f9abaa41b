/** QLinearMatMul with a constant right operand, per tensor or per column. */
import type { Interval, IntTensor } from '../../base/tensor.ts';
import type { Wires } from '../../gadgets/builder.ts';
import { checkZeros } from '../attributes.ts';
import { constrainDense, type Dense, runDense, transposed } from '../dense.ts';
import type { Op, OpInput, OutputSpec, TensorType } from '../op.ts';
import { checkMultipliers, type Requantization, requantization } from '../requantize.ts';
import { checkByte, checkConstantWeights, checkCount, checkPerChannel, refuse } from '../types.ts';
import { type QLinearMatMulAttrs, readQLinearMatMulAttrs } from './attrs.ts';

/** mult = f32(f32(as·bs)/ys). */
function rule(attrs: QLinearMatMulAttrs): Requantization {
  return requantization(attrs.aScale, attrs.bScale, attrs);
}

function shape(inputs: readonly OpInput[], attrs: QLinearMatMulAttrs, node: string): readonly TensorType[] {
  checkCount(inputs, 2, 2, node);
  const [a, b] = inputs as [OpInput, OpInput];
  checkByte(a, 'its input', node);
  checkConstantWeights(b, node);
  if (b.dims.length !== 2)
    refuse('MODEL_UNSUPPORTED', node, `a right operand of rank ${b.dims.length}; only matrices are supported`);
  const [taps, columns] = b.dims as [number, number];
  if (a.dims.length < 2 || a.dims.at(-1) !== taps)
    refuse('MODEL_INVALID', node, `[${a.dims.join(',')}] does not multiply [${b.dims.join(',')}]`);
  checkZeros([attrs.aZero], a.dtype, 'the input', node);
  checkZeros(attrs.bZero, b.dtype, 'the weight', node);
  checkPerChannel(attrs.bScale, columns, 'bScale', node);
  checkPerChannel(attrs.bZero, columns, 'bZero', node);
  checkMultipliers(rule(attrs), node);
  return [{ dtype: attrs.yType, dims: [...a.dims.slice(0, -1), columns] }];
}

function dense(b: IntTensor, attrs: QLinearMatMulAttrs): Dense {
  const [taps, channels] = b.dims as [number, number];
  const { aZero, bZero, yType } = attrs;
  return {
    weights: transposed(b.data, taps, channels),
    wType: b.dtype,
    channels,
    aZero,
    bZero,
    bias: new Int32Array(0),
    rule: rule(attrs),
    yType,
  };
}

export const qlinearMatMul: Op<QLinearMatMulAttrs> = {
  name: 'QLinearMatMul',
  attrs: readQLinearMatMulAttrs,
  shape,
  bound: (_inputs, attrs): readonly Interval[] => [[attrs.low, attrs.high]],
  run: ([a, b], attrs) => [runDense(a as IntTensor, dense(b as IntTensor, attrs))],
  constrain: (build, [a, b], [output], attrs) => {
    const weights = (b as Wires).constant as IntTensor;
    return [constrainDense(build, (output as OutputSpec).name, a as Wires, dense(weights, attrs))];
  },
};
