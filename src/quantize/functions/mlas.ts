/**
 * The functions that onnxruntime computes with MLAS's own kernels, operation for operation: rational approximations
 * evaluated with fused multiply-adds. A correctly rounded value would differ in up to half of all arguments, and now and
 * then in a quantized byte. Source of formulas and constants: onnxruntime/core/mlas/lib (tanh, logistic, erf, compute).
 */
import { clamp, f32, fma32 } from '../../base/rounding.ts';
import { floats, fusedPolynomial } from './polynomial.ts';

const tanhNumerator = floats([
  -2.7607684e-16, 2.000188e-13, -8.604672e-11, 5.1222973e-8, 0.0000148572235, 0.00063726195, 0.0048935246,
]);
const tanhDenominator = floats([0.0000011982584, 0.00011853471, 0.0022684347, 0.004893525]);

export function tanh(x: number): number {
  const value = clamp(x, -9, 9);
  const square = f32(value * value);
  return f32(f32(fusedPolynomial(tanhNumerator, square) * value) / fusedPolynomial(tanhDenominator, square));
}

const logisticNumerator = floats([4.37031e-11, 1.1562732e-7, 0.00006085749, 0.008513771, 0.24828795]);
const logisticDenominator = floats([6.1024737e-13, 5.7610214e-9, 0.000006291068, 0.0017019882, 0.11681765, 0.9931519]);

export function logistic(x: number): number {
  const value = clamp(x, -18, 18);
  const square = f32(value * value);
  const odd = f32(
    f32(fusedPolynomial(logisticNumerator, square) * value) / fusedPolynomial(logisticDenominator, square),
  );
  return clamp(f32(odd + 0.5), 0, 1);
}

/** Adding and subtracting it rounds a small float32 to an integer. */
const roundingBias = 12582912;
const log2Reciprocal = f32(Math.LOG2E);
const minusLog2High = f32(-0.693145752);
const minusLog2Low = f32(-1.42860677e-6);

/** 2^m · polynomial(r) for value = m·log 2 + r. */
function scaledExponential(value: number, polynomial: readonly number[]): number {
  const m = f32(fma32(value, log2Reciprocal, roundingBias) - roundingBias);
  const r = fma32(m, minusLog2Low, fma32(m, minusLog2High, value));
  return f32(fusedPolynomial(polynomial, r) * 2 ** m);
}

const expPolynomial = floats([
  0x1694000 * 2 ** -34,
  0x1125edc * 2 ** -31,
  0x1555b5a * 2 ** -29,
  0x1555450 * 2 ** -27,
  0x1fffff6 * 2 ** -26,
  1,
  1,
]);

export function exp(x: number): number {
  return scaledExponential(clamp(x, f32(-103.972084), f32(88.77626)), expPolynomial);
}

const erfSmall = floats([-5.99104969e-4, 4.99339588e-3, -2.67667342e-2, 1.12818025e-1, -3.76124859e-1, 1.28379151e-1]);
const erfBig = floats([
  1.7294893e-5, -3.8320868e-4, 3.88393435e-3, -2.42545605e-2, 1.06777847e-1, 6.34846687e-1, 1.28717512e-1,
]);
const erfExponential = floats([1.38319808e-3, 8.37550033e-3, 4.16689515e-2, 1.66664466e-1, 4.99999851e-1, 1, 1]);

export function erf(x: number): number {
  const size = Math.min(f32(3.925), Math.abs(x));
  const value = size > 0.921875 ? erfTail(size) : fma32(fusedPolynomial(erfSmall, f32(size * size)), size, size);
  return x < 0 || Object.is(x, -0) ? -value : value;
}

function erfTail(size: number): number {
  const exponent = fma32(fusedPolynomial(erfBig, size), size, size);
  return f32(1 - scaledExponential(Math.max(f32(-88.37626), -exponent), erfExponential));
}
