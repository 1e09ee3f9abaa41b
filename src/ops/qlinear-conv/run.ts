/** QLinearConv on integers: the sums of its windows, then the rounding of family A. */
import { type IntTensor, product } from '../../base/tensor.ts';
import { convolutionDims, convolved } from '../convolution.ts';
import { requantization, requantize } from '../requantize.ts';
import type { QLinearConvAttrs } from './attrs.ts';

export function runQLinearConv(inputs: readonly IntTensor[], attrs: QLinearConvAttrs): readonly IntTensor[] {
  const [x, w, bias] = inputs as [IntTensor, IntTensor, IntTensor | undefined];
  const dims = convolutionDims({ ...x, constant: null }, { ...w, constant: w }, attrs, 'QLinearConv');
  const rule = requantization(attrs.xScale, attrs.wScale, attrs);
  const filters = dims[1] as number;
  const area = product(dims.slice(2));
  const data = convolved(x, w, bias?.data, attrs).map((acc, at) =>
    requantize(acc, rule, Math.floor(at / area) % filters),
  );
  return [{ dtype: attrs.yType, dims, data }];
}
