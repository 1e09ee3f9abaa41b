/** Reading wires over a box: the integer meaning of views and expressions. */
import type { AxisMap, Expression, View } from '../artifact/circuit.ts';
import { invariant } from '../base/errors.ts';
import { product, type Shape, sameShape, strides } from '../base/tensor.ts';

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

/** How the innermost axis moves through a wire: not at all, cell by cell, or by a table. */
type Innermost = { readonly kind: 'still' | 'cells' | 'table'; readonly offsets: Int32Array };

function innermostOf(table: Int32Array | null | undefined, length: number): Innermost {
  if (table == null) return { kind: 'still', offsets: new Int32Array(1) };
  const first = table[0] as number;
  let consecutive = first !== outside;
  for (let x = 0; x < length && consecutive; x++) consecutive = table[x] === first + x;
  return { kind: consecutive ? 'cells' : 'table', offsets: table };
}

/** out[cell + x] += coefficient · data[address + offset of x] for x < length. */
function addRun(
  out: Float64Array,
  cell: number,
  length: number,
  coefficient: number,
  data: ArrayLike<number>,
  address: number,
  { kind, offsets }: Innermost,
): void {
  const end = cell + length;
  if (kind === 'still') {
    const value = coefficient * (data[address] as number);
    for (let to = cell; to < end; to++) out[to] = (out[to] as number) + value;
  } else if (kind === 'cells') {
    for (let to = cell, from = address + (offsets[0] as number); to < end; to++, from++)
      out[to] = (out[to] as number) + coefficient * (data[from] as number);
  } else {
    for (let x = 0; x < length; x++) {
      const offset = offsets[x] as number;
      if (offset !== outside)
        out[cell + x] = (out[cell + x] as number) + coefficient * (data[address + offset] as number);
    }
  }
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
  const innermost = innermostOf(axes[last], length);
  let cell = 0;
  const walk = (axis: number, address: number): void => {
    if (axis === last) {
      if (address !== outside) addRun(out, cell, length, coefficient, data, address, innermost);
      cell += length;
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

/** True when a view over a box is the wire, cell by cell. */
function isWhole({ map }: View, sizes: Shape, box: Shape): boolean {
  return (
    sameShape(sizes, box) &&
    map.every((entry, dim) => entry.kind === 'axis' && entry.axis === dim && entry.stride === 1 && entry.offset === 0)
  );
}

/**
 * The integers of an expression over a box, row-major, for reading only: an expression that is a whole wire or an
 * accumulator and nothing else is that array itself.
 */
export function integersOf(
  expression: Expression,
  wires: readonly Sized[],
  assignment: Assignment,
  box: Shape,
): ArrayLike<number> {
  const { constant, terms, accumulators } = expression;
  const [term] = terms;
  if (constant === 0 && terms.length === 1 && accumulators.length === 0 && term?.coefficient === 1) {
    const data = assignment.wires[term.view.wire];
    if (data?.length === product(box) && isWhole(term.view, (wires[term.view.wire] as Sized).sizes, box)) return data;
  }
  if (constant === 0 && terms.length === 0 && accumulators.length === 1) {
    const values = assignment.accumulators[accumulators[0] as number];
    if (values?.length === product(box)) return values;
  }
  return evaluateExpression(expression, wires, assignment, box);
}
