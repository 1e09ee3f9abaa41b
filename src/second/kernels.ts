import type { Operand, OperandMap, View, ViewMap } from './circuit.ts';
import type { Ext } from './extension.ts';
import * as E from './extension.ts';
import * as F from './field.ts';
import { axisPoints, eqAt, eqBelow, eqTable, indicator, type Point } from './multilinear.ts';

/** §6.2: one factor of a claim vector φ = ⊗ kernel_d, the weights of the indices of one dimension of a tensor. */
export type Kernel =
  /** eq(point, i) below `size`. */
  | { readonly kind: 'eq'; readonly point: Point; readonly size: number }
  /** The sum of the weights at each index. */
  | { readonly kind: 'sparse'; readonly indices: ArrayLike<number>; readonly weights: readonly Ext[] };

/** Σ_i kernel[i]·eq(r, i). */
export function kernelAt(kernel: Kernel, r: Point): Ext {
  if (kernel.kind === 'eq') return eqBelow(kernel.size, kernel.point, r);
  const { indices, weights } = kernel;
  const table = r.length < 3 || 2 ** r.length <= 4 * weights.length ? eqTable(r, 2 ** r.length) : undefined;
  return weights.reduce((sum, weight, n) => {
    const i = indices[n] as number;
    return E.add(sum, E.mul(weight, table ? (table[i] as Ext) : eqAt(r, i)));
  }, E.ZERO);
}

/** Σ_i kernel[i]. */
export function kernelSum(kernel: Kernel): Ext {
  return kernel.kind === 'eq' ? indicator(kernel.size, kernel.point) : kernel.weights.reduce(E.add, E.ZERO);
}

/** The kernel written out over a dimension of the given size. */
function written(kernel: Kernel, size: number): Ext[] {
  if (kernel.kind === 'eq') {
    const table = eqTable(kernel.point, kernel.size);
    return Array.from({ length: size }, (_, i) => table[i] ?? E.ZERO);
  }
  const dense: Ext[] = new Array<Ext>(size).fill(E.ZERO);
  kernel.weights.forEach((weight, n) => {
    const i = kernel.indices[n] as number;
    dense[i] = E.add(dense[i] as Ext, weight);
  });
  return dense;
}

/** ⟨φ, A⟩ for a tensor whose cells are known. */
export function innerProduct(cells: Int32Array, sizes: readonly number[], kernels: readonly Kernel[]): Ext {
  const dense = kernels.map((kernel, d) => written(kernel, sizes[d] as number));
  // Inner dimensions together as long as their product stays small: most of the work is then one flat loop.
  while (dense.length > 1 && (dense.at(-1)?.length as number) * (dense.at(-2)?.length as number) <= 4096) {
    const inner = dense.pop() as Ext[];
    const outer = dense.pop() as Ext[];
    dense.push(outer.flatMap((a) => inner.map((b) => E.mul(a, b))));
  }
  const flat = flattened(dense.pop() ?? [E.ONE]);
  const width = flat.length / 4;
  const fold = (d: number, offset: number): Ext => {
    if (d === dense.length) return flatProduct(cells, offset * width, flat);
    const weights = dense[d] as Ext[];
    return weights.reduce(
      (sum, weight, i) =>
        E.isZero(weight) ? sum : E.add(sum, E.mul(weight, fold(d + 1, offset * weights.length + i))),
      E.ZERO,
    );
  };
  return fold(0, 0);
}

function flattened(weights: readonly Ext[]): Float64Array {
  const flat = new Float64Array(4 * weights.length);
  weights.forEach((weight, i) => {
    flat.set(weight, 4 * i);
  });
  return flat;
}

/** Σ_i weights[i]·column[i], for several columns. */
export function weighedColumns(columns: readonly Int32Array[], weights: readonly Ext[]): Ext[] {
  const flat = flattened(weights);
  return columns.map((column) => flatProduct(column, 0, flat));
}

/** Products stay below 2^(31 + 10), and 2^12 of them below 2^53: no reduction is needed while cells are small. */
function flatProduct(cells: Int32Array, from: number, weights: Float64Array): Ext {
  const sums = [0, 0, 0, 0];
  for (let q = 0; q < 4; q++) {
    let exact = 0;
    let count = 0;
    let other = 0;
    for (let i = q, at = from; i < weights.length; i += 4, at++) {
      const cell = cells[at] as number;
      if (cell >= -1024 && cell <= 1024) {
        exact += cell * (weights[i] as number);
        if (++count === 2048) {
          exact %= F.P;
          count = 0;
        }
      } else other = F.add(other, F.mul(F.residue(cell), weights[i] as number));
    }
    sums[q] = F.add(F.residue(exact), other);
  }
  return [sums[0] as number, sums[1] as number, sums[2] as number, sums[3] as number];
}

/** The claim vector of a view at a point of the box, and what the axes it does not read contribute. */
export function viewKernels(
  view: View,
  sizes: readonly number[],
  box: readonly number[],
  point: Point,
): { readonly kernels: Kernel[]; readonly factor: Ext } {
  const parts = axisPoints(box, point);
  const unread = new Set(box.keys());
  const kernels = view.maps.map((map, d): Kernel => viewKernel(map, sizes[d] as number, box, parts, unread));
  let factor = E.ONE;
  for (const axis of unread) factor = E.mul(factor, indicator(box[axis] as number, parts[axis] as Point));
  return { kernels, factor };
}

function viewKernel(
  map: ViewMap,
  dimension: number,
  box: readonly number[],
  parts: readonly Point[],
  unread: Set<number>,
): Kernel {
  if (map.kind === 'fixed') return { kind: 'sparse', indices: [map.index], weights: [E.ONE] };
  if (map.kind === 'listed') {
    for (const axis of map.axes) unread.delete(axis);
    const tables = map.axes.map((axis) => eqTable(parts[axis] as Point, box[axis] as number));
    const weights = tables.reduce((outer, table) => outer.flatMap((a) => table.map((b) => E.mul(a, b))), [E.ONE]);
    return inside(map.indices, weights, dimension);
  }
  const { axis, stride, offset } = map;
  unread.delete(axis);
  const size = box[axis] as number;
  const point = parts[axis] as Point;
  if (stride === 1 && offset === 0) return { kind: 'eq', point, size: Math.min(size, dimension) };
  const indices = Array.from({ length: size }, (_, i) => stride * i + offset);
  return inside(indices, eqTable(point, size), dimension);
}

/** Indices outside the dimension read 0: their weights are left out. */
function inside(indices: ArrayLike<number>, weights: readonly Ext[], dimension: number): Kernel {
  const kept = [...weights.keys()].filter((n) => (indices[n] as number) >= 0 && (indices[n] as number) < dimension);
  return {
    ...{ kind: 'sparse', indices: kept.map((n) => indices[n] as number) },
    weights: kept.map((n) => weights[n] as Ext),
  };
}

/** The kernels of an operand, given the point of each output axis and of each reduced axis. */
export function operandKernels(
  operand: Operand,
  wireSizes: readonly number[],
  axes: { readonly output: AxisPoints; readonly reduce: AxisPoints },
): Kernel[] {
  const along = ({ sizes, points }: AxisPoints, axis: number): Kernel => ({
    ...{ kind: 'eq', size: sizes[axis] as number, point: points[axis] as Point },
  });
  return operand.maps.map((map, d) => {
    if (map.kind === 'fixed') return { kind: 'sparse', indices: [map.index], weights: [E.ONE] };
    if (map.kind === 'window') return windowKernel(map, wireSizes[d] as number, axes);
    return along(axes[map.kind], map.axis);
  });
}

export interface AxisPoints {
  readonly sizes: readonly number[];
  readonly points: readonly Point[];
}

/** Σ eq(τ, o)·eq(ξ, k) over the o, k with stride·o + dilation·k − pad = i; what falls outside the tensor is left out. */
function windowKernel(
  map: Extract<OperandMap, { kind: 'window' }>,
  size: number,
  axes: { readonly output: AxisPoints; readonly reduce: AxisPoints },
): Kernel {
  const outer = eqTable(axes.output.points[map.axis] as Point, axes.output.sizes[map.axis] as number);
  const inner = eqTable(axes.reduce.points[map.reduce] as Point, axes.reduce.sizes[map.reduce] as number);
  const indices: number[] = [];
  const weights: Ext[] = [];
  outer.forEach((a, o) => {
    inner.forEach((b, k) => {
      const i = map.stride * o + map.dilation * k - map.pad;
      if (i < 0 || i >= size) return;
      indices.push(i);
      weights.push(E.mul(a, b));
    });
  });
  return { kind: 'sparse', indices, weights };
}
