/** Quantization of bytes and biases with the formulas of onnxruntime; one rounding to float32 per written operation. */
import { dequantizeLinear, f32, quantizeLinear, roundHalfEven } from '../base/rounding.ts';
import { dtypeRange } from '../base/tensor.ts';
import type { ByteDtype } from '../ops/attributes.ts';

/** Scale (float32, above 0) and zero point of one tensor of bytes. */
export type ByteQuantization = { readonly scale: number; readonly zeroPoint: number; readonly dtype: ByteDtype };

/** The byte nearest to a float32 value. */
export function quantizeByte(value: number, to: ByteQuantization): number {
  const [low, high] = dtypeRange[to.dtype];
  return quantizeLinear(value, to.scale, to.zeroPoint, low, high);
}

/** The 256 floats a byte can stand for, in increasing order of the byte. */
export function dequantizedBytes(from: ByteQuantization): Float32Array {
  const [low] = dtypeRange[from.dtype];
  return Float32Array.from({ length: 256 }, (_, i) => dequantizeLinear(low + i, from.scale, from.zeroPoint));
}

/** rhe(f32(bias / f32(xScale · wScale))): how onnxruntime turns a float bias into accumulator units. */
export function quantizeBias(bias: number, xScale: number, wScale: number): number {
  return roundHalfEven(f32(bias / f32(xScale * wScale)));
}

/**
 * Whether quantization alone already confines values to [low, high]: both ends quantize to the ends of the type or beyond.
 * Quantization is increasing, so then quantize(clip(v)) = quantize(v) for every v. It is onnxruntime's own test for
 * dropping a Relu or Clip before QuantizeLinear.
 */
export function impliesClip(to: ByteQuantization, low: number, high: number): boolean {
  const [lowest, highest] = dtypeRange[to.dtype];
  const end = (bound: number): number => {
    const quotient = f32(bound / to.scale);
    return Number.isFinite(quotient) ? roundHalfEven(quotient) + to.zeroPoint : quotient;
  };
  return end(low) <= lowest && end(high) >= highest;
}
