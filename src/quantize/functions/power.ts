/**
 * Pow on float32. onnxruntime multiplies for the exponents 2 and 3 and asks the C library otherwise; glibc's powf is within
 * 0.52 units in the last place, so it is nearly always the correctly rounded value that this file computes. Only + − × ÷ on
 * float64 are used: the same bits in every engine, which Math.pow does not promise.
 */
import { f32 } from '../../base/rounding.ts';

const view = new DataView(new ArrayBuffer(8));

/** x = mantissa · 2^exponent with the mantissa in [√½, √2), for a finite float64 above 0 that is not subnormal. */
function split(x: number): readonly [mantissa: number, exponent: number] {
  view.setFloat64(0, x);
  const exponent = ((view.getUint32(0) >>> 20) & 0x7ff) - 1023;
  const mantissa = x / 2 ** exponent;
  return mantissa > Math.SQRT2 ? [mantissa / 2, exponent + 1] : [mantissa, exponent];
}

/** log m = 2·atanh((m − 1)/(m + 1)), m in [√½, √2): the series to the 25th power is exact to float64. */
function logarithm(mantissa: number): number {
  const t = (mantissa - 1) / (mantissa + 1);
  const square = t * t;
  let sum = 0;
  for (let k = 25; k >= 1; k -= 2) sum = sum * square + 1 / k;
  return 2 * t * sum;
}

/** ln 2 as a sum whose first term has few bits: a multiple of it by a small integer is exact. */
const ln2High = 0x162e42fee * 2 ** -33;
const ln2Low = 1.9082149292705877e-10;

/** e^x for |x| below 745, from x = m·ln 2 + r by the power series of e^r. */
function exponential(x: number): number {
  const m = Math.round(x / Math.LN2);
  const r = x - m * ln2High - m * ln2Low;
  let sum = 1;
  for (let k = 20; k >= 1; k--) sum = 1 + (sum * r) / k;
  return sum * 2 ** m;
}

/** |x|^y for finite x other than 0. */
function positivePower(x: number, y: number): number {
  const [mantissa, exponent] = split(x);
  const scaled = y * (exponent * ln2High + (exponent * ln2Low + logarithm(mantissa)));
  if (scaled > 100) return Infinity;
  return scaled < -120 ? 0 : f32(exponential(scaled));
}

export function power(x: number, y: number): number {
  if (y === 2) return f32(x * x);
  if (y === 3) return f32(f32(x * x) * x);
  if (y === 0 || x === 1) return 1;
  if (Number.isNaN(x) || Number.isNaN(y)) return NaN;
  // IEEE 754 fixes the values at zeros and infinities: every engine has them.
  if (x === 0 || !Number.isFinite(x) || !Number.isFinite(y)) return x === -1 ? 1 : x ** y;
  if (x > 0) return positivePower(x, y);
  if (!Number.isInteger(y)) return NaN;
  return y % 2 === 0 ? positivePower(-x, y) : -positivePower(-x, y);
}
