/**
 * Kernels of the index maps that are no eq table: offsets, strides, lists, windows. They are kept as what the map says and
 * not as a vector, so that work and memory follow the box of the reader and never the wire it reads: a few bytes of key may
 * read one cell of a large wire many thousand times.
 */
import type { AxisMap, OperandMap } from '../../artifact/circuit.ts';
import { add, at, type Ext, multiply, one, put, zero } from '../../base/extension.ts';
import type { Shape } from '../../base/tensor.ts';
import { bitsFor, eqTable } from './polynomials.ts';

/** Weights at some indices; an index that is met more than once has the sum. */
export type SparseKernel = {
  readonly kind: 'sparse';
  /** At most so many weights. */
  readonly count: number;
  readonly forEach: (visit: (index: number, weight: Ext) => void) => void;
};

/** An axis with its part of a point. */
export type PlacedAxis = { readonly point: readonly Ext[]; readonly count: number };

/** Weights Σ_{j < count, stride·j + offset = i} eq(τ, j) over [0, size). */
export function affineKernel(
  { stride, offset }: AxisMap & { kind: 'axis' },
  { point, count }: PlacedAxis,
  size: number,
): SparseKernel {
  const forEach: SparseKernel['forEach'] = (visit) => {
    const weights = eqTable(point);
    for (let j = 0; j < count; j++) {
      const i = stride * j + offset;
      if (i >= 0 && i < size) visit(i, at(weights, j));
    }
  };
  return { kind: 'sparse', count, forEach };
}

/** eq(τ, x) for the cells x of some axes of a box, row-major. */
function eqOfAxes(axes: readonly number[], parts: readonly (readonly Ext[])[], box: Shape): Uint32Array {
  let weights = new Uint32Array(4);
  put(weights, 0, one);
  for (const axis of axes) {
    const table = eqTable(parts[axis] as readonly Ext[]);
    const count = box[axis] as number;
    const outer = weights.length / 4;
    const next = new Uint32Array(4 * outer * count);
    for (let i = 0; i < outer; i++) {
      const weight = at(weights, i);
      for (let x = 0; x < count; x++) put(next, i * count + x, multiply(weight, at(table, x)));
    }
    weights = next;
  }
  return weights;
}

/** Weights Σ eq(τ, x) over the cells x of some axes for which the list says i, for i in [0, size). */
export function listedKernel(
  { axes, indices }: AxisMap & { kind: 'listed' },
  parts: readonly (readonly Ext[])[],
  box: Shape,
  size: number,
): SparseKernel {
  const forEach: SparseKernel['forEach'] = (visit) => {
    const weights = eqOfAxes(axes, parts, box);
    indices.forEach((i, x) => {
      if (i >= 0 && i < size) visit(i, at(weights, x));
    });
  };
  return { kind: 'sparse', count: indices.length, forEach };
}

/** Weights Σ eq(τ, o) eq(ξ, k) over stride·o + dilation·k − pad = i, for i in [0, size). */
export function windowKernel(
  { stride, dilation, pad }: OperandMap & { kind: 'window' },
  output: PlacedAxis,
  reduce: PlacedAxis,
  size: number,
): SparseKernel {
  const forEach: SparseKernel['forEach'] = (visit) => {
    const outputs = eqTable(output.point);
    const taps = eqTable(reduce.point);
    for (let o = 0; o < output.count; o++) {
      for (let k = 0; k < reduce.count; k++) {
        const i = stride * o + dilation * k - pad;
        if (i >= 0 && i < size) visit(i, multiply(at(outputs, o), at(taps, k)));
      }
    }
  };
  return { kind: 'sparse', count: output.count * reduce.count, forEach };
}

/** The kernel as weights over [0, size), 4 cells per index. */
export function sparseVector({ forEach }: SparseKernel, size: number): Uint32Array {
  const out = new Uint32Array(4 * size);
  forEach((i, weight) => put(out, i, add(at(out, i), weight)));
  return out;
}

export function sparseSum({ forEach }: SparseKernel): Ext {
  let total = zero;
  forEach((_, weight) => {
    total = add(total, weight);
  });
  return total;
}

/** Reads eq(point, i): the product over runs of coordinates, each with a table about as long as its uses. */
function eqReader(point: readonly Ext[], uses: number): (index: number) => Ext {
  const run = Math.max(1, Math.min(bitsFor(uses), Math.ceil(point.length / 2)));
  const length = 2 ** run;
  const tables: Uint32Array[] = [];
  for (let bit = 0; bit < point.length; bit += run) tables.push(eqTable(point.slice(bit, bit + run)));
  const [first = eqTable([]), ...others] = tables;
  return (index) => {
    let rest = Math.floor(index / length);
    let value = at(first, index % length);
    for (const table of others) {
      value = multiply(value, at(table, rest % length));
      rest = Math.floor(rest / length);
    }
    return value;
  };
}

/** Value at `point` of the multilinear extension. */
export function sparseAt(kernel: SparseKernel, point: readonly Ext[]): Ext {
  const read = eqReader(point, kernel.count);
  let total = zero;
  kernel.forEach((i, weight) => {
    total = add(total, multiply(weight, read(i)));
  });
  return total;
}
