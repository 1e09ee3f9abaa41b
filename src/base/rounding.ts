/** Roundings of the int8 kernels. `f32` is Math.fround: one rounding to float32, ties to even (IEEE 754). */
export const f32: (value: number) => number = Math.fround;

/** Round half to even, for finite float64 (exact for every float32). */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const fraction = value - floor;
  if (fraction < 0.5) return floor;
  if (fraction > 0.5) return floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}

export function clamp(value: number, low: number, high: number): number {
  return value < low ? low : value > high ? high : value;
}

/** a·b + c with one rounding to float32, for finite float32 operands whose result does not overflow. */
export function fma32(a: number, b: number, c: number): number {
  // The product of two float32 is exact in float64, so only the sum can round twice: wrongly when it falls on the
  // midpoint of two float32 although its exact value, sum + rest (Knuth's TwoSum), lies beside it.
  const exact = a * b;
  const sum = exact + c;
  const nearest = f32(sum);
  const other = sum + (sum - nearest);
  if (nearest === sum || f32(other) !== other) return nearest;
  const back = sum - exact;
  const rest = exact - (sum - back) + (c - back);
  if (rest === 0) return nearest;
  return rest > 0 ? Math.max(nearest, other) : Math.min(nearest, other);
}

/**
 * QuantizeLinear: clip(rhe(f32(x / scale)) + zero), with a true division; NaN gives `low`, infinities saturate.
 * `x` and `scale` are float32. Source: ONNX QuantizeLinear as onnxruntime's CPU kernel computes it.
 */
export function quantizeLinear(x: number, scale: number, zero: number, low: number, high: number): number {
  if (Number.isNaN(x)) return low;
  const ratio = f32(x / scale);
  if (!Number.isFinite(ratio)) return ratio > 0 ? high : low;
  return clamp(roundHalfEven(ratio) + zero, low, high);
}

/** DequantizeLinear: f32(f32(q − zero)·scale). */
export function dequantizeLinear(q: number, scale: number, zero: number): number {
  return f32(f32(q - zero) * scale);
}
