/**
 * Concat as a view: the sum of its inputs, each 0 outside its own stretch of the joined dimension. The other dimensions must
 * consist of the same axes in every input; where reshapes made them differ they are refined, or copied into one axis.
 */
import { product, type Shape, sameShape } from '../../base/tensor.ts';
import type { Builder, Wires } from '../../gadgets/builder.ts';
import { commonRefinement, refined, rewired, type Source } from '../rewire.ts';
import { laidOut, merged, remapped, withoutUnitAxes } from '../wires.ts';

/**
 * The same tensors, of one shape up to the dimension `except`, with the same axes in every other dimension and none of size
 * 1: the coarsest that refine those of all. Where there are none, the dimension is copied into one axis.
 */
function aligned(build: Builder, name: string, tensors: readonly Wires[], except: number): Wires[] {
  const bare = tensors.map((x) => withoutUnitAxes(x, () => true));
  const wanted = (bare[0]?.axes ?? []).map((_, dim) =>
    dim === except ? null : commonRefinement(bare.map(({ axes }) => axes[dim] as Shape)),
  );
  return bare.map((x, i) => {
    const one = merged(build, `${name}:operand${i}`, x, (dim) => dim !== except && wanted[dim] === null);
    const axes = one.axes.map((sizes, dim) => wanted[dim] ?? sizes);
    return one.axes.every((sizes, dim) => sameShape(sizes, axes[dim] as Shape)) ? one : refined(build, one, axes);
  });
}

/** The longest list of axes with which every given list ends, at most one axis standing before it. */
function commonEnd(lists: readonly Shape[]): Shape | null {
  const longest = lists.reduce((most, list) => (list.length > most.length ? list : most), []);
  for (const end of [longest.slice(1), longest]) {
    const fits = lists.every(
      (list) =>
        list.length - end.length >= 0 &&
        list.length - end.length <= 1 &&
        list.slice(-end.length || list.length).join() === end.join(),
    );
    if (fits) return end;
  }
  return null;
}

/** The inputs as one tensor of shape `dims`, joined along dimension `dim`. */
export function joined(build: Builder, inputs: readonly Wires[], dim: number, dims: Shape, name: string): Wires {
  const laid = inputs.map((x, i) => laidOut(build, `${name}:input${i}`, x));
  const even = aligned(build, name, laid, dim);
  const end = commonEnd(even.map(({ axes }) => axes[dim] as Shape));
  const tensors =
    end !== null ? even : even.map((x, i) => merged(build, `${name}:joined${i}`, x, (each) => each === dim));
  const inner = end ?? [];
  const outer = (dims[dim] as number) / product(inner);
  const axes = (tensors[0] as Wires).axes.map((list, each) => (each === dim ? [outer, ...inner] : list));
  const axis = axes.slice(0, dim).flat().length;
  let from = 0;
  const parts = tensors.flatMap((x) => {
    const count = (x.dims[dim] as number) / product(inner);
    const shift = Array.from({ length: outer }, (_, index) => index - from);
    from += count;
    return rewired(build, withOuter(x, dim, inner), dims, axes, placed(axes.flat().length, axis, shift, count)).parts;
  });
  return { ...(tensors[0] as Wires), dims, axes, parts };
}

/** The tensor with an axis of size 1 before the inner axes of a dimension that has no other. */
function withOuter(x: Wires, dim: number, inner: Shape): Wires {
  const own = x.axes[dim] as Shape;
  if (own.length > inner.length) return x;
  const axes = x.axes.map((list, each) => (each === dim ? [1, ...list] : list));
  const at = x.axes.slice(0, dim).flat().length;
  const position = x.axes.flat().map((_, axis) => (axis < at ? axis : axis + 1));
  return { ...x, axes, parts: x.parts.map((view) => remapped(view, position)) };
}

/** Every axis as it is, but for one that is shifted and ends where the input does. */
function placed(rank: number, axis: number, shift: readonly number[], count: number): Source[] {
  return Array.from({ length: rank }, (_, each): Source => {
    if (each !== axis) return { kind: 'axis', axis: each };
    return { kind: 'listed', axes: [axis], indices: shift.map((index) => (index < count ? Math.max(-1, index) : -1)) };
  });
}
