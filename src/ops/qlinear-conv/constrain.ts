/** QLinearConv as relations: the sums of its windows, then one step relation. */
import type { IntTensor } from '../../base/tensor.ts';
import type { Builder, Wires } from '../../gadgets/builder.ts';
import { convolutionSums } from '../convolution-sums.ts';
import type { OutputSpec } from '../op.ts';
import { requantization } from '../requantize.ts';
import { rescale } from '../rescale.ts';
import { biasOf } from '../types.ts';
import { wholeWire } from '../wires.ts';
import type { QLinearConvAttrs } from './attrs.ts';

export function constrainQLinearConv(
  build: Builder,
  inputs: readonly Wires[],
  outputs: readonly OutputSpec[],
  attrs: QLinearConvAttrs,
): readonly Wires[] {
  const [image, filter, bias] = inputs as [Wires, Wires, Wires | undefined];
  const { name, dims } = outputs[0] as OutputSpec;
  const sums = convolutionSums(build, name, image, filter.constant as IntTensor, biasOf(bias), attrs);
  const rule = requantization(attrs.xScale, attrs.wScale, attrs);
  const wire = rescale(build, { name, ...sums, rule });
  return [wholeWire(attrs.yType, dims, sums.axes, wire)];
}
