/** Reading wires over a box: the integer meaning of views and expressions. */
import type { AxisMap, Expression, View } from '../artifact/circuit.ts';
import { invariant } from '../base/errors.ts';
import { product, type Shape, strides } from '../base/tensor.ts';

const outside = -1;

/** Anything with the sizes of a tensor: a wire, or a tensor of a backend. */
export type Sized = { readonly sizes: Shape };

/** An index map over several axes at once: offsets by the position of the cell in the box of those axes. */
type Joint = { readonly axes: readonly number[]; readonly offsets: Int32Array };

/**
 * Address contributions of an index map: for each box axis a table from coordinate to address offset (−1 where the wire
 * dimension is left), the same for lists over several axes, and the offset of the fixed dimensions (−1 when one is
 * outside: then the view is 0 everywhere).
 */
export type Addressing = {
  readonly base: number;
  readonly axes: readonly (Int32Array | null)[];
  readonly joint: readonly Joint[];
};

export function addressing(map: readonly AxisMap[], sizes: Shape, box: Shape): Addressing {
  const step = strides(sizes);
  const axes: (Int32Array | null)[] = box.map(() => null);
  const joint: Joint[] = [];
  const used = new Set<number>();
  let base = 0;
  map.forEach((entry, dim) => {
    const size = sizes[dim] as number;
    const offset = (index: number): number => (index >= 0 && index < size ? index * (step[dim] as number) : outside);
    if (entry.kind === 'fixed') {
      base = base === outside || offset(entry.index) === outside ? outside : base + offset(entry.index);
      return;
    }
    for (const axis of axesOf(entry)) {
      invariant(!used.has(axis), 'a box axis may index one wire dimension only');
      used.add(axis);
    }
    if (entry.kind === 'axis')
      axes[entry.axis] = Int32Array.from({ length: box[entry.axis] as number }, (_, x) =>
        offset(entry.stride * x + entry.offset),
      );
    else if (entry.axes.length === 1) axes[entry.axes[0] as number] = entry.indices.map(offset);
    else joint.push({ axes: entry.axes, offsets: entry.indices.map(offset) });
  });
  return { base, axes, joint };
}

/** The box axes an index depends on. */
export function axesOf(entry: AxisMap): readonly number[] {
  if (entry.kind === 'fixed') return [];
  return entry.kind === 'axis' ? [entry.axis] : entry.axes;
}

/** Adds what lists over several axes contribute at the cell `at`. */
function jointly(joint: readonly Joint[], at: Int32Array, box: Shape, address: number): number {
  let total = address;
  for (const { axes, offsets } of joint) {
    let position = 0;
    for (const axis of axes) position = position * (box[axis] as number) + (at[axis] as number);
    const offset = offsets[position] as number;
    if (offset === outside) return outside;
    total += offset;
  }
  return total;
}

/** Calls `visit(cell, address)` for every box cell in row-major order; the address is −1 outside the wire. */
export function forEachAddress(
  map: readonly AxisMap[],
  sizes: Shape,
  box: Shape,
  visit: (cell: number, address: number) => void,
): void {
  const { base, axes, joint } = addressing(map, sizes, box);
  const at = new Int32Array(box.length);
  let cell = 0;
  const walk = (axis: number, address: number): void => {
    if (axis === box.length) {
      visit(cell++, address === outside || joint.length === 0 ? address : jointly(joint, at, box, address));
      return;
    }
    const table = axes[axis];
    const size = box[axis] as number;
    for (let x = 0; x < size; x++) {
      const offset = table == null ? 0 : (table[x] as number);
      at[axis] = x;
      walk(axis + 1, address === outside || offset === outside ? outside : address + offset);
    }
  };
  walk(0, base);
}

/** out += coefficient · view over the box: the innermost axis in one loop, since boxes have millions of cells. */
function addView(
  out: Float64Array,
  coefficient: number,
  view: View,
  sizes: Shape,
  data: ArrayLike<number>,
  box: Shape,
): void {
  const { base, axes, joint } = addressing(view.map, sizes, box);
  if (joint.length > 0 || box.length === 0) {
    forEachAddress(view.map, sizes, box, (cell, address) => {
      if (address !== outside) out[cell] = (out[cell] as number) + coefficient * (data[address] as number);
    });
    return;
  }
  const last = box.length - 1;
  const length = box[last] as number;
  const innermost = axes[last] ?? new Int32Array(length);
  let cell = 0;
  const walk = (axis: number, address: number): void => {
    if (axis === last) {
      for (let x = 0; x < length; x++, cell++) {
        const offset = innermost[x] as number;
        if (address !== outside && offset !== outside)
          out[cell] = (out[cell] as number) + coefficient * (data[address + offset] as number);
      }
      return;
    }
    const table = axes[axis];
    for (let x = 0; x < (box[axis] as number); x++) {
      const offset = table == null ? 0 : (table[x] as number);
      walk(axis + 1, address === outside || offset === outside ? outside : address + offset);
    }
  };
  walk(0, base);
}

/** The integers of a view over a box, row-major. */
export function readView(view: View, wire: Sized, data: ArrayLike<number>, box: Shape): Float64Array {
  const out = new Float64Array(product(box));
  addView(out, 1, view, wire.sizes, data, box);
  return out;
}

/** What an expression is evaluated against: every wire's integers and the accumulators computed so far. */
export type Assignment = {
  readonly wires: readonly (ArrayLike<number> | undefined)[];
  readonly accumulators: readonly (Float64Array | undefined)[];
};

/** The integers of an expression over a box, row-major. */
export function evaluateExpression(
  expression: Expression,
  wires: readonly Sized[],
  assignment: Assignment,
  box: Shape,
): Float64Array {
  const out = new Float64Array(product(box)).fill(expression.constant);
  for (const { coefficient, view } of expression.terms) {
    const data = assignment.wires[view.wire];
    invariant(data !== undefined, `wire ${view.wire} is read before it is assigned`);
    addView(out, coefficient, view, (wires[view.wire] as Sized).sizes, data, box);
  }
  for (const id of expression.accumulators) {
    const values = assignment.accumulators[id];
    invariant(
      values !== undefined && values.length === out.length,
      `accumulator ${id} does not have the box of its reader`,
    );
    for (let i = 0; i < out.length; i++) out[i] = (out[i] as number) + (values[i] as number);
  }
  return out;
}
