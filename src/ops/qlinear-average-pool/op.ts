/** QLinearAveragePool (com.microsoft): means over windows, with the float32 additions onnxruntime makes. */
import { f32 } from '../../base/rounding.ts';
import type { Interval, IntTensor } from '../../base/tensor.ts';
import type { Wires } from '../../gadgets/builder.ts';
import { checkZeros } from '../attributes.ts';
import type { Op, OpInput, OutputSpec, TensorType } from '../op.ts';
import { fitsRank } from '../planes.ts';
import { checkByte, checkCount, refuse } from '../types.ts';
import { type QLinearAveragePoolAttrs, readQLinearAveragePoolAttrs } from './attrs.ts';
import { constrainQLinearAveragePool } from './constrain.ts';
import { runQLinearAveragePool } from './run.ts';
import { averagePlanes, metCells } from './windows.ts';

/** Beyond this quotient of scales onnxruntime's conversion to int32 could overflow. */
const quotientLimit = 2 ** 22;

function shape(inputs: readonly OpInput[], attrs: QLinearAveragePoolAttrs, node: string): readonly TensorType[] {
  checkCount(inputs, 1, 1, node);
  const x = inputs[0] as OpInput;
  checkByte(x, 'its input', node);
  checkZeros([attrs.xZero], x.dtype, 'the input', node);
  const rank = x.dims.length - 2;
  if (rank < 1 || rank > 3)
    refuse('MODEL_UNSUPPORTED', node, `an input of rank ${x.dims.length}; one to three dimensions are averaged over`);
  if (attrs.kernel.length !== rank || !fitsRank({ ...attrs, dilations: attrs.kernel }, rank))
    refuse('MODEL_INVALID', node, `its attributes do not have rank ${rank}`);
  const planes = averagePlanes(x.dims, attrs);
  if (planes.some(({ output }) => output < 1))
    refuse('MODEL_INVALID', node, 'its kernel is larger than the padded input');
  if (planes.some((plane) => metCells(plane).includes(0)))
    refuse('MODEL_UNSUPPORTED', node, 'one of its windows lies in the padding entirely');
  if (planes.every(({ kernel, size }) => kernel === size) && attrs.pads.every((pad) => pad === 0))
    refuse('MODEL_INVALID', node, 'its window is the whole image: onnxruntime computes QLinearGlobalAveragePool');
  if (f32(attrs.xScale / attrs.yScale) > quotientLimit)
    refuse('MODEL_INVALID', node, 'its input scale is too large for its output scale');
  return [{ dtype: attrs.yType, dims: [...x.dims.slice(0, 2), ...planes.map(({ output }) => output)] }];
}

export const qlinearAveragePool: Op<QLinearAveragePoolAttrs> = {
  name: 'QLinearAveragePool',
  attrs: readQLinearAveragePoolAttrs,
  shape,
  bound: (_inputs, attrs): readonly Interval[] => [[attrs.low, attrs.high]],
  run: ([x], attrs) => [runQLinearAveragePool(x as IntTensor, attrs)],
  constrain: (build, [x], [output], attrs) => [
    constrainQLinearAveragePool(build, x as Wires, output as OutputSpec, attrs),
  ],
};
