/** QLinearConv as relations: one contraction with window maps per part of the input, then one step relation. */
import { dtypeRange, type IntTensor, product, type Shape } from '../../base/tensor.ts';
import type { Builder, Wires } from '../../gadgets/builder.ts';
import { differences, shifted, soundBounds } from '../accumulate.ts';
import { type AxisRole, contract } from '../contraction.ts';
import { cannotHide } from '../hidden.ts';
import type { OutputSpec } from '../op.ts';
import { type Plane, planesOf, soleTap } from '../planes.ts';
import { requantization } from '../requantize.ts';
import { rescale } from '../rescale.ts';
import { biasOf } from '../types.ts';
import { intervalOf, laidOut, spatialAxes, wholeWire, withoutUnitAxes } from '../wires.ts';
import type { QLinearConvAttrs } from './attrs.ts';
import { blockDiagonal, groupPrefix, operandWeights, withSoleTaps } from './weights.ts';

/** Sizes of the output box by what they mean, and the role of every axis of the image. */
type Plan = {
  readonly batch: Shape;
  readonly channels: Shape;
  /** One list per spatial dimension; empty where image and output have size 1. */
  readonly spatial: readonly Shape[];
  readonly reduce: Shape;
  readonly roles: readonly AxisRole[];
};

/** `groups` leading channel axes are outputs of both operands; the other channel axes and the kernel are summed over. */
function plan(x: Wires, weights: IntTensor, planes: readonly Plane[], groups: number): Plan {
  const [batch, channelAxes] = x.axes as [Shape, Shape];
  const groupSizes = channelAxes.slice(0, groups);
  const perGroup = (weights.dims[0] as number) / product(groupSizes);
  const channels = groups > 0 && perGroup === 1 ? groupSizes : [...groupSizes, perGroup];
  const summed = channelAxes.slice(groups);
  const moving = planes.filter((plane) => soleTap(plane) === null);
  const firstSpatial = batch.length + channels.length;
  const roles: AxisRole[] = [
    ...[...batch, ...groupSizes].map((_, axis): AxisRole => ({ kind: 'output', axis })),
    ...summed.map((_, axis): AxisRole => ({ kind: 'reduce', axis })),
    ...moving.map(({ stride, dilation, pad }, i): AxisRole => {
      return { kind: 'window', axis: firstSpatial + i, reduce: summed.length + i, stride, dilation, pad };
    }),
  ];
  const reduce = [...summed, ...moving.map(({ kernel }) => kernel)];
  const spatial = planes.map((plane) => (soleTap(plane) === null ? [plane.output] : []));
  return { batch, channels, spatial, reduce, roles };
}

/** Weights that the layout would fill up with zero differences cannot be hidden: nobody could know those cells are zero. */
function checkHideable(name: string, attrs: QLinearConvAttrs, groups: number | null, planes: readonly Plane[]): void {
  if (attrs.wZero.some((zero) => zero !== attrs.wZero[0])) cannotHide(name, 'they have several zero points');
  if (groups === null) cannotHide(name, 'its groups do not fit the axes of its input');
  if (planes.some((plane) => soleTap(plane) === -1)) cannotHide(name, 'its kernel only meets padding');
}

export function constrainQLinearConv(
  build: Builder,
  inputs: readonly Wires[],
  outputs: readonly OutputSpec[],
  attrs: QLinearConvAttrs,
): readonly Wires[] {
  const [image, filter, bias] = inputs as [Wires, Wires, Wires | undefined];
  const { name, dims } = outputs[0] as OutputSpec;
  const w = filter.constant as IntTensor;
  const planes = planesOf(image.dims.slice(2), w.dims.slice(2), attrs);
  const dense = withoutUnitAxes(laidOut(build, `${name}:input`, image), (dim) => dim === 1);
  const x = spatialAxes(
    build,
    dense,
    planes.map((plane) => soleTap(plane) === null),
    name,
  );
  const groups = groupPrefix(x.axes[1] as Shape, attrs.group);
  if (build.hidesWeights) checkHideable(name, attrs, groups, planes);
  const whole = groups === null ? blockDiagonal(w, attrs.wZero, attrs.group) : w;
  const weights = withSoleTaps(whole, attrs.wZero, planes);
  const { batch, channels, spatial, reduce, roles } = plan(x, weights, planes, groups ?? 0);
  const box = [...batch, ...channels, ...spatial.flat()];
  const channelAxes = channels.map((_, i) => batch.length + i);
  const operand = {
    name: `${name}:weight`,
    outputs: channelAxes,
    ...operandWeights(weights, attrs.wZero),
    interval: dtypeRange[w.dtype],
  };
  const accumulators = contract(build, { name, box, reduce, x, xZero: attrs.xZero, roles, weights: operand });
  const filters = w.dims[0] as number;
  const offsets = biasOf(bias);
  const padded = attrs.pads.some((pad) => pad > 0);
  const layer = {
    node: name,
    channels: filters,
    differences: differences(weights.data, attrs.wZero, filters),
    difference: shifted(dtypeRange[w.dtype], attrs.wZero[0] as number, false),
    activation: shifted(intervalOf(build, x), attrs.xZero, padded),
    bias: offsets,
  };
  const bounds = soundBounds(layer, build.hidesWeights);
  const rule = requantization(attrs.xScale, attrs.wScale, attrs);
  const wire = rescale(build, { name, box, channelAxes, channels: filters, accumulators, bias: offsets, bounds, rule });
  return [wholeWire(attrs.yType, dims, [batch, channels, ...spatial], wire)];
}
