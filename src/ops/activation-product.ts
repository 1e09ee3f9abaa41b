/** The product of two activations as relations: one contraction with an operand on either side. */
import type { AccumulatorId, Operand, OperandMap, View } from '../artifact/circuit.ts';
import type { Interval, Shape } from '../base/tensor.ts';
import { type Builder, boxOf, type Wires } from '../gadgets/builder.ts';
import { checkReach, shifted } from './accumulate.ts';
import { cannotHide } from './hidden.ts';
import { productRange } from './integer-sums.ts';
import type { MatrixProduct } from './matmul.ts';
import { copied, intervalOf, laidOut, merged, withoutUnitAxes } from './wires.ts';

/** Σ_k (a − aZero)(b − bZero[n]) + bias[n]. */
export type Factors = {
  readonly a: Wires;
  readonly b: Wires;
  readonly aZero: number;
  /** Length 1 or one per column; of length 1 unless `b` is constant. */
  readonly bZero: readonly number[];
  /** Length 0, 1 or one per column. */
  readonly bias: Int32Array;
};

export type MatrixSums = {
  readonly box: Shape;
  readonly axes: readonly Shape[];
  readonly columnAxes: readonly number[];
  readonly columns: number;
  readonly accumulators: readonly AccumulatorId[];
  readonly bias: Int32Array;
  /** Range of the sum plus bias, per column. */
  readonly bounds: readonly Interval[];
};

/** True when the only view reads its wire cell by cell, each axis along a dimension of its own. */
function isPlain(build: Builder, x: Wires): boolean {
  const [view, ...others] = x.parts;
  if (view === undefined || others.length > 0) return false;
  const box = boxOf(x);
  const sizes = build.sizes(view.wire);
  const named = new Set<number>();
  for (const [dim, entry] of view.map.entries()) {
    if (entry.kind === 'fixed') continue;
    if (entry.kind !== 'axis' || entry.stride !== 1 || entry.offset !== 0 || sizes[dim] !== box[entry.axis])
      return false;
    named.add(entry.axis);
  }
  return named.size === box.length;
}

/** Dimensions along which both operands run together, as pairs of their indices: the leading ones and the reduced one. */
function common(a: Shape, b: Shape): (readonly [a: number, b: number])[] {
  const pairs: (readonly [number, number])[] = [[a.length - 1, b.length - 2]];
  for (let back = 3; back <= Math.min(a.length, b.length); back++) {
    const pair = [a.length - back, b.length - back] as const;
    if (a[pair[0]] !== 1 && b[pair[1]] !== 1) pairs.push(pair);
  }
  return pairs;
}

/** Both operands on plain wires, with the same axes wherever they run together. */
function aligned(build: Builder, name: string, f: Factors): { readonly a: Wires; readonly b: Wires } {
  const bare = (x: Wires, side: string): Wires => withoutUnitAxes(laidOut(build, `${name}:${side}`, x), () => true);
  let a = bare(f.a, 'left');
  let b = bare(f.b, 'right');
  const differing = common(a.dims, b.dims).filter(([i, k]) => a.axes[i]?.join() !== b.axes[k]?.join());
  a = merged(build, `${name}:left`, a, (dim) => differing.some(([i]) => i === dim));
  b = merged(build, `${name}:right`, b, (dim) => differing.some(([, k]) => k === dim));
  return {
    a: isPlain(build, a) ? a : copied(build, `${name}:left:operand`, a),
    b: isPlain(build, b) ? b : copied(build, `${name}:right:operand`, b),
  };
}

/** An operand whose axes, in order, play the given roles. */
function operand(x: Wires, zero: number, roles: readonly OperandMap[]): Operand {
  const { wire, map } = x.parts[0] as View;
  return {
    wire,
    zero,
    map: map.map((entry) => (entry.kind === 'axis' ? (roles[entry.axis] as OperandMap) : (entry as OperandMap))),
  };
}

/** Constants with a zero point per column keep their differences instead. */
function withoutColumnZeros(f: Factors, columns: number): Factors {
  const { constant } = f.b;
  if (constant === null || f.bZero.length === 1) return f;
  const data = constant.data.map((value, at) => value - (f.bZero[at % columns] as number));
  return { ...f, b: { ...f.b, constant: { ...constant, data } }, bZero: [0] };
}

/** Constants other than one matrix on the right are shown: a model that hides its weights cannot have them. */
export function byActivation(
  build: Builder,
  name: string,
  given: Factors,
  { taps, columns, dims }: MatrixProduct,
): MatrixSums {
  if (build.hidesWeights && (given.a.constant ?? given.b.constant) !== null)
    cannotHide(name, 'they are no matrix on the right of an activation');
  if (build.hidesWeights && given.bias.length > 0) cannotHide(name, 'it adds a bias to a product of activations');
  const f = withoutColumnZeros(given, columns);
  const { a, b } = aligned(build, name, f);
  const aLeading = a.dims.length - 2;
  const bLeading = b.dims.length - 2;
  const rank = dims.length;
  const axes: Shape[] = [];
  const aRoles: OperandMap[] = [];
  const bRoles: OperandMap[] = [];
  let next = 0;
  const outputs = (sizes: Shape): OperandMap[] => sizes.map(() => ({ kind: 'output', axis: next++ }));
  for (let dim = 0; dim < rank - 2; dim++) {
    const left = a.axes[aLeading - (rank - 2) + dim] ?? [];
    const right = b.axes[bLeading - (rank - 2) + dim] ?? [];
    const sizes = left.length > 0 ? left : right;
    const roles = outputs(sizes);
    if (left.length > 0) aRoles.push(...roles);
    if (right.length > 0) bRoles.push(...roles);
    axes.push(sizes);
  }
  const rows = a.axes[aLeading] as Shape;
  const reduce = a.axes[aLeading + 1] as Shape;
  const over = reduce.map((_, axis): OperandMap => ({ kind: 'reduce', axis }));
  aRoles.push(...outputs(rows), ...over);
  const columnSizes = b.axes[bLeading + 1] as Shape;
  const firstColumn = next;
  bRoles.push(...over, ...outputs(columnSizes));
  axes.push(rows, columnSizes);
  const box = axes.flat();
  const [bZero] = f.bZero as [number];
  const bounds = productBounds(build, name, f, taps, columns);
  const accumulator = build.contract(name, box, reduce, operand(a, f.aZero, aRoles), operand(b, bZero, bRoles));
  const columnAxes = columnSizes.map((_, i) => firstColumn + i);
  return { box, axes, columnAxes, columns, accumulators: [accumulator], bias: f.bias, bounds };
}

/** Range of `taps` products of any two integers of the operands' ranges, plus the bias, per column. */
function productBounds(build: Builder, name: string, f: Factors, taps: number, columns: number): Interval[] {
  const left = shifted(intervalOf(build, f.a), f.aZero, false);
  const right = shifted(intervalOf(build, f.b), f.bZero[0] as number, false);
  const [low, high] = productRange(taps, left, right);
  checkReach(Math.max(Math.abs(low), Math.abs(high)), f.bias, name);
  return Array.from({ length: columns }, (_, n): Interval => {
    const offset = f.bias.length === 0 ? 0 : (f.bias[f.bias.length === 1 ? 0 : n] as number);
    return [low + offset, high + offset];
  });
}
