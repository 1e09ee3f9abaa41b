/** QLinearConv: quantized convolution over one to three spatial dimensions, with groups. */
import type { Interval } from '../../base/tensor.ts';
import { convolutionDims } from '../convolution.ts';
import type { Op, OpInput, TensorType } from '../op.ts';
import { checkMultipliers, requantization } from '../requantize.ts';
import { checkBias, checkCount, checkPerChannel } from '../types.ts';
import { type QLinearConvAttrs, readQLinearConvAttrs } from './attrs.ts';
import { constrainQLinearConv } from './constrain.ts';
import { runQLinearConv } from './run.ts';

function shape(inputs: readonly OpInput[], attrs: QLinearConvAttrs, node: string): readonly TensorType[] {
  checkCount(inputs, 2, 3, node);
  const [x, w, bias] = inputs as [OpInput, OpInput, OpInput | undefined];
  const dims = convolutionDims(x, w, attrs, node);
  const filters = dims[1] as number;
  if (bias !== undefined) checkBias(bias, [[filters]], node);
  checkPerChannel(attrs.wScale, filters, 'wScale', node);
  checkMultipliers(requantization(attrs.xScale, attrs.wScale, attrs), node);
  return [{ dtype: attrs.yType, dims }];
}

export const qlinearConv: Op<QLinearConvAttrs> = {
  name: 'QLinearConv',
  attrs: readQLinearConvAttrs,
  shape,
  bound: (_inputs, attrs): readonly Interval[] => [[attrs.low, attrs.high]],
  run: runQLinearConv,
  constrain: constrainQLinearConv,
};
