/**
 * The product of optimal ate pairings on BN254, and whether it is 1.
 *
 * F_p¹² is F_p²[w]/(w⁶ − ξ); a point (x, y) of the twist stands for (x·w², y·w³). A line of slope λ through T, at P, is
 * y_P − λ·x_P·w + (λ·x_T − y_T)·w³; vertical lines lie in a subfield and vanish in the final power.
 * Source: Vercauteren, "Optimal pairings" (2010), and Beuchat et al. (2010) for BN curves.
 */
import {
  conjugate2,
  type Fp2,
  field2,
  frobeniusFactor,
  frobeniusFactor2,
  type G1,
  type G2,
  multiply2,
  one2,
  onLine,
  P,
  scale2,
  slope,
  subtract2,
  zero2,
} from './bn254.ts';
import { R } from './prime-field.ts';

/** Coefficients of 1, w, …, w⁵. */
type Fp12 = readonly Fp2[];

const one12: Fp12 = [one2, zero2, zero2, zero2, zero2, zero2];

/** Coefficients are summed unreduced and reduced once: products of F_p elements stay small BigInts. */
function multiply12(a: Fp12, b: Fp12): Fp12 {
  const real = new Array<bigint>(11).fill(0n);
  const imaginary = new Array<bigint>(11).fill(0n);
  for (let i = 0; i < 6; i++) {
    const [a0, a1] = a[i] as Fp2;
    if (a0 === 0n && a1 === 0n) continue;
    for (let j = 0; j < 6; j++) {
      const [b0, b1] = b[j] as Fp2;
      if (b0 === 0n && b1 === 0n) continue;
      real[i + j] = (real[i + j] as bigint) + a0 * b0 - a1 * b1;
      imaginary[i + j] = (imaginary[i + j] as bigint) + a0 * b1 + a1 * b0;
    }
  }
  return Array.from({ length: 6 }, (_, k): Fp2 => {
    const [r, i] = [real[k] as bigint, imaginary[k] as bigint];
    const [hr, hi] = [real[k + 6] ?? 0n, imaginary[k + 6] ?? 0n];
    const [c0, c1] = [(r + 9n * hr - hi) % P, (i + hr + 9n * hi) % P];
    return [c0 < 0n ? c0 + P : c0, c1 < 0n ? c1 + P : c1];
  });
}

/** 6u + 2 for the parameter u = 4965661367192848881 of the curve. */
const loop = 6n * 4965661367192848881n + 2n;

type Affine2 = NonNullable<G2>;

/** The line through a and b of the twist at p, and a + b. */
function lineAt(a: Affine2, b: Affine2, p: NonNullable<G1>): { readonly value: Fp12; readonly sum: Affine2 } {
  const m = slope(field2, a, b);
  // Points of order R meet no vertical line before the end of the loop; a key or proof outside the group was refused.
  if (m === null) throw new RangeError('a vertical line in the Miller loop');
  const value = [[p.y, 0n] as const, scale2(m, P - p.x), zero2, subtract2(multiply2(m, a.x), a.y), zero2, zero2];
  return { value, sum: onLine(field2, m, a, b) };
}

const frobenius = { x: frobeniusFactor(3n), y: frobeniusFactor(2n), x2: frobeniusFactor2(3n) };

function millerLoop(p: NonNullable<G1>, q: Affine2): Fp12 {
  let value = one12;
  let point = q;
  const step = (b: Affine2): void => {
    const line = lineAt(point, b, p);
    value = multiply12(value, line.value);
    point = line.sum;
  };
  for (const bit of loop.toString(2).slice(1)) {
    value = multiply12(value, value);
    step(point);
    if (bit === '1') step(q);
  }
  // The Frobenius images of q, the second one negated: its y would change sign once more.
  step({ x: multiply2(conjugate2(q.x), frobenius.x), y: multiply2(conjugate2(q.y), frobenius.y) });
  step({ x: scale2(q.x, frobenius.x2), y: q.y });
  return value;
}

/** (p⁶ + 1) / R: what remains of the final power after p⁶ − 1. */
const finalExponent = (P ** 6n + 1n) / R;

/**
 * Whether Π e(p, q) = 1. With g = f^((p⁶+1)/R) the product's final value is g^(p⁶−1), which is 1 exactly when the p⁶-th power,
 * which negates w, leaves g as it is: when its odd coefficients are 0.
 */
export function pairingProductIsOne(pairs: readonly (readonly [G1, G2])[]): boolean {
  let value = one12;
  for (const [p, q] of pairs) if (p !== null && q !== null) value = multiply12(value, millerLoop(p, q));
  let result = one12;
  for (const bit of finalExponent.toString(2)) {
    result = multiply12(result, result);
    if (bit === '1') result = multiply12(result, value);
  }
  const isZero = ([c0, c1]: Fp2): boolean => c0 === 0n && c1 === 0n;
  return [1, 3, 5].every((k) => isZero(result[k] as Fp2)) && ![0, 2, 4].every((k) => isZero(result[k] as Fp2));
}
