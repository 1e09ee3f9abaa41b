/** Rewriting logical tensors: what shape operators do to `Wires`, and how any of them becomes one plain wire. */
import type { AxisMap, View, WireId } from '../artifact/circuit.ts';
import { type Dtype, dtypeRange, type Interval, type IntTensor, product, type Shape } from '../base/tensor.ts';
import { type Builder, boxOf, expressionOf, identityMap, type Wires } from '../gadgets/builder.ts';
import { axesOf } from '../gadgets/views.ts';
import { stepFunction } from './step-functions.ts';

/** A logical tensor that one wire holds, cell for cell. */
export function wholeWire(dtype: Dtype, dims: Shape, axes: readonly Shape[], wire: WireId): Wires {
  return { dtype, dims, axes, parts: [{ wire, map: identityMap(axes.flat()) }], constant: null };
}

/** A constant that no wire holds yet. */
export function constantWires(constant: IntTensor): Wires {
  const { dtype, dims } = constant;
  return { dtype, dims, axes: dims.map((size) => [size]), parts: [], constant };
}

/** Gives a constant a wire of its own; other tensors are returned as they are. */
export function laidOut(build: Builder, name: string, x: Wires): Wires {
  if (x.constant === null) return x;
  return wholeWire(x.dtype, x.dims, x.axes, build.weights(name, boxOf(x), x.constant.data, dtypeRange[x.dtype]));
}

/**
 * A copy that reads like any ordinary tensor: one wire with exactly the tensor's axes. Used only where a view is too
 * contorted to be an operand.
 *
 * One part costs a linear relation. For a sum of parts interval arithmetic would add up ranges that never meet, so the copy
 * goes through the identity as a step function, which confines it to the parts' common range.
 */
export function copied(build: Builder, name: string, x: Wires): Wires {
  const box = boxOf(x);
  const single = x.parts.length === 1;
  const [low, high] = single ? rangeOfSum(build, x.parts, box) : intervalOf(build, x);
  const wire = build.witness(name, box, [low, high]);
  if (single) build.linear(name, box, expressionOf(x), wire);
  else build.step(name, box, expressionOf(x), [stepFunction((value) => value, low, high)], null, wire);
  return wholeWire(x.dtype, x.dims, x.axes, wire);
}

/** The same tensor with an axis of size 1 in every chosen dimension that has none. No view names the new axis. */
export function withUnitAxes(x: Wires, chosen: (dim: number) => boolean): Wires {
  const position: number[] = [];
  let next = 0;
  const axes = x.axes.map((sizes, dim) => {
    for (const _ of sizes) position.push(next++);
    if (sizes.length > 0 || !chosen(dim)) return sizes;
    next++;
    return [1];
  });
  return { ...x, axes, parts: x.parts.map((view) => remapped(view, position)) };
}

/** A view whose axis a is now called position[a]; a negative position is an axis that went away, standing at index 0. */
export function remapped(view: View, position: readonly number[]): View {
  const map = view.map.map((entry): AxisMap => {
    if (entry.kind === 'fixed') return entry;
    if (entry.kind === 'listed') {
      // An axis that went away had one index, so the list itself stays as it is.
      const axes = entry.axes.map((old) => position[old] as number).filter((at) => at >= 0);
      return axes.length > 0 ? { ...entry, axes } : { kind: 'fixed', index: entry.indices[0] as number };
    }
    const axis = position[entry.axis] as number;
    return axis < 0 ? { kind: 'fixed', index: entry.offset } : { ...entry, axis };
  });
  return { wire: view.wire, map };
}

/** The same tensor with the axes of size 1 removed from the chosen logical dimensions. */
export function withoutUnitAxes(x: Wires, chosen: (dim: number) => boolean): Wires {
  const position: number[] = [];
  let kept = 0;
  const axes = x.axes.map((sizes, dim) =>
    sizes.filter((size) => {
      const keep = size !== 1 || !chosen(dim);
      position.push(keep ? kept++ : -1);
      return keep;
    }),
  );
  return { ...x, axes, parts: x.parts.map((view) => remapped(view, position)) };
}

/**
 * A copy in which each chosen dimension is one axis: the wire has one dimension where the tensor has several axes. Tensors
 * whose chosen dimensions have at most one axis are returned as they are.
 */
export function merged(build: Builder, name: string, x: Wires, chosen: (dim: number) => boolean): Wires {
  const bare = withoutUnitAxes(x, chosen);
  if (bare.axes.every((axes, dim) => axes.length <= 1 || !chosen(dim))) return bare;
  const one = bare.parts.length === 1 ? bare : copied(build, `${name}:parts`, bare);
  const box = boxOf(one);
  const axes = one.axes.map((sizes, dim) => (chosen(dim) && sizes.length > 1 ? [product(sizes)] : sizes));
  const wire = build.witness(name, axes.flat(), rangeOfSum(build, one.parts, box));
  build.linear(name, box, expressionOf(one), wire);
  return wholeWire(x.dtype, x.dims, axes, wire);
}

/**
 * The tensor with exactly one axis in each spatial dimension (from the third on) that `moving` says windows slide over, and
 * none in the others, whose size is 1. A dimension that a reshape made of several axes is copied into one.
 */
export function spatialAxes(build: Builder, x: Wires, moving: readonly boolean[], name: string): Wires {
  return withUnitAxes(
    merged(build, `${name}:image`, x, (dim) => dim >= 2),
    (dim) => dim >= 2 && moving[dim - 2] === true,
  );
}

/** True when some index along the box falls outside the wire, where a view reads 0. */
function leaves(map: readonly AxisMap[], sizes: Shape, box: Shape): boolean {
  return map.some((entry, dim) => {
    if (entry.kind === 'fixed') return false;
    if (entry.kind === 'listed') return entry.indices.includes(-1);
    const last = entry.stride * ((box[entry.axis] as number) - 1) + entry.offset;
    return entry.offset < 0 || last >= (sizes[dim] as number);
  });
}

/** The range of a sum of views as interval arithmetic has it, cells outside a wire counting 0. */
export function rangeOfSum(build: Builder, views: readonly View[], box: Shape): Interval {
  let [low, high] = [0, 0];
  for (const view of views) {
    const range = build.interval(view.wire);
    const [from, to] = leaves(view.map, build.sizes(view.wire), box) ? hull([range, [0, 0]]) : range;
    low += from;
    high += to;
  }
  return [low, high];
}

/** How many cells of the box fall inside the wire. */
function cellsInside(map: readonly AxisMap[], sizes: Shape, box: Shape): number {
  const named = new Set(map.flatMap(axesOf));
  const free = product(box.filter((_, axis) => !named.has(axis)));
  return map.reduce((total, entry, dim) => total * indicesInside(entry, sizes[dim] as number, box), free);
}

function indicesInside(entry: AxisMap, size: number, box: Shape): number {
  if (entry.kind === 'fixed') return 1;
  if (entry.kind === 'listed') return entry.indices.reduce((total, index) => total + (index < 0 ? 0 : 1), 0);
  const { stride, offset } = entry;
  const from = Math.max(0, Math.ceil(-offset / stride));
  const to = Math.min(box[entry.axis] as number, Math.floor((size - 1 - offset) / stride) + 1);
  return Math.max(0, to - from);
}

/** Whether every cell of the tensor is a cell of some part, so that none is 0 for want of one. */
export function covers(build: Builder, x: Wires): boolean {
  const box = boxOf(x);
  const cells = x.parts.map((view) => cellsInside(view.map, build.sizes(view.wire), box));
  return cells.reduce((total, count) => total + count, 0) === product(box);
}

/** The range every cell of the tensor has whatever the witness, given the ranges of its wires. */
export function intervalOf(build: Builder, x: Wires): Interval {
  if (x.constant !== null && build.hidesWeights) return dtypeRange[x.dtype];
  if (x.constant !== null) return hull(Array.from(x.constant.data, (value): Interval => [value, value]));
  const zeros: Interval[] = covers(build, x) ? [] : [[0, 0]];
  const [low, high] = hull([...zeros, ...x.parts.map((view) => build.interval(view.wire))]);
  const [lowest, highest] = dtypeRange[x.dtype];
  return [Math.max(low, lowest), Math.min(high, highest)];
}

export function hull(intervals: readonly Interval[]): Interval {
  return intervals.reduce(([low, high], [a, b]) => [Math.min(low, a), Math.max(high, b)]);
}
