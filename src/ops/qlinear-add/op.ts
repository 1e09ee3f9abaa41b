/** QLinearAdd (com.microsoft): the sum of two quantized tensors of shapes that broadcast. */
import { f32 } from '../../base/rounding.ts';
import type { Interval, IntTensor, Shape } from '../../base/tensor.ts';
import { addresses, broadcast, checkBroadcast } from '../broadcast.ts';
import { checkByteOperands, readByteOperands } from '../byte-operands.ts';
import type { Op, OpInput, OutputSpec, TensorType } from '../op.ts';
import { refuse } from '../types.ts';
import type { QLinearAddAttrs } from './attrs.ts';
import { constrainQLinearAdd } from './constrain.ts';
import { addition, isSwapped } from './formula.ts';

/** Largest quotient of scales for which no step of the formula overflows float32. */
const widestRatio = 2 ** 64;

function shape(inputs: readonly OpInput[], attrs: QLinearAddAttrs, node: string): readonly TensorType[] {
  const [a, b] = checkByteOperands(inputs, attrs, node);
  for (const scale of [attrs.aScale, attrs.bScale]) {
    const ratio = f32(scale / attrs.yScale);
    if (ratio === 0 || ratio > widestRatio) refuse('MODEL_INVALID', node, 'the quotient of its scales is out of range');
  }
  return [{ dtype: attrs.yType, dims: checkBroadcast(a, b, node) }];
}

function run(a: IntTensor, b: IntTensor, attrs: QLinearAddAttrs): IntTensor {
  const dims = broadcast(a.dims, b.dims) as Shape;
  const f = addition(attrs, isSwapped(a.dims, b.dims));
  const atB = addresses(b.dims, dims);
  const data = addresses(a.dims, dims).map((at, i) => f(a.data[at] as number, b.data[atB[i] as number] as number));
  return { dtype: attrs.yType, dims, data };
}

export const qlinearAdd: Op<QLinearAddAttrs> = {
  name: 'QLinearAdd',
  attrs: readByteOperands,
  shape,
  bound: (_inputs, attrs): readonly Interval[] => [[attrs.low, attrs.high]],
  run: ([a, b], attrs) => [run(a as IntTensor, b as IntTensor, attrs)],
  constrain: (build, inputs, [output], attrs) => [constrainQLinearAdd(build, inputs, output as OutputSpec, attrs)],
};
