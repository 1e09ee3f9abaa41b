/**
 * Substituting axes in views: how reshapes, slices and gathers change what a logical tensor is made of without touching a
 * wire. Each old axis becomes a function of new ones; composed with a view it is again a view.
 */
import type { AxisMap, View } from '../artifact/circuit.ts';
import { product, type Shape } from '../base/tensor.ts';
import { type Builder, boxOf, type Wires } from '../gadgets/builder.ts';
import { axesOf } from '../gadgets/views.ts';
import { constantWires } from './wires.ts';

/** The index along an old axis: that of a new axis, one index, or a list over some new axes (−1: no cell, reads 0). */
export type Source =
  | { readonly kind: 'axis'; readonly axis: number }
  | { readonly kind: 'fixed'; readonly index: number }
  | { readonly kind: 'listed'; readonly axes: readonly number[]; readonly indices: ArrayLike<number> };

function axesOfSource(source: Source): readonly number[] {
  if (source.kind === 'fixed') return [];
  return source.kind === 'axis' ? [source.axis] : source.axes;
}

/** The source's index at each cell of its own axes, row-major. */
function indicesOf(source: Source, box: Shape): ArrayLike<number> {
  if (source.kind === 'listed') return source.indices;
  if (source.kind === 'fixed') return [source.index];
  return Array.from({ length: box[source.axis] as number }, (_, x) => x);
}

/** stride·x + offset when that is what a list says, counting indices outside [0, size) as −1. */
function affine(indices: Int32Array, size: number): { readonly stride: number; readonly offset: number } | null {
  const first = indices.findIndex((index) => index >= 0);
  const second = indices.findIndex((index, x) => x > first && index >= 0);
  const stride = second < 0 ? size : ((indices[second] as number) - (indices[first] as number)) / (second - first);
  const offset = (indices[first] as number) - stride * first;
  if (!Number.isInteger(stride) || stride < 1) return null;
  const same = indices.every((index, x) => {
    const at = stride * x + offset;
    return index === (at >= 0 && at < size ? at : -1);
  });
  return same ? { stride, offset } : null;
}

/** The simplest entry for a list; null when it names no cell at all. */
function entryOf(axes: readonly number[], indices: Int32Array, size: number): AxisMap | null {
  if (indices.every((index) => index < 0)) return null;
  // One index everywhere needs no axis: axes that no entry names are broadcast.
  const broadcast = indices.length > 1 && indices.every((index) => index === indices[0]);
  if (axes.length === 0 || broadcast) return { kind: 'fixed', index: indices[0] as number };
  const progression = axes.length === 1 ? affine(indices, size) : null;
  if (progression !== null) return { kind: 'axis', axis: axes[0] as number, ...progression };
  return { kind: 'listed', axes, indices };
}

/** An entry with its axes substituted; null when no cell is left. */
function composed(entry: AxisMap, size: number, oldBox: Shape, sources: readonly Source[], box: Shape): AxisMap | null {
  if (entry.kind === 'fixed') return entry;
  const inside = (index: number): number => (index >= 0 && index < size ? index : -1);
  if (entry.kind === 'axis') {
    const source = sources[entry.axis] as Source;
    if (source.kind === 'axis') return { ...entry, axis: source.axis };
    const list = Int32Array.from(indicesOf(source, box), (index) =>
      index < 0 ? -1 : inside(entry.stride * index + entry.offset),
    );
    return entryOf(axesOfSource(source), list, size);
  }
  const inner = entry.axes.map((axis) => sources[axis] as Source);
  // Position in the entry's own list at each cell of the new axes.
  let positions = [0];
  for (const [i, source] of inner.entries()) {
    const count = oldBox[entry.axes[i] as number] as number;
    const indices = Array.from(indicesOf(source, box));
    positions = positions.flatMap((at) => indices.map((index) => (at < 0 || index < 0 ? -1 : at * count + index)));
  }
  const list = Int32Array.from(positions, (at) => (at < 0 ? -1 : (entry.indices[at] as number)));
  return entryOf(inner.flatMap(axesOfSource), list, size);
}

/** The indices of an entry over the cells of its own axes, −1 outside a wire dimension of that size. */
function listOf(entry: AxisMap, box: Shape, size: number): number[] {
  if (entry.kind === 'fixed') return [entry.index];
  if (entry.kind === 'listed') return [...entry.indices];
  const indices = Array.from({ length: box[entry.axis] as number }, (_, x) => entry.stride * x + entry.offset);
  return indices.map((index) => (index >= 0 && index < size ? index : -1));
}

/**
 * The view where a list over axes that no entry names yet has an index, and 0 elsewhere: the cheapest entry takes these axes
 * up. A wire without dimensions has no entry; a copy of its one cell has.
 */
function masked(build: Builder, view: View, box: Shape, mask: Source & { readonly kind: 'listed' }): View {
  if (view.map.length === 0) return masked(build, asList(build, view), box, mask);
  const sizes = build.sizes(view.wire);
  const costs = view.map.map((entry) => product(axesOf(entry).map((each) => box[each] as number)));
  const chosen = costs.indexOf(Math.min(...costs));
  const map = view.map.map((entry, dim): AxisMap => {
    if (dim !== chosen) return entry;
    const own = listOf(entry, box, sizes[dim] as number);
    const indices = Array.from(mask.indices, (allowed) => own.map((index) => (allowed < 0 ? -1 : index)));
    return { kind: 'listed', axes: [...mask.axes, ...axesOf(entry)], indices: Int32Array.from(indices.flat()) };
  });
  return { wire: view.wire, map };
}

function asList(build: Builder, view: View): View {
  const name = `wire${view.wire}:list`;
  const wire = build.witness(name, [1], build.interval(view.wire));
  build.linear(name, [1], { constant: 0, terms: [{ coefficient: 1, view }], accumulators: [] }, wire);
  return { wire, map: [{ kind: 'fixed', index: 0 }] };
}

/** A view under the substitution; null when it reads 0 everywhere. */
function substituted(build: Builder, view: View, oldBox: Shape, sources: readonly Source[], box: Shape): View | null {
  const sizes = build.sizes(view.wire);
  const map = view.map.map((entry, dim) => composed(entry, sizes[dim] as number, oldBox, sources, box));
  if (!map.every((entry) => entry !== null)) return null;
  const named = new Set(view.map.flatMap(axesOf));
  return sources.reduce(
    (seen: View, source, axis) =>
      !named.has(axis) && source.kind === 'listed' && Array.from(source.indices).includes(-1)
        ? masked(build, seen, box, source)
        : seen,
    { wire: view.wire, map: map as AxisMap[] },
  );
}

/**
 * The tensor of type [dims] with the given axes per dimension, each old axis read as `sources` says. Old axes must not share
 * a new one.
 */
export function rewired(
  build: Builder,
  x: Wires,
  dims: Shape,
  axes: readonly Shape[],
  sources: readonly Source[],
): Wires {
  const box = axes.flat();
  const parts = x.parts.flatMap((view) => substituted(build, view, boxOf(x), sources, box) ?? []);
  if (parts.length > 0) return { dtype: x.dtype, dims, axes, parts, constant: null };
  return constantWires({ dtype: x.dtype, dims, data: new Int32Array(product(dims)) });
}

/** The same tensor with each logical dimension split into the given axes, every one of which refines the present axes. */
export function refined(build: Builder, x: Wires, axes: readonly Shape[]): Wires {
  const sources: Source[] = [];
  let next = 0;
  x.axes.forEach((before, dim) => {
    const after = axes[dim] as Shape;
    let used = 0;
    for (const size of before) {
      const group: number[] = [];
      let filled = 1;
      while (filled < size) {
        filled *= after[used] as number;
        group.push(next + used++);
      }
      sources.push(joined(group, size));
    }
    next += after.length;
  });
  return rewired(build, x, x.dims, axes, sources);
}

/** An axis that is the row-major product of some new axes. */
function joined(axes: readonly number[], size: number): Source {
  if (axes.length === 0) return { kind: 'fixed', index: 0 };
  if (axes.length === 1) return { kind: 'axis', axis: axes[0] as number };
  return { kind: 'listed', axes, indices: Int32Array.from({ length: size }, (_, index) => index) };
}

/**
 * The coarsest axes of a dimension that refine all the given lists; null when there are none ([4,6] and [6,4] would need a
 * digit that is a part of both). Axes of size 1 vanish.
 */
export function commonRefinement(lists: readonly Shape[]): Shape | null {
  const places = new Set<number>([1]);
  for (const list of lists) {
    let place = 1;
    for (const size of [...list].reverse()) {
      place *= size;
      places.add(place);
    }
  }
  const sorted = [...places].sort((a, b) => a - b);
  const factors = sorted.slice(1).map((place, i) => place / (sorted[i] as number));
  return factors.every(Number.isInteger) ? factors.reverse() : null;
}

/**
 * Joins neighbouring axes of a dimension wherever every part reads them only together, in order, through one list: what a
 * split followed by its inverse leaves behind.
 */
export function coalesced(build: Builder, x: Wires): Wires {
  let current = x;
  for (let dim = 0; dim < current.dims.length; dim++) {
    for (let i = 0; i + 1 < (current.axes[dim] as Shape).length; ) {
      const joint = joinNeighbours(build, current, dim, i);
      if (joint === null) i++;
      else current = joint;
    }
  }
  return current;
}

function joinNeighbours(build: Builder, x: Wires, dim: number, i: number): Wires | null {
  const first = x.axes.slice(0, dim).flat().length + i;
  const adjacent = x.parts.every((view) =>
    view.map.some(
      (entry) => entry.kind === 'listed' && entry.axes.some((a, k) => a === first && entry.axes[k + 1] === first + 1),
    ),
  );
  if (!adjacent) return null;
  const pair = x.axes[dim] as Shape;
  const size = (pair[i] as number) * (pair[i + 1] as number);
  const axes = x.axes.map((sizes, d) => (d === dim ? [...sizes.slice(0, i), size, ...sizes.slice(i + 2)] : sizes));
  const parts = x.parts.map(({ wire, map }): View => {
    const joint = map.map((entry, d): AxisMap => {
      const shift = (axis: number): number => (axis > first ? axis - 1 : axis);
      if (entry.kind === 'fixed') return entry;
      if (entry.kind === 'axis') return { ...entry, axis: shift(entry.axis) };
      const named = entry.axes.filter((axis) => axis !== first + 1).map(shift);
      return entryOf(named, entry.indices, build.sizes(wire)[d] as number) as AxisMap;
    });
    return { wire, map: joint };
  });
  return { ...x, axes, parts };
}
