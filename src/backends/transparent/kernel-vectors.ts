/**
 * Claim vectors. A linear claim reads a tensor through φ = ⊗ kernel_d, one kernel per dimension, each a vector over
 * [0, S_d); cells outside the box have weight 0 by definition, so padding is read by no relation.
 */
import type { Operand, OperandMap, View } from '../../artifact/circuit.ts';
import { add, at, type Ext, multiply, one, put, subtract, zero } from '../../base/extension.ts';
import { fromInteger } from '../../base/field.ts';
import type { Shape } from '../../base/tensor.ts';
import { axesOf } from '../../gadgets/views.ts';
import { defaultKernels } from './kernels/choose.ts';
import { bitsFor, boxTruncated, eqIndex, eqTable, eqTruncated, manyCells, weightedSum } from './polynomials.ts';
import {
  affineKernel,
  listedKernel,
  type SparseKernel,
  sparseAt,
  sparseSum,
  sparseVector,
  windowKernel,
} from './sparse-kernel.ts';

/** `eq`: eq(τ, i) for i < count. `point`: 1 at one index. `vector`: any weights, 4 cells per index. */
export type Kernel =
  | { readonly kind: 'eq'; readonly point: readonly Ext[]; readonly count: number }
  | { readonly kind: 'point'; readonly index: number }
  | { readonly kind: 'vector'; readonly values: Uint32Array }
  | SparseKernel;

/** The kernel as weights over [0, size), 4 cells per index. */
export function kernelVector(kernel: Kernel, size: number): Uint32Array {
  if (kernel.kind === 'vector') return kernel.values;
  if (kernel.kind === 'sparse') return sparseVector(kernel, size);
  const out = new Uint32Array(4 * size);
  if (kernel.kind === 'point') put(out, kernel.index, one);
  else {
    // Coordinates beyond those of the dimension are 0 at every index of it.
    const bits = bitsFor(size);
    const beyond = kernel.point.slice(bits).reduce((total, x) => multiply(total, subtract(one, x)), one);
    out.set(eqTable(kernel.point.slice(0, bits), beyond).subarray(0, 4 * Math.min(kernel.count, size)));
  }
  return out;
}

/** A point with coordinates 0 up to `length`: eq with an index below 2^|point| keeps its value. */
function lengthened(point: readonly Ext[], length: number): readonly Ext[] {
  return [...point, ...Array.from({ length: Math.max(0, length - point.length) }, () => zero)];
}

/** Value at `point` of the multilinear extension of the kernel, zero outside [0, size). */
export function kernelAt(kernel: Kernel, size: number, point: readonly Ext[]): Ext {
  if (kernel.kind === 'point') return eqIndex(point, kernel.index);
  if (kernel.kind === 'eq') {
    const [a, b] = [lengthened(kernel.point, point.length), lengthened(point, kernel.point.length)];
    return eqTruncated(a, b, Math.min(kernel.count, size, 2 ** kernel.point.length));
  }
  if (kernel.kind === 'sparse' && kernel.count < size) return sparseAt(kernel, point);
  const values = kernelVector(kernel, size);
  const weights = eqTable(point);
  let total = zero;
  for (let i = 0; i < size; i++) total = add(total, multiply(at(values, i), at(weights, i)));
  return total;
}

/** Sum of all weights of a kernel. */
export function kernelSum(kernel: Kernel, size: number): Ext {
  if (kernel.kind === 'point') return one;
  if (kernel.kind === 'eq') return boxTruncated(kernel.point, Math.min(kernel.count, size));
  if (kernel.kind === 'sparse') return sparseSum(kernel);
  let total = zero;
  for (let i = 0; i < size; i++) total = add(total, at(kernel.values, i));
  return total;
}

/** The integers as 32-bit words, or null when one does not fit. */
function wordsOf(data: ArrayLike<number>): Int32Array | null {
  if (data instanceof Int32Array) return data;
  const out = new Int32Array(data.length);
  for (let i = 0; i < out.length; i++) {
    const value = data[i] as number;
    if (value !== (value | 0)) return null;
    out[i] = value;
  }
  return out;
}

/** Σ_i weights[i]·data[j·size + i] for each j. */
function foldIntegers(data: ArrayLike<number>, weights: Uint32Array, size: number): Uint32Array {
  const out = new Uint32Array((4 * data.length) / size);
  const words = data.length < manyCells ? null : wordsOf(data);
  if (words !== null) defaultKernels().weightedSums(weights, words, size, out);
  else for (let j = 0; 4 * j < out.length; j++) put(out, j, weightedSum(weights, data, j * size, size));
  return out;
}

/** Longest product of kernels that is multiplied out. */
const longestProduct = 2 ** 14;

/** How many dimensions are left when the innermost are joined, as many as stay short, and how many cells these have. */
export function innermostCells(sizes: Shape): { readonly left: number; readonly cells: number } {
  let left = Math.max(0, sizes.length - 1);
  let cells = sizes[left] ?? 1;
  while (left > 0 && (sizes[left - 1] as number) * cells <= longestProduct) {
    cells *= sizes[left - 1] as number;
    left -= 1;
  }
  return { left, cells };
}

/** The tensor product of the kernels of the innermost dimensions. */
function innermost(sizes: Shape, kernels: readonly Kernel[]): { readonly weights: Uint32Array; readonly left: number } {
  const { left } = innermostCells(sizes);
  let dim = sizes.length - 1;
  let weights = kernelVector(kernels[dim] as Kernel, sizes[dim] as number);
  while (dim > left) {
    dim -= 1;
    const outer = kernelVector(kernels[dim] as Kernel, sizes[dim] as number);
    const longer = new Uint32Array((outer.length * weights.length) / 4);
    for (let i = 0; 4 * i < outer.length; i++)
      defaultKernels().addScaled(longer.subarray(i * weights.length), weights, at(outer, i), weights.length / 4);
    weights = longer;
  }
  return { weights, left };
}

/** ⟨φ, data⟩ for public integers, folding the innermost dimensions first. */
export function publicInnerProduct(data: ArrayLike<number>, sizes: Shape, kernels: readonly Kernel[]): Ext {
  if (sizes.length === 0) return [fromInteger(data[0] as number), 0, 0, 0];
  const { weights, left } = innermost(sizes, kernels);
  let current = foldIntegers(data, weights, weights.length / 4);
  for (let dim = left - 1; dim >= 0; dim--) {
    const size = sizes[dim] as number;
    const vector = kernelVector(kernels[dim] as Kernel, size);
    const count = current.length / 4 / size;
    const folded = new Uint32Array(4 * count);
    for (let outer = 0; outer < count; outer++) {
      let total = zero;
      for (let i = 0; i < size; i++) total = add(total, multiply(at(vector, i), at(current, outer * size + i)));
      put(folded, outer, total);
    }
    current = folded;
  }
  return at(current, 0);
}

/** The coordinates of a point that belong to each axis of a box: row-major, the last axis in the lowest bits. */
export function splitPoint(point: readonly Ext[], box: Shape): (readonly Ext[])[] {
  const parts: (readonly Ext[])[] = [];
  let from = 0;
  for (let axis = box.length - 1; axis >= 0; axis--) {
    const bits = bitsFor(box[axis] as number);
    parts[axis] = point.slice(from, from + bits);
    from += bits;
  }
  return parts;
}

/** Σ over the box of eq(point, ·): the extension of the box's indicator. */
export function boxAt(parts: readonly (readonly Ext[])[], box: Shape): Ext {
  return box.reduce((total, size, axis) => multiply(total, boxTruncated(parts[axis] as readonly Ext[], size)), one);
}

/** Kernels that evaluate a view at a point of its box, and the factor of the axes it does not read. */
export function viewKernels(
  view: View,
  sizes: Shape,
  box: Shape,
  parts: readonly (readonly Ext[])[],
): { readonly factor: Ext; readonly kernels: Kernel[] } {
  const read = new Set<number>();
  const kernels = view.map.map((entry, dim): Kernel => {
    if (entry.kind === 'fixed') return { kind: 'point', index: entry.index };
    for (const axis of axesOf(entry)) read.add(axis);
    if (entry.kind === 'listed') return listedKernel(entry, parts, box, sizes[dim] as number);
    const [size, count] = [sizes[dim] as number, box[entry.axis] as number];
    const point = parts[entry.axis] as readonly Ext[];
    return entry.stride === 1 && entry.offset === 0
      ? { kind: 'eq', point, count: Math.min(count, size) }
      : affineKernel(entry, { point, count }, size);
  });
  const factor = box.reduce(
    (total, size, axis) =>
      read.has(axis) ? total : multiply(total, boxTruncated(parts[axis] as readonly Ext[], size)),
    one,
  );
  return { factor, kernels };
}

/** Where a contraction claim stands: a point per output axis and, after the sumcheck, per shared and per reduced axis. */
export type ContractionPoint = {
  readonly box: Shape;
  readonly reduce: Shape;
  readonly outputs: readonly (readonly Ext[])[];
  /** Replaces `outputs` on axes that both operands have. */
  readonly shared: ReadonlyMap<number, readonly Ext[]>;
  readonly reduces: readonly (readonly Ext[])[];
};

function operandKernel(entry: OperandMap, size: number, point: ContractionPoint): Kernel {
  switch (entry.kind) {
    case 'fixed':
      return { kind: 'point', index: entry.index };
    case 'output': {
      const place = point.shared.get(entry.axis) ?? (point.outputs[entry.axis] as readonly Ext[]);
      return { kind: 'eq', point: place, count: point.box[entry.axis] as number };
    }
    case 'reduce': {
      const place = point.reduces[entry.axis] as readonly Ext[];
      return { kind: 'eq', point: place, count: point.reduce[entry.axis] as number };
    }
    case 'window': {
      const output = { point: point.outputs[entry.axis] as readonly Ext[], count: point.box[entry.axis] as number };
      const reduce = {
        point: point.reduces[entry.reduce] as readonly Ext[],
        count: point.reduce[entry.reduce] as number,
      };
      return windowKernel(entry, output, reduce, size);
    }
  }
}

/** Kernels of an operand at the end of its contraction's sumcheck. */
export function operandKernels(operand: Operand, sizes: Shape, point: ContractionPoint): Kernel[] {
  return operand.map.map((entry, dim) => operandKernel(entry, sizes[dim] as number, point));
}
