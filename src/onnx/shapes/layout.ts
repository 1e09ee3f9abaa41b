/** Shapes of operators that move elements without changing them. */
import { product } from '../../base/tensor.ts';
import { broadcast } from './elementwise.ts';
import { attributeOrInput, type NodeView, type ShapeRule } from './node-view.ts';

const flatten: ShapeRule = (node) => {
  const dims = node.dims(0);
  const axis = node.int('axis', 1);
  const at = axis === dims.length ? axis : node.axis(axis, dims.length);
  return [{ type: node.type(0), dims: [product(dims.slice(0, at)), product(dims.slice(at))] }];
};

/** 0 copies a dimension (unless `allowzero`), −1 takes what is left. */
const reshape: ShapeRule = (node) => {
  const target = node.integers(1);
  if (target === undefined) return null;
  const from = node.dims(0);
  const dims = target.map((size, i) => {
    if (size < -1) throw node.invalid(`the target shape is [${target.join(', ')}]`);
    if (size !== 0 || node.int('allowzero', 0) !== 0) return size;
    const copied = from[i];
    if (copied === undefined) throw node.invalid(`dimension ${i}, which it copies, does not exist`);
    return copied;
  });
  const fits = `[${from.join(', ')}] does not reshape to [${target.join(', ')}]`;
  const open = dims.indexOf(-1);
  if (open !== -1) {
    const rest = product(dims.filter((_, i) => i !== open));
    const size = product(from) / rest;
    if (dims.indexOf(-1, open + 1) !== -1 || !Number.isInteger(size)) throw node.invalid(fits);
    dims[open] = size;
  }
  if (product(dims) !== product(from)) throw node.invalid(fits);
  return [{ type: node.type(0), dims }];
};

const transpose: ShapeRule = (node) => {
  const dims = node.dims(0);
  const order = node.ints('perm') ?? dims.map((_, i) => dims.length - 1 - i);
  if (order.length !== dims.length)
    throw node.invalid(`'perm' has ${order.length} entries for ${dims.length} dimensions`);
  return [{ type: node.type(0), dims: node.axes(order, dims.length).map((axis) => dims[axis] as number) }];
};

const squeeze: ShapeRule = (node) => {
  const dims = node.dims(0);
  const axes = attributeOrInput(node, 'axes', 1);
  if (!axes.given) return [{ type: node.type(0), dims: dims.filter((size) => size !== 1) }];
  if (axes.values === undefined) return null;
  const dropped = node.axes(axes.values, dims.length);
  for (const axis of dropped) if (dims[axis] !== 1) throw node.invalid(`dimension ${axis} is ${dims[axis]}, not 1`);
  return [{ type: node.type(0), dims: dims.filter((_, i) => !dropped.includes(i)) }];
};

const unsqueeze: ShapeRule = (node) => {
  const axes = attributeOrInput(node, 'axes', 1);
  if (!axes.given) throw node.invalid('it has no axes');
  if (axes.values === undefined) return null;
  const rank = node.dims(0).length + axes.values.length;
  const added = new Set(node.axes(axes.values, rank));
  const rest = [...node.dims(0)];
  const dims = Array.from({ length: rank }, (_, i) => (added.has(i) ? 1 : (rest.shift() as number)));
  return [{ type: node.type(0), dims }];
};

/** Concatenates every `step`-th input from `first` on; QLinearConcat interleaves scales and zero points. */
function concat(first: number, step: number): ShapeRule {
  return (node) => {
    const base = node.dims(first);
    const axis = node.axis(node.int('axis', 1), base.length);
    let size = 0;
    for (let i = first; i < node.inputCount; i += step) {
      const dims = node.ranked(i, base.length);
      if (dims.some((other, k) => k !== axis && other !== base[k])) {
        throw node.invalid(
          `shapes [${base.join(', ')}] and [${dims.join(', ')}] do not concatenate along axis ${axis}`,
        );
      }
      size += dims[axis] as number;
    }
    return [{ type: node.type(first), dims: base.map((other, k) => (k === axis ? size : other)) }];
  };
}

/** `pads` names begins then ends, of all axes or of those in the optional fourth input. */
const pad: ShapeRule = (node) => {
  const dims = node.dims(0);
  const given = attributeOrInput(node, 'pads', 1);
  const pads = given.given ? given.values : undefined;
  const listed = node.has(3) ? node.integers(3) : dims.map((_, i) => i);
  if (pads === undefined || listed === undefined) return null;
  const axes = node.axes(listed, dims.length);
  if (pads.length !== 2 * axes.length) throw node.invalid(`it has ${pads.length} pads for ${axes.length} axes`);
  const padded = [...dims];
  for (const [i, axis] of axes.entries()) {
    padded[axis] = (dims[axis] as number) + (pads[i] as number) + (pads[i + axes.length] as number);
  }
  return [{ type: node.type(0), dims: padded }];
};

/** Number of indices from `start` to `end` exclusive in steps of `step`, clamped as the Slice text has it. */
export function sliceRange(
  size: number,
  start: number,
  end: number,
  step: number,
): { readonly first: number; readonly count: number } {
  const wrap = (index: number): number => (index < 0 ? index + size : index);
  const clamp = (index: number, low: number, high: number): number => Math.min(Math.max(index, low), high);
  const [low, high] = step > 0 ? [0, size] : [-1, size - 1];
  const first = clamp(wrap(start), 0, high);
  const last = clamp(wrap(end), low, high);
  return { first, count: Math.max(0, Math.ceil((last - first) / step)) };
}

const slice: ShapeRule = (node) => {
  const dims = node.dims(0);
  const starts = attributeOrInput(node, 'starts', 1);
  const ends = attributeOrInput(node, 'ends', 2);
  const axes = attributeOrInput(node, 'axes', 3);
  if (!starts.given || !ends.given) throw node.invalid('it has no starts or no ends');
  const from = starts.values;
  const to = ends.values;
  const listed = axes.given ? axes.values : from?.map((_, i) => i);
  const steps = node.has(4) ? node.integers(4) : from?.map(() => 1);
  if (from === undefined || to === undefined || listed === undefined || steps === undefined) return null;
  if (to.length !== from.length || listed.length !== from.length || steps.length !== from.length) {
    throw node.invalid('its starts, ends, axes and steps differ in number');
  }
  if (steps.includes(0)) throw node.invalid('a step is 0');
  const out = [...dims];
  for (const [i, axis] of node.axes(listed, dims.length).entries()) {
    out[axis] = sliceRange(dims[axis] as number, from[i] as number, to[i] as number, steps[i] as number).count;
  }
  return [{ type: node.type(0), dims: out }];
};

const split: ShapeRule = (node) => {
  const dims = node.dims(0);
  const axis = node.axis(node.int('axis', 0), dims.length);
  const size = dims[axis] as number;
  const given = attributeOrInput(node, 'split', 1);
  if (given.given && given.values === undefined) return null;
  const sizes = (given.given && given.values) || equalParts(size, node.node.outputs.length);
  if (sizes.length !== node.node.outputs.length || sizes.reduce((sum, part) => sum + part, 0) !== size) {
    throw node.invalid(`sizes [${sizes.join(', ')}] do not split ${size} into ${node.node.outputs.length} outputs`);
  }
  return sizes.map((part) => ({ type: node.type(0), dims: dims.map((other, k) => (k === axis ? part : other)) }));
};

/** Parts of ceil(size / count), the last one smaller. */
function equalParts(size: number, count: number): readonly number[] {
  const part = Math.ceil(size / count);
  return Array.from({ length: count }, (_, i) => Math.min(part, size - part * i));
}

const gather: ShapeRule = (node) => {
  const dims = node.dims(0);
  const axis = node.axis(node.int('axis', 0), dims.length);
  return [{ type: node.type(0), dims: [...dims.slice(0, axis), ...node.dims(1), ...dims.slice(axis + 1)] }];
};

const expand: ShapeRule = (node) => {
  const target = node.integers(1);
  return target === undefined ? null : [{ type: node.type(0), dims: broadcast(node, node.dims(0), target) }];
};

const tile: ShapeRule = (node) => {
  const repeats = node.integers(1);
  const dims = node.dims(0);
  if (repeats === undefined) return null;
  if (repeats.length !== dims.length) throw node.invalid(`${repeats.length} repeats for ${dims.length} dimensions`);
  return [{ type: node.type(0), dims: dims.map((size, i) => size * (repeats[i] as number)) }];
};

/** Sizes as given, or floor(size · scale) in float32 as onnxruntime has it. */
const resize: ShapeRule = (node) => {
  const dims = node.dims(0);
  const axes = node.axes(node.ints('axes') ?? dims.map((_, i) => i), dims.length);
  const sizes = node.has(3) ? node.integers(3) : undefined;
  const scales = node.has(3) ? undefined : scalesOf(node);
  const given = sizes ?? scales;
  if (given === undefined || node.string('keep_aspect_ratio_policy', 'stretch') !== 'stretch') return null;
  if (given.length !== axes.length) throw node.invalid(`${given.length} scales or sizes for ${axes.length} dimensions`);
  const out = [...dims];
  axes.forEach((axis, i) => {
    const value = given[i] as number;
    out[axis] = sizes !== undefined ? value : Math.floor(Math.fround((dims[axis] as number) * value));
  });
  return [{ type: node.type(0), dims: out }];
};

/** Attribute in Upsample 7, second input in Upsample 9 and Resize 10, third input since. */
function scalesOf(node: NodeView): readonly number[] | undefined {
  const attribute = node.node.attributes.get('scales');
  if (attribute?.kind === 'floats') return attribute.value;
  const index = node.inputCount === 2 ? 1 : 2;
  return node.has(index) ? node.floats(index) : undefined;
}

const topK: ShapeRule = (node) => {
  const dims = node.dims(0);
  const axis = node.axis(node.int('axis', -1), dims.length);
  const count = node.has(1) ? node.integers(1)?.[0] : node.int('k', 1);
  if (count === undefined) return null;
  if (count > (dims[axis] as number)) throw node.invalid(`it takes ${count} of ${dims[axis]} elements`);
  const out = dims.map((size, i) => (i === axis ? count : size));
  return [
    { type: node.type(0), dims: out },
    { type: 'int64', dims: out },
  ];
};

const constantOfShape: ShapeRule = (node) => {
  const dims = node.integers(0);
  return dims === undefined ? null : [{ type: node.tensor('value')?.type ?? 'float32', dims }];
};

const range: ShapeRule = (node) => {
  const [start, limit, step] = [0, 1, 2].map((i) => node.integers(i)?.[0]);
  if (start === undefined || limit === undefined || step === undefined || step === 0) return null;
  return [{ type: node.type(0), dims: [Math.max(0, Math.ceil((limit - start) / step))] }];
};

/** `start` and `end` select dimensions since operator set 15. */
export function selectedDims(node: NodeView): readonly number[] {
  const dims = node.dims(0);
  return dims.slice(node.int('start', 0), node.int('end', dims.length));
}

const shape: ShapeRule = (node) => [{ type: 'int64', dims: [selectedDims(node).length] }];

/** Blocks of `blocksize`² pixels to channels (`toDepth`) or back. */
function depthSpace(toDepth: boolean): ShapeRule {
  return (node: NodeView) => {
    const [n, c, h, w] = node.ranked(0, 4) as [number, number, number, number];
    const block = node.int('blocksize', 0);
    const dims = toDepth ? [n, c * block ** 2, h / block, w / block] : [n, c / block ** 2, h * block, w * block];
    if (block < 1 || dims.some((size) => !Number.isInteger(size))) {
      throw node.invalid(`blocks of ${block} do not fit [${[n, c, h, w].join(', ')}]`);
    }
    return [{ type: node.type(0), dims }];
  };
}

export const layout: ReadonlyMap<string, ShapeRule> = new Map<string, ShapeRule>([
  ['Flatten', flatten],
  ['Reshape', reshape],
  ['Transpose', transpose],
  ['Squeeze', squeeze],
  ['Unsqueeze', unsqueeze],
  ['Concat', concat(0, 1)],
  ['Pad', pad],
  ['Slice', slice],
  ['Split', split],
  ['Gather', gather],
  ['Expand', expand],
  ['Tile', tile],
  ['Resize', resize],
  ['Upsample', resize],
  ['TopK', topK],
  ['ConstantOfShape', constantOfShape],
  ['Range', range],
  ['SpaceToDepth', depthSpace(true)],
  ['DepthToSpace', depthSpace(false)],
  ['Shape', shape],
  ['Size', () => [{ type: 'int64', dims: [] }]],
]);

/** Inputs y_scale, y_zero_point, then triples of data, scale, zero point. */
export const quantizedLayout: ReadonlyMap<string, ShapeRule> = new Map<string, ShapeRule>([
  ['QLinearConcat', concat(2, 3)],
]);
