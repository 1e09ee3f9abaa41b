/** Horner's rule in float32, coefficients from the highest power down: with fused multiply-adds, or rounding every step. */
import { f32, fma32 } from '../../base/rounding.ts';

/** a·b + c, rounded after the product and after the sum. */
export function twice(a: number, b: number, c: number): number {
  return f32(f32(a * b) + c);
}

export function fusedPolynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((sum, coefficient) => fma32(sum, x, coefficient));
}

export function roundedPolynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((sum, coefficient) => twice(sum, x, coefficient));
}

/** Constants as the float32 values they are in a kernel. */
export function floats(values: readonly number[]): readonly number[] {
  return values.map(f32);
}
