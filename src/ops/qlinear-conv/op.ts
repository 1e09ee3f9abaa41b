/** QLinearConv: quantized convolution over one or two spatial dimensions. */
import type { Interval, Shape } from '../../base/tensor.ts';
import { checkZeros } from '../attributes.ts';
import type { Op, OpInput, TensorType } from '../op.ts';
import { fitsRank, planesOf } from '../planes.ts';
import { checkMultipliers, requantization } from '../requantize.ts';
import { checkBias, checkByte, checkConstantWeights, checkCount, checkPerChannel, refuse } from '../types.ts';
import { type QLinearConvAttrs, readQLinearConvAttrs } from './attrs.ts';
import { constrainQLinearConv } from './constrain.ts';
import { runQLinearConv } from './run.ts';

function checkShapes(x: Shape, w: Shape, attrs: QLinearConvAttrs, node: string): void {
  const rank = x.length - 2;
  if (rank !== 1 && rank !== 2)
    refuse('MODEL_UNSUPPORTED', node, `an input of rank ${x.length}; only 1-D and 2-D convolutions are supported`);
  if (w.length !== x.length)
    refuse('MODEL_INVALID', node, `weights of rank ${w.length} for an input of rank ${x.length}`);
  if (!fitsRank(attrs, rank)) refuse('MODEL_INVALID', node, `its strides, dilations or pads do not have rank ${rank}`);
  const [filters, perGroup] = w as [number, number];
  if (perGroup * attrs.group !== x[1])
    refuse('MODEL_INVALID', node, `${x[1]} channels, expected ${perGroup} in each of ${attrs.group} groups`);
  if (filters % attrs.group !== 0)
    refuse('MODEL_INVALID', node, `${filters} filters do not split into ${attrs.group} groups`);
}

function shape(inputs: readonly OpInput[], attrs: QLinearConvAttrs, node: string): readonly TensorType[] {
  checkCount(inputs, 2, 3, node);
  const [x, w, bias] = inputs as [OpInput, OpInput, OpInput | undefined];
  checkByte(x, 'its input', node);
  checkConstantWeights(w, node);
  checkShapes(x.dims, w.dims, attrs, node);
  const filters = w.dims[0] as number;
  if (bias !== undefined) checkBias(bias, [[filters]], node);
  checkZeros([attrs.xZero], x.dtype, 'the input', node);
  checkZeros(attrs.wZero, w.dtype, 'the weight', node);
  checkPerChannel(attrs.wScale, filters, 'wScale', node);
  checkPerChannel(attrs.wZero, filters, 'wZero', node);
  checkMultipliers(requantization(attrs.xScale, attrs.wScale, attrs), node);
  const sizes = planesOf(x.dims.slice(2), w.dims.slice(2), attrs).map(({ output }) => output);
  if (sizes.some((size) => size < 1)) refuse('MODEL_INVALID', node, 'its kernel is larger than the padded input');
  return [{ dtype: attrs.yType, dims: [x.dims[0] as number, filters, ...sizes] }];
}

export const qlinearConv: Op<QLinearConvAttrs> = {
  name: 'QLinearConv',
  attrs: readQLinearConvAttrs,
  shape,
  bound: (_inputs, attrs): readonly Interval[] => [[attrs.low, attrs.high]],
  run: runQLinearConv,
  constrain: constrainQLinearConv,
};
