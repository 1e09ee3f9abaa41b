/** QLinearAdd on two bytes: rounding family B with fused multiply-adds, as onnxruntime's AVX2 kernel computes it. */
import { clamp, f32, fma32, roundHalfEven } from '../../base/rounding.ts';
import type { Shape } from '../../base/tensor.ts';
import type { PairFormula } from '../affine-form.ts';
import { alignedSize } from '../broadcast.ts';
import type { QLinearAddAttrs } from './attrs.ts';

/**
 * clip(rhe(fma(a, ra, fma(b, rb, c)))) with ra = f32(as/ys), rb = f32(bs/ys), c = f32(yz − fma(ra, az, f32(rb·bz))).
 * `swapped` says that a and b play each other's part.
 */
export function addition(attrs: QLinearAddAttrs, swapped: boolean): PairFormula {
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

/**
 * onnxruntime runs along the innermost dimensions that broadcast alike; when its left operand is a single element there, it
 * calls the kernel with the operands exchanged. Found on the first dimension from the right where the sizes are not both 1.
 */
export function isSwapped(a: Shape, b: Shape): boolean {
  const rank = Math.max(a.length, b.length);
  for (let dim = rank - 1; dim >= 0; dim--) {
    const [sizeA, sizeB] = [alignedSize(a, rank, dim), alignedSize(b, rank, dim)];
    if (sizeA !== 1 || sizeB !== 1) return sizeA === 1;
  }
  return false;
}
