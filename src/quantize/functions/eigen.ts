/**
 * The functions that onnxruntime takes from Eigen, operation for operation, as its x86 builds compile them: four lanes and
 * no fused multiply-add. Source of formulas and constants: Eigen/src/Core/arch/Default/GenericPacketMathFunctions.h.
 *
 * A length that is no multiple of four leaves up to three elements to the C library, whose last bits differ now and then
 * (log1p only, as far as measured); provenn has one value for every element.
 */
import { f32 } from '../../base/rounding.ts';
import { floats, roundedPolynomial, twice } from './polynomial.ts';

const log2Reciprocal = f32(Math.LOG2E);
const log2 = f32(Math.LN2);
const [p6, p4, p2, p5, p3] = floats([0.0013744964, 0.041669652, 0.49999988, 0.008368945, 0.16666518]) as [
  number,
  number,
  number,
  number,
  number,
];

export function exp(x: number): number {
  if (x < -104) return 0;
  const value = Math.min(x, f32(88.723));
  const m = Math.floor(twice(value, log2Reciprocal, 0.5));
  const r = twice(m, f32(2.1219444e-4), twice(m, f32(-0.693359375), value));
  const square = f32(r * r);
  const even = twice(square, twice(square, p6, p4), p2);
  const odd = twice(square, p5, p3);
  const result = twice(square, twice(r, odd, even), f32(r + 1));
  return Math.max(f32(result * 2 ** m), x);
}

const logNumerator = floats([0.18256296, 1, 1]);
const logDenominator = floats([0.049616248, 0.5992325, 1.5, 1]);
const squareRootOfHalf = f32(Math.SQRT1_2);

const view = new DataView(new ArrayBuffer(4));

/** Mantissa in [0.5, 1) and exponent of a finite float32 above 0. */
function split(x: number): readonly [mantissa: number, exponent: number] {
  const subnormal = x < 2 ** -126;
  view.setFloat32(0, subnormal ? x * 2 ** 24 : x);
  const exponent = (view.getUint32(0) >>> 23) - 126;
  return [view.getFloat32(0) * 2 ** -exponent, exponent - (subnormal ? 24 : 0)];
}

export function log(x: number): number {
  if (!(x >= 0)) return NaN;
  if (x === 0) return -Infinity;
  if (x === Infinity) return x;
  const [mantissa, exponent] = split(x);
  const below = mantissa < squareRootOfHalf;
  const value = below ? f32(f32(mantissa - 1) + mantissa) : f32(mantissa - 1);
  const numerator = f32(value * roundedPolynomial(logNumerator, value));
  const quotient = f32(numerator / roundedPolynomial(logDenominator, value));
  return twice(below ? exponent - 1 : exponent, log2, quotient);
}

/** Kahan's formula: x · log(1 + x) / ((1 + x) − 1) with 1 + x rounded. */
export function log1p(x: number): number {
  const sum = f32(1 + x);
  const logarithm = log(sum);
  return sum === 1 || sum === logarithm ? x : f32(x * f32(logarithm / f32(sum - 1)));
}

const roundingBias = 12582912;
const halfPi = floats([-1.5703125, -0.00048398972, 1.6286504e-7, 5.5644316e-11]);
const cosine = floats([0.000024372266, -0.001388652, 0.04166662, -0.5, 1]);
const sine = floats([-0.0001959234, 0.008332687, -0.16666662]);

/** Beyond it Eigen reduces the argument in another way. */
export const largestAngle = 18838;

/** |x| = quarters · π/2 + rest, then one of two polynomials of the rest. */
function quarterTurns(x: number): { readonly quarters: number; readonly sin: number; readonly cos: number } {
  const size = Math.abs(x);
  const quarters = f32(f32(f32(size * f32(0.63661975)) + roundingBias) - roundingBias);
  const rest = halfPi.reduce((left, part) => twice(quarters, part, left), size);
  const square = f32(rest * rest);
  const sin = twice(f32(roundedPolynomial(sine, square) * square), rest, rest);
  return { quarters, sin, cos: roundedPolynomial(cosine, square) };
}

export function sin(x: number): number {
  const { quarters, sin, cos } = quarterTurns(x);
  const value = quarters % 2 === 0 ? sin : cos;
  const negative = x < 0 || Object.is(x, -0);
  return quarters % 4 >= 2 !== negative ? -value : value;
}

export function cos(x: number): number {
  const { quarters, sin, cos } = quarterTurns(x);
  const value = quarters % 2 === 0 ? cos : sin;
  return (quarters + 1) % 4 >= 2 ? -value : value;
}
