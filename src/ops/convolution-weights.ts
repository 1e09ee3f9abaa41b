/** Weights of a convolution as the relations need them. Only zero differences (w = wz) are ever added or dropped. */
import { type IntTensor, product, type Shape } from '../base/tensor.ts';
import { differences } from './accumulate.ts';
import { type Plane, soleTap } from './planes.ts';

function zeroOf(zeros: readonly number[], filter: number): number {
  return zeros[zeros.length === 1 ? 0 : filter] as number;
}

/**
 * How many leading channel axes form the groups, or null when no prefix does. A null makes the weights block-diagonal: the
 * same sums for `group` times the constants.
 */
export function groupPrefix(axes: Shape, group: number): number | null {
  let split = 0;
  for (let reached = 1; reached < group && split < axes.length; split++) reached *= axes[split] as number;
  return product(axes.slice(0, split)) === group ? split : null;
}

/** Weights [M, C/group, …] of a grouped convolution as those [M, C, …] of an ungrouped one. */
export function blockDiagonal(weights: IntTensor, zeros: readonly number[], group: number): IntTensor {
  const [filters, perGroup, ...kernel] = weights.dims as [number, number, ...number[]];
  const channels = perGroup * group;
  const taps = product(kernel);
  const data = new Int32Array(filters * channels * taps);
  for (let m = 0; m < filters; m++) {
    const first = Math.floor((m * group) / filters) * perGroup;
    data.fill(zeroOf(zeros, m), m * channels * taps, (m + 1) * channels * taps);
    data.set(weights.data.subarray(m * perGroup * taps, (m + 1) * perGroup * taps), (m * channels + first) * taps);
  }
  return { dtype: weights.dtype, dims: [filters, channels, ...kernel], data };
}

/** Drops the taps that only ever meet padding where the image has size 1: that kernel dimension becomes 1. */
export function withSoleTaps(weights: IntTensor, zeros: readonly number[], planes: readonly Plane[]): IntTensor {
  let { dims, data } = weights;
  for (const [i, plane] of planes.entries()) {
    const tap = soleTap(plane);
    if (tap === null) continue;
    const inner = product(dims.slice(i + 3));
    const perFilter = product(dims.slice(1, i + 2)) * inner;
    const next = new Int32Array((dims[0] as number) * perFilter);
    for (let at = 0; at < next.length; at++) {
      const from = (Math.floor(at / inner) * plane.kernel + tap) * inner + (at % inner);
      next[at] = tap < 0 ? zeroOf(zeros, Math.floor(at / perFilter)) : (data[from] as number);
    }
    dims = dims.map((size, dim) => (dim === i + 2 ? 1 : size));
    data = next;
  }
  return { dtype: weights.dtype, dims, data };
}

/** Weights that share a zero point keep it as the operand's; others are stored as differences to their own. */
export function operandWeights(weights: IntTensor, zeros: readonly number[]): { data: Int32Array; zero: number } {
  const zero = zeros[0] as number;
  if (zeros.every((other) => other === zero)) return { data: weights.data, zero };
  return { data: differences(weights.data, zeros, weights.dims[0] as number), zero: 0 };
}
