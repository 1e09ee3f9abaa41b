/**
 * Resize by nearest neighbours as index lists. onnxruntime computes the coordinates in float32 (core/providers/cpu/tensor/
 * upsamplebase.h). The same formula is evaluated here in float32 and in float64, and only lists on which both agree are
 * accepted: elsewhere a coordinate lies within an error of rounding of the next index.
 */
import type { GraphNode } from '../../artifact/graph.ts';
import { f32 } from '../../base/rounding.ts';
import type { Shape } from '../../base/tensor.ts';
import { floatsAttribute, intAttribute, textAttribute } from '../node-attributes.ts';
import { invalid, refuse } from '../refusal.ts';
import { axesOf, constantOperand, counted, integersOf, isGiven, type Surroundings } from './movement-operands.ts';

type Lengths = { readonly from: number; readonly to: number; readonly scale: number };

/** Rounds every intermediate result: to float32, or not at all. */
type Precision = (x: number) => number;

/** Where output index i stands in the input. */
type Coordinate = (i: number, at: Lengths, round: Precision) => number;

const halfPixel: Coordinate = (i, { scale }, round) => round(round(round(i + 0.5) / scale) - 0.5);

const coordinates: ReadonlyMap<string, Coordinate> = new Map<string, Coordinate>([
  ['asymmetric', (i, { scale }, round) => round(i / scale)],
  ['half_pixel', halfPixel],
  ['pytorch_half_pixel', (i, at, round) => (at.to > 1 ? halfPixel(i, at, round) : 0)],
  ['tf_half_pixel_for_nn', (i, { scale }, round) => round(round(i + 0.5) / scale)],
  ['align_corners', (i, { from, to }, round) => (to === 1 ? 0 : round(round(i * (from - 1)) / (to - 1)))],
]);

const roundings: ReadonlyMap<string, (x: number) => number> = new Map([
  ['round_prefer_floor', (x: number) => Math.ceil(x - 0.5)],
  ['round_prefer_ceil', (x: number) => Math.floor(x + 0.5)],
  ['floor', (x: number) => Math.floor(x)],
  ['ceil', (x: number) => Math.ceil(x)],
]);

/** For every dimension the list of input indices, or null where it stays as it is. */
export function nearestIndices(node: GraphNode, dims: Shape, around: Surroundings): (readonly number[] | null)[] {
  const mode = textAttribute(node, 'mode', 'nearest');
  if (mode !== 'nearest')
    refuse(node, `interpolates in mode ${mode}`, 'Use mode nearest; other modes compute in floating point.');
  // Upsample and version 10 of Resize know one way only.
  const old = node.op === 'Upsample' || node.inputs.length === 2;
  const place = old ? 'asymmetric' : textAttribute(node, 'coordinate_transformation_mode', 'half_pixel');
  const coordinate =
    coordinates.get(place) ?? refuse(node, `places pixels by ${place}`, 'Use half_pixel or asymmetric.');
  const rule = old ? 'floor' : textAttribute(node, 'nearest_mode', 'round_prefer_floor');
  const rounding = roundings.get(rule) ?? invalid(node, `nearest_mode is ${rule}`);
  if (
    textAttribute(node, 'keep_aspect_ratio_policy', 'stretch') !== 'stretch' ||
    intAttribute(node, 'antialias', 0) !== 0
  )
    refuse(node, 'keeps an aspect ratio or smooths', 'Give the sizes themselves.');
  return lengthsOf(node, dims, around).map((at) => {
    if (at.from === at.to && at.scale === 1) return null;
    const list = (round: Precision): number[] =>
      counted(node, at.to, (i) => Math.min(Math.max(rounding(coordinate(i, at, round)), 0), at.from - 1));
    const indices = list(f32);
    if (list((x) => x).some((index, i) => index !== indices[i]))
      refuse(node, `resizes ${at.from} to ${at.to} by ${at.scale}, where rounding decides`, 'Use whole factors.');
    return indices;
  });
}

/** Sizes before and after and the float32 scale of every dimension. */
function lengthsOf(node: GraphNode, dims: Shape, around: Surroundings): Lengths[] {
  const axes = axesOf(node, attributeAxes(node) ?? dims.map((_, i) => i), dims.length);
  const sizes = isGiven(node, 3) ? integersOf(node, 3, around) : undefined;
  const scales = sizes === undefined ? scalesOf(node, around) : undefined;
  const given = sizes ?? scales ?? invalid(node, 'it has neither scales nor sizes');
  if (given.length !== axes.length) invalid(node, `${given.length} scales or sizes for ${axes.length} dimensions`);
  return dims.map((from, dim): Lengths => {
    const i = axes.indexOf(dim);
    if (i < 0) return { from, to: from, scale: 1 };
    const value = given[i] as number;
    const to = sizes !== undefined ? value : Math.floor(f32(from * value));
    if (!(to >= 1)) invalid(node, `dimension ${dim} would have ${to} cells`);
    return { from, to, scale: sizes !== undefined ? f32(to / from) : value };
  });
}

function attributeAxes(node: GraphNode): readonly number[] | undefined {
  const axes = node.attributes.get('axes');
  return axes?.kind === 'ints' ? axes.value : undefined;
}

function scalesOf(node: GraphNode, around: Surroundings): readonly number[] | undefined {
  const attribute = floatsAttribute(node, 'scales');
  if (attribute !== undefined) return attribute;
  const tensor = constantOperand(node, node.inputs.length === 2 ? 1 : 2, around);
  if (tensor === undefined) return undefined;
  return tensor.type === 'float32' ? [...tensor.data] : invalid(node, `its scales are ${tensor.type}`);
}
