/** QLinearAdd on two bytes: rounding family B with fused multiply-adds, as onnxruntime's AVX2 kernel computes it. */
import { clamp, f32, fma32, roundHalfEven } from '../../base/rounding.ts';
import type { Shape } from '../../base/tensor.ts';
import type { QLinearAddAttrs } from './attrs.ts';

/** The sum of two raw bytes. */
export type Addition = (a: number, b: number) => number;

/**
 * clip(rhe(fma(a, ra, fma(b, rb, c)))) with ra = f32(as/ys), rb = f32(bs/ys), c = f32(yz − fma(ra, az, f32(rb·bz))).
 * `swapped` says that a and b play each other's part.
 */
export function addition(attrs: QLinearAddAttrs, swapped: boolean): Addition {
  const { yScale, yZero, low, high } = attrs;
  const a = { ratio: f32(attrs.aScale / yScale), zero: attrs.aZero };
  const b = { ratio: f32(attrs.bScale / yScale), zero: attrs.bZero };
  const [outer, inner] = swapped ? [b, a] : [a, b];
  const constant = f32(yZero - fma32(outer.ratio, outer.zero, f32(inner.ratio * inner.zero)));
  const sum = (x: number, y: number): number => {
    return clamp(roundHalfEven(fma32(x, outer.ratio, fma32(y, inner.ratio, constant))), low, high);
  };
  return swapped ? (x, y) => sum(y, x) : sum;
}

/** A dimension of a shape aligned on the right with one of `rank` dimensions. */
function aligned(dims: Shape, rank: number, dim: number): number {
  return dims[dim - rank + dims.length] ?? 1;
}

/**
 * onnxruntime runs along the innermost dimensions that broadcast alike; when its left operand is a single element there, it
 * calls the kernel with the operands exchanged. Found on the first dimension from the right where the sizes are not both 1.
 */
export function isSwapped(a: Shape, b: Shape): boolean {
  const rank = Math.max(a.length, b.length);
  for (let dim = rank - 1; dim >= 0; dim--) {
    const [sizeA, sizeB] = [aligned(a, rank, dim), aligned(b, rank, dim)];
    if (sizeA !== 1 || sizeB !== 1) return sizeA === 1;
  }
  return false;
}

/** Shape of the sum, or null when the operands do not broadcast. */
export function broadcast(a: Shape, b: Shape): number[] | null {
  const rank = Math.max(a.length, b.length);
  const out: number[] = [];
  for (let dim = 0; dim < rank; dim++) {
    const [sizeA, sizeB] = [aligned(a, rank, dim), aligned(b, rank, dim)];
    if (sizeA !== sizeB && sizeA !== 1 && sizeB !== 1) return null;
    out.push(Math.max(sizeA, sizeB));
  }
  return out;
}
