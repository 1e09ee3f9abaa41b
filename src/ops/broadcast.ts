/** Two operands of shapes that broadcast: the shape of the result, where its cells come from, and views over its axes. */
import type { Term } from '../artifact/circuit.ts';
import { product, type Shape } from '../base/tensor.ts';
import { axisOffsets, type Builder, type Wires } from '../gadgets/builder.ts';
import type { OpInput } from './op.ts';
import { commonRefinement, refined } from './rewire.ts';
import { refuse } from './types.ts';
import { laidOut, remapped, withoutUnitAxes } from './wires.ts';

/** A dimension of a shape aligned on the right with one of `rank` dimensions. */
export function alignedSize(dims: Shape, rank: number, dim: number): number {
  return dims[dim - rank + dims.length] ?? 1;
}

/** The common shape, or null when the operands do not broadcast. */
export function broadcast(a: Shape, b: Shape): number[] | null {
  const rank = Math.max(a.length, b.length);
  const out: number[] = [];
  for (let dim = 0; dim < rank; dim++) {
    const [sizeA, sizeB] = [alignedSize(a, rank, dim), alignedSize(b, rank, dim)];
    if (sizeA !== sizeB && sizeA !== 1 && sizeB !== 1) return null;
    out.push(Math.max(sizeA, sizeB));
  }
  return out;
}

/** The common shape of two inputs of a node. */
export function checkBroadcast(a: OpInput, b: OpInput, node: string): Shape {
  const dims = broadcast(a.dims, b.dims);
  return dims ?? refuse('MODEL_INVALID', node, `[${a.dims.join(',')}] and [${b.dims.join(',')}] do not broadcast`);
}

/** Row-major index of an operand's cell for every cell of the result. */
export function addresses(dims: Shape, out: Shape): Int32Array {
  let at = Int32Array.of(0);
  let step = product(dims);
  for (const [dim, size] of out.entries()) {
    const own = alignedSize(dims, out.length, dim);
    step /= own;
    const next = new Int32Array(at.length * size);
    for (let i = 0; i < at.length; i++) {
      for (let x = 0; x < size; x++) next[i * size + x] = (at[i] as number) + (own === 1 ? 0 : x * step);
    }
    at = next;
  }
  return at;
}

/** Two operands aligned with the result and laid out, and the axes of the result. */
export type Aligned = { readonly a: Wires; readonly b: Wires; readonly axes: readonly Shape[] };

export function alignOperands(build: Builder, name: string, left: Wires, right: Wires, rank: number): Aligned {
  const [alignedA, alignedB] = [aligned(left, rank), aligned(right, rank)];
  const a = shapedLike(build, `${name}:a`, alignedA, alignedB);
  const b = shapedLike(build, `${name}:b`, alignedB, alignedA);
  const axes = sharedAxes(a, b, name);
  return { a: splitAs(build, a, axes), b: splitAs(build, b, axes), axes };
}

/** The operand with leading dimensions of size 1 so that it has the rank of the result, and no axes of size 1. */
function aligned(x: Wires, rank: number): Wires {
  const missing = rank - x.dims.length;
  const leading = Array.from({ length: missing });
  return withoutUnitAxes(
    { ...x, dims: [...leading.map(() => 1), ...x.dims], axes: [...leading.map(() => []), ...x.axes] },
    () => true,
  );
}

/** A constant whose dimensions are split as those of the other operand. */
function shapedLike(build: Builder, name: string, x: Wires, other: Wires): Wires {
  if (x.constant === null) return x;
  const axes = x.dims.map((size, dim) =>
    size === 1 ? [] : size === other.dims[dim] ? (other.axes[dim] as Shape) : [size],
  );
  return laidOut(build, name, { ...x, axes });
}

/** The operand split as the result is; a dimension of size 1 keeps its axes, it has none. */
function splitAs(build: Builder, x: Wires, axes: readonly Shape[]): Wires {
  const own = x.axes.map((before, dim) => (x.dims[dim] === 1 ? before : (axes[dim] as Shape)));
  return own.every((sizes, dim) => sizes.join() === x.axes[dim]?.join()) ? x : refined(build, x, own);
}

/** The axes of the result: in a dimension both operands have, the coarsest split that refines both of theirs. */
function sharedAxes(a: Wires, b: Wires, name: string): Shape[] {
  return a.axes.map((axes, dim) => {
    const other = b.axes[dim] as Shape;
    if (a.dims[dim] === 1) return other;
    if (b.dims[dim] === 1 || axes.join() === other.join()) return axes;
    return (
      commonRefinement([axes, other]) ??
      refuse(
        'MODEL_UNSUPPORTED',
        name,
        `its operands split dimension ${dim} differently: ${axes.join('·')} and ${other.join('·')}`,
        'Remove the reshape in front of one of its operands.',
      )
    );
  });
}

/** Which axis of the result each axis of an operand is; axes it does not have broadcast. */
export function axisPositions(x: Wires, axes: readonly Shape[]): number[] {
  const offsets = axisOffsets({ ...x, axes });
  return x.axes.flatMap((sizes, dim) => sizes.map((_, i) => (offsets[dim] as number) + i));
}

/** Views of an operand over the axes of the result. */
export function termsOver(x: Wires, axes: readonly Shape[], coefficient: number): Term[] {
  const position = axisPositions(x, axes);
  return x.parts.map((view) => ({ coefficient, view: remapped(view, position) }));
}
