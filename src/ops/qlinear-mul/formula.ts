/** QLinearMul as a function of the product of centred bytes. */
import { clamp, f32, roundHalfEven } from '../../base/rounding.ts';
import type { QLinearMulAttrs } from './attrs.ts';

export function ratioOf({ aScale, bScale, yScale }: QLinearMulAttrs): number {
  return f32(f32(aScale * bScale) / yScale);
}

/**
 * Rounding family B: clip(rhe(f32(f32(product·r) + zero))) with r = f32(f32(as·bs)/ys). The product of two bytes is exact
 * in float32 and every further step is monotone in it. Source: MLAS's QLinearMul kernel.
 */
export function rescaled(attrs: QLinearMulAttrs): (product: number) => number {
  const ratio = ratioOf(attrs);
  const { yZero, low, high } = attrs;
  return (product) => clamp(roundHalfEven(f32(f32(product * ratio) + yZero)), low, high);
}
