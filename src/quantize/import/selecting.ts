/** Movements that pick indices along each dimension: slices, gathers, repetitions and borders. */
import type { GraphNode } from '../../artifact/graph.ts';
import { product, type Shape } from '../../base/tensor.ts';
import { floatAttribute, intAttribute, textAttribute } from '../node-attributes.ts';
import { invalid, refuse } from '../refusal.ts';
import {
  axesOf,
  axisOf,
  constantOperand,
  counted,
  integersOf,
  isGiven,
  listOf,
  reshaped,
  type Step,
  type Surroundings,
  still,
} from './movement-operands.ts';
import { nearestIndices } from './nearest.ts';

/** Index lists per dimension; a list that keeps a dimension as it is counts as none. */
type Lists = (readonly number[] | null)[];

/** One Select, or nothing at all when every list keeps its dimension. */
function selected(dims: Shape, lists: Lists): readonly Step[] {
  const indices = lists.map((list, dim) =>
    list?.length === dims[dim] && list?.every((index, i) => index === i) ? null : list,
  );
  return indices.every((list) => list === null) ? still : [{ op: 'Select', attrs: { indices } }];
}

/** Steps of a selection along some axes only; an axis may lose all its cells nowhere. */
function alongAxes(node: GraphNode, dims: Shape, lists: ReadonlyMap<number, readonly number[]>): readonly Step[] {
  if ([...lists.values()].some((list) => list.length === 0)) refuse(node, 'makes an empty tensor', 'Remove the node.');
  return selected(
    dims,
    dims.map((_, dim) => lists.get(dim) ?? null),
  );
}

/** The indices from `start` to `end` exclusive, both clamped as the Slice text has it. */
function sliceIndices(node: GraphNode, size: number, start: number, end: number, step: number): number[] {
  const clamp = (index: number, low: number, high: number): number =>
    Math.min(Math.max(index < 0 ? index + size : index, low), high);
  const first = step > 0 ? clamp(start, 0, size) : clamp(start, 0, size - 1);
  const last = step > 0 ? clamp(end, 0, size) : clamp(end, -1, size - 1);
  return counted(node, Math.ceil((last - first) / step), (i) => first + i * step);
}

export function readSlice(node: GraphNode, dims: Shape, around: Surroundings): readonly Step[] {
  const starts = listOf(node, 'starts', 1, around) ?? invalid(node, 'the starts are missing');
  const ends = listOf(node, 'ends', 2, around) ?? invalid(node, 'the ends are missing');
  const axes = axesOf(node, listOf(node, 'axes', 3, around) ?? starts.map((_, i) => i), dims.length);
  const steps = integersOf(node, 4, around) ?? starts.map(() => 1);
  if (new Set([starts.length, ends.length, axes.length, steps.length]).size !== 1)
    invalid(node, 'starts, ends, axes and steps differ in length');
  if (steps.includes(0)) invalid(node, 'a step is 0');
  const lists = axes.map((axis, i): [number, number[]] => {
    return [axis, sliceIndices(node, dims[axis] as number, starts[i] as number, ends[i] as number, steps[i] as number)];
  });
  return alongAxes(node, dims, new Map(lists));
}

/** Gather of constant indices of any rank: the list along the axis, which then takes the shape of the indices. */
export function readGather(node: GraphNode, dims: Shape, around: Surroundings): readonly Step[] {
  const axis = axisOf(node, intAttribute(node, 'axis', 0), dims.length, dims.length);
  const tensor = constantOperand(node, 1, around) ?? invalid(node, 'the indices are missing');
  const given = integersOf(node, 1, around) ?? [];
  const size = dims[axis] as number;
  const indices = given.map((index) => (index < 0 ? index + size : index));
  if (indices.some((index) => index < 0 || index >= size)) invalid(node, 'an index is out of range');
  const picked = alongAxes(node, dims, new Map([[axis, indices]]));
  if (tensor.dims.length === 1) return picked;
  return [...picked, reshaped([...dims.slice(0, axis), ...tensor.dims, ...dims.slice(axis + 1)])];
}

/** Leading dimensions of size 1, so that the tensor has as many as `rank`. */
function ranked(dims: Shape, rank: number): { readonly dims: Shape; readonly steps: readonly Step[] } {
  if (dims.length >= rank) return { dims, steps: [] };
  const full = [...new Array<number>(rank - dims.length).fill(1), ...dims];
  return { dims: full, steps: [reshaped(full)] };
}

export function readExpand(node: GraphNode, dims: Shape, around: Surroundings): readonly Step[] {
  const wanted = integersOf(node, 1, around) ?? invalid(node, 'the shape is missing');
  const from = ranked(dims, wanted.length);
  const target = [...new Array<number>(Math.max(0, dims.length - wanted.length)).fill(1), ...wanted];
  const lists = from.dims.map((size, dim) => {
    const to = target[dim] as number;
    if (size !== to && size !== 1 && to !== 1)
      invalid(node, `[${dims.join(',')}] does not expand to [${wanted.join(',')}]`);
    return counted(node, Math.max(size, to), (i) => (size === 1 ? 0 : i));
  });
  return [...from.steps, ...selected(from.dims, lists)];
}

export function readTile(node: GraphNode, dims: Shape, around: Surroundings): readonly Step[] {
  const repeats = integersOf(node, 1, around) ?? invalid(node, 'the repeats are missing');
  if (repeats.length !== dims.length) invalid(node, `${repeats.length} repeats for ${dims.length} dimensions`);
  const lists = dims.map((size, dim) => counted(node, size * (repeats[dim] as number), (i) => i % size));
  return alongAxes(node, dims, new Map(lists.map((list, dim) => [dim, list])));
}

/** Nearest neighbours along each dimension. */
export function readResize(node: GraphNode, dims: Shape, around: Surroundings): readonly Step[] {
  return selected(dims, nearestIndices(node, dims, around));
}

/** Pads of every dimension, [begins…, ends…], whichever axes the node names. */
function padsOf(node: GraphNode, dims: Shape, around: Surroundings): { begins: number[]; ends: number[] } {
  const pads = listOf(node, 'pads', 1, around) ?? invalid(node, 'the pads are missing');
  const axes = axesOf(node, integersOf(node, 3, around) ?? dims.map((_, i) => i), dims.length);
  if (pads.length !== 2 * axes.length) invalid(node, `${pads.length} pads for ${axes.length} axes`);
  const begins = dims.map(() => 0);
  const ends = dims.map(() => 0);
  axes.forEach((axis, i) => {
    begins[axis] = pads[i] as number;
    ends[axis] = pads[i + axes.length] as number;
  });
  return { begins, ends };
}

/** The index that stands at `at`, which may lie outside [0, size). */
const borders: ReadonlyMap<string, (at: number, size: number) => number> = new Map([
  ['edge', (at: number, size: number) => Math.min(Math.max(at, 0), size - 1)],
  ['reflect', (at: number, size: number) => (at < 0 ? -at : at >= size ? 2 * (size - 1) - at : at)],
  ['wrap', (at: number, size: number) => ((at % size) + size) % size],
]);

export function readPad(node: GraphNode, dims: Shape, around: Surroundings): readonly Step[] {
  const { begins, ends } = padsOf(node, dims, around);
  const mode = textAttribute(node, 'mode', 'constant');
  if (mode === 'constant') return constantPad(node, dims, begins, ends, around);
  const border = borders.get(mode) ?? invalid(node, `mode is ${mode}`);
  const lists = dims.map((size, dim) => {
    const begin = begins[dim] as number;
    return counted(node, begin + size + (ends[dim] as number), (i) => border(i - begin, size));
  });
  if (lists.some((list, dim) => list.some((index) => index < 0 || index >= (dims[dim] as number))))
    refuse(node, 'reflects more cells than there are', 'Use smaller pads.');
  return alongAxes(node, dims, new Map(lists.map((list, dim) => [dim, list])));
}

/** Negative pads cut cells off; what is left is padded with the integer that stands for the constant. */
function constantPad(
  node: GraphNode,
  dims: Shape,
  begins: readonly number[],
  ends: readonly number[],
  around: Surroundings,
): readonly Step[] {
  const cut = dims.map((size, dim) => {
    const [begin, end] = [begins[dim] as number, ends[dim] as number];
    const from = Math.max(0, -begin);
    return counted(node, size - from - Math.max(0, -end), (i) => from + i);
  });
  const kept = alongAxes(node, dims, new Map(cut.map((list, dim) => [dim, list])));
  const pads = { begins: begins.map((begin) => Math.max(0, begin)), ends: ends.map((end) => Math.max(0, end)) };
  if (product([...pads.begins, ...pads.ends].map((side) => side + 1)) === 1) return kept;
  const constant = paddingOf(node, around);
  const value =
    around.integerFor(constant) ??
    refuse(
      node,
      `pads with ${constant}, which no integer stands for`,
      'Pad with a value the quantization can represent.',
    );
  const step: Step = { op: 'Pad', attrs: { ...pads, value } };
  return kept === still ? [step] : [...kept, step];
}

/** The constant of a Pad, as the model gives it. */
export function paddingOf(node: GraphNode, around: Surroundings): number {
  if (!isGiven(node, 2)) return floatAttribute(node, 'value', 0);
  const tensor = constantOperand(node, 2, around);
  return tensor === undefined || tensor.data.length === 0 ? 0 : Number(tensor.data[0]);
}
