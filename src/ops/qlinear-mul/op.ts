/** QLinearMul (com.microsoft): the product of two quantized tensors of shapes that broadcast. */
import type { Interval, IntTensor } from '../../base/tensor.ts';
import { addresses, broadcast, checkBroadcast } from '../broadcast.ts';
import { checkByteOperands, readByteOperands } from '../byte-operands.ts';
import type { Op, OpInput, OutputSpec, TensorType } from '../op.ts';
import { refuse } from '../types.ts';
import type { QLinearMulAttrs } from './attrs.ts';
import { constrainQLinearMul } from './constrain.ts';
import { ratioOf, rescaled } from './formula.ts';

/** Largest quotient of scales for which no step of the formula overflows float32. */
const widestRatio = 2 ** 64;

function shape(inputs: readonly OpInput[], attrs: QLinearMulAttrs, node: string): readonly TensorType[] {
  const [a, b] = checkByteOperands(inputs, attrs, node);
  const ratio = ratioOf(attrs);
  if (ratio === 0 || ratio > widestRatio) refuse('MODEL_INVALID', node, 'the quotient of its scales is out of range');
  return [{ dtype: attrs.yType, dims: checkBroadcast(a, b, node) }];
}

function run(a: IntTensor, b: IntTensor, attrs: QLinearMulAttrs): IntTensor {
  const dims = broadcast(a.dims, b.dims) as number[];
  const f = rescaled(attrs);
  const atB = addresses(b.dims, dims);
  const data = addresses(a.dims, dims).map((at, i) =>
    f(((a.data[at] as number) - attrs.aZero) * ((b.data[atB[i] as number] as number) - attrs.bZero)),
  );
  return { dtype: attrs.yType, dims, data };
}

export const qlinearMul: Op<QLinearMulAttrs> = {
  name: 'QLinearMul',
  attrs: readByteOperands,
  shape,
  bound: (_inputs, attrs): readonly Interval[] => [[attrs.low, attrs.high]],
  run: ([a, b], attrs) => [run(a as IntTensor, b as IntTensor, attrs)],
  constrain: (build, inputs, [output], attrs) => [constrainQLinearMul(build, inputs, output as OutputSpec, attrs)],
};
