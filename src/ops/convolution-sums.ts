/**
 * Convolutions as relations: one contraction with window maps per part of the input. What is done with the sums
 * (requantized, or returned as int32) is the operator's.
 *
 * Every channel takes part in the same contraction: groups are an axis that image, weights and sums share, so a depthwise
 * convolution over any number of channels is one gadget.
 */
import type { AccumulatorId } from '../artifact/circuit.ts';
import { dtypeRange, type Interval, type IntTensor, product, type Shape } from '../base/tensor.ts';
import type { Builder, Wires } from '../gadgets/builder.ts';
import { differences, shifted, soundBounds } from './accumulate.ts';
import { type AxisRole, contract } from './contraction.ts';
import type { ConvolutionAttrs } from './convolution.ts';
import { blockDiagonal, groupPrefix, operandWeights, withSoleTaps } from './convolution-weights.ts';
import { cannotHide } from './hidden.ts';
import { type Plane, planesOf, soleTap } from './planes.ts';
import { commonRefinement, refined } from './rewire.ts';
import { copied, intervalOf, laidOut, spatialAxes, withoutUnitAxes } from './wires.ts';

export type ConvolutionSums = {
  readonly box: Shape;
  /** Axes of the result per dimension. */
  readonly axes: readonly Shape[];
  readonly channelAxes: readonly number[];
  readonly channels: number;
  readonly accumulators: readonly AccumulatorId[];
  readonly bias: Int32Array;
  /** Range of sum plus bias, per channel. */
  readonly bounds: readonly Interval[];
};

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
function checkHideable(name: string, zeros: readonly number[], planes: readonly Plane[]): void {
  if (zeros.some((zero) => zero !== zeros[0])) cannotHide(name, 'they have several zero points');
  if (planes.some((plane) => soleTap(plane) === -1)) cannotHide(name, 'its kernel only meets padding');
}

/** Constants that a block-diagonal layout may add for each cell of the image that a copy would commit to. */
const constantsPerCell = 8;

/**
 * The image with an axis, or several, for the groups, copied where its channels are cut differently; as it is where
 * block-diagonal weights, which do without such an axis, are the smaller burden.
 */
function grouped(build: Builder, name: string, x: Wires, w: IntTensor, group: number): Wires {
  const channels = x.axes[1] as Shape;
  const [cells, perGroup] = [product(x.dims), w.dims[1] as number];
  if (groupPrefix(channels, group) !== null) return x;
  const cheap = w.data.length * (group - 1) <= constantsPerCell * cells;
  const split = commonRefinement([channels, [group, perGroup]]);
  if (split === null || (cheap && !build.hidesWeights)) return x;
  const axes = x.axes.map((sizes, dim) => (dim === 1 ? split : sizes));
  return copied(build, `${name}:groups`, refined(build, x, axes));
}

/** Σ (x − xZero)(w − wZero[m]) + bias[m] over every window. */
export function convolutionSums(
  build: Builder,
  name: string,
  image: Wires,
  w: IntTensor,
  bias: Int32Array,
  attrs: ConvolutionAttrs,
): ConvolutionSums {
  const planes = planesOf(image.dims.slice(2), w.dims.slice(2), attrs);
  const dense = withoutUnitAxes(laidOut(build, `${name}:input`, image), (dim) => dim === 1);
  const moving = planes.map((plane) => soleTap(plane) === null);
  const x = grouped(build, name, spatialAxes(build, dense, moving, name), w, attrs.group);
  const groups = groupPrefix(x.axes[1] as Shape, attrs.group);
  if (build.hidesWeights) checkHideable(name, attrs.wZero, planes);
  if (build.hidesWeights && groups === null) cannotHide(name, 'its groups do not fit the axes of its input');
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
  const padded = attrs.pads.some((pad) => pad > 0);
  const layer = {
    node: name,
    channels: filters,
    differences: differences(weights.data, attrs.wZero, filters),
    difference: shifted(dtypeRange[w.dtype], attrs.wZero[0] as number, false),
    activation: shifted(intervalOf(build, x), attrs.xZero, padded),
    bias,
  };
  const bounds = soundBounds(layer, build.hidesWeights);
  const axes = [batch, channels, ...spatial];
  return { box, axes, channelAxes, channels: filters, accumulators, bias, bounds };
}
