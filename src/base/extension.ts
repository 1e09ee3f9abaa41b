/**
 * E = F[θ]/(θ⁴ − 3), the degree-4 extension of KoalaBear; |E| ≈ 2^123.95.
 *
 * x⁴ − 3 is irreducible because 3 generates F* and 4 divides p − 1 (Lidl & Niederreiter, Theorem 3.75).
 * Scalars are 4-tuples of canonical field elements; vectors are Uint32Arrays of 4 cells per element, coordinate 0 first.
 */
import { inv, mul, neg, P, sub } from './field.ts';

export type Ext = readonly [number, number, number, number];

export const zero: Ext = [0, 0, 0, 0];
export const one: Ext = [1, 0, 0, 0];

const INVERSE = 1 / P;

export function fromBase(a: number): Ext {
  return [a, 0, 0, 0];
}

export function isZero(a: Ext): boolean {
  return a[0] === 0 && a[1] === 0 && a[2] === 0 && a[3] === 0;
}

export function equal(a: Ext, b: Ext): boolean {
  return a[0] === b[0] && a[1] === b[1] && a[2] === b[2] && a[3] === b[3];
}

function reduceSum(sum: number): number {
  return sum >= P ? sum - P : sum;
}

export function add(a: Ext, b: Ext): Ext {
  return [reduceSum(a[0] + b[0]), reduceSum(a[1] + b[1]), reduceSum(a[2] + b[2]), reduceSum(a[3] + b[3])];
}

function reduceDifference(difference: number): number {
  return difference < 0 ? difference + P : difference;
}

export function subtract(a: Ext, b: Ext): Ext {
  return [
    reduceDifference(a[0] - b[0]),
    reduceDifference(a[1] - b[1]),
    reduceDifference(a[2] - b[2]),
    reduceDifference(a[3] - b[3]),
  ];
}

export function negate(a: Ext): Ext {
  return [neg(a[0]), neg(a[1]), neg(a[2]), neg(a[3])];
}

/**
 * low + 2^16·high mod p for integers 0 ≤ low, high < 2^51, by float64 arithmetic that stays exact: the first reduction
 * leaves |r| < 2p, so 2^16·r + low is below 2^52, and each quotient is off by at most one.
 */
export function reduceSplit(low: number, high: number): number {
  const rest = high - Math.floor(high * INVERSE) * P;
  const sum = rest * 65536 + low;
  const out = sum - Math.floor(sum * INVERSE) * P;
  return out < 0 ? out + P : out >= P ? out - P : out;
}

/** Product. The right factor is cut into 16-bit halves so that every partial sum is an exact float64. */
export function multiply(a: Ext, b: Ext): Ext {
  const [a0, a1, a2, a3] = a;
  const l0 = b[0] & 65535;
  const l1 = b[1] & 65535;
  const l2 = b[2] & 65535;
  const l3 = b[3] & 65535;
  const h0 = b[0] >>> 16;
  const h1 = b[1] >>> 16;
  const h2 = b[2] >>> 16;
  const h3 = b[3] >>> 16;
  return [
    reduceSplit(a0 * l0 + 3 * (a1 * l3 + a2 * l2 + a3 * l1), a0 * h0 + 3 * (a1 * h3 + a2 * h2 + a3 * h1)),
    reduceSplit(a0 * l1 + a1 * l0 + 3 * (a2 * l3 + a3 * l2), a0 * h1 + a1 * h0 + 3 * (a2 * h3 + a3 * h2)),
    reduceSplit(a0 * l2 + a1 * l1 + a2 * l0 + 3 * (a3 * l3), a0 * h2 + a1 * h1 + a2 * h0 + 3 * (a3 * h3)),
    reduceSplit(a0 * l3 + a1 * l2 + a2 * l1 + a3 * l0, a0 * h3 + a1 * h2 + a2 * h1 + a3 * h0),
  ];
}

/** Product with a field element. */
export function scale(a: Ext, factor: number): Ext {
  return [mul(a[0], factor), mul(a[1], factor), mul(a[2], factor), mul(a[3], factor)];
}

/** Inverse through the tower F ⊂ F[θ²] ⊂ E; the inverse of 0 is 0. */
export function inverse(a: Ext): Ext {
  // a = A + Bθ with A = a0 + a2 φ, B = a1 + a3 φ, φ = θ², φ² = 3; the norm to F[φ] is A² − φB² = n0 + n1 φ.
  const [a0, a1, a2, a3] = a;
  const n0 = sub((mul(a0, a0) + 3 * mul(a2, a2)) % P, mul(6, mul(a1, a3)));
  const n1 = sub(mul(2, mul(a0, a2)), (mul(a1, a1) + 3 * mul(a3, a3)) % P);
  const norm = inv(sub(mul(n0, n0), mul(3, mul(n1, n1))));
  const m0 = mul(n0, norm);
  const m1 = neg(mul(n1, norm));
  // (A − Bθ)(m0 + m1 φ)
  return multiply([a0, neg(a1), a2, neg(a3)], [m0, 0, m1, 0]);
}

/** Element `index` of a vector of 4-cell elements. */
export function at(vector: Uint32Array, index: number): Ext {
  const i = 4 * index;
  return [vector[i] as number, vector[i + 1] as number, vector[i + 2] as number, vector[i + 3] as number];
}

export function put(vector: Uint32Array, index: number, value: Ext): void {
  const i = 4 * index;
  vector[i] = value[0];
  vector[i + 1] = value[1];
  vector[i + 2] = value[2];
  vector[i + 3] = value[3];
}

/** A vector of 4-cell elements from scalars. */
export function toVector(values: readonly Ext[]): Uint32Array {
  const out = new Uint32Array(4 * values.length);
  values.forEach((value, i) => put(out, i, value));
  return out;
}
