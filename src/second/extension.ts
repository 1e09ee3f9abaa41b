import * as F from './field.ts';

/** §2: an element of E = F[θ]/(θ⁴ − 3), its coordinates in order. */
export type Ext = readonly [number, number, number, number];

export const ZERO: Ext = [0, 0, 0, 0];
export const ONE: Ext = [1, 0, 0, 0];

export function embed(a: number): Ext {
  return [F.residue(a), 0, 0, 0];
}

export function add(a: Ext, b: Ext): Ext {
  return [F.add(a[0], b[0]), F.add(a[1], b[1]), F.add(a[2], b[2]), F.add(a[3], b[3])];
}

export function sub(a: Ext, b: Ext): Ext {
  return [F.sub(a[0], b[0]), F.sub(a[1], b[1]), F.sub(a[2], b[2]), F.sub(a[3], b[3])];
}

export function negate(a: Ext): Ext {
  return sub(ZERO, a);
}

function times3(a: number): number {
  return F.add(a, F.add(a, a));
}

export function mul(a: Ext, b: Ext): Ext {
  const [a0, a1, a2, a3] = a;
  const [b0, b1, b2, b3] = b;
  const over4 = F.add(F.add(F.mul(a1, b3), F.mul(a2, b2)), F.mul(a3, b1));
  const over5 = F.add(F.mul(a2, b3), F.mul(a3, b2));
  return [
    F.add(F.mul(a0, b0), times3(over4)),
    F.add(F.add(F.mul(a0, b1), F.mul(a1, b0)), times3(over5)),
    F.add(F.add(F.mul(a0, b2), F.mul(a1, b1)), F.add(F.mul(a2, b0), times3(F.mul(a3, b3)))),
    F.add(F.add(F.mul(a0, b3), F.mul(a1, b2)), F.add(F.mul(a2, b1), F.mul(a3, b0))),
  ];
}

/** A multiple by an element of F. */
export function scale(a: Ext, f: number): Ext {
  return [F.mul(a[0], f), F.mul(a[1], f), F.mul(a[2], f), F.mul(a[3], f)];
}

/** θ^q · a for q = 0 … 3. */
export function timesTheta(a: Ext, q: number): Ext {
  let [a0, a1, a2, a3] = a;
  for (let k = 0; k < q; k++) [a0, a1, a2, a3] = [times3(a3), a0, a1, a2];
  return [a0, a1, a2, a3];
}

/**
 * With φ = θ², φ² = 3: a = u + θv, (u + θv)(u − θv) = u² − φv² = w₀ + w₁φ, and (w₀ + w₁φ)(w₀ − w₁φ) = w₀² − 3w₁² is in F.
 */
export function inverse(a: Ext): Ext {
  const [u0, v0, u1, v1] = a;
  const w0 = F.sub(F.add(F.mul(u0, u0), times3(F.mul(u1, u1))), times3(F.mul(2, F.mul(v0, v1))));
  const w1 = F.sub(F.mul(2, F.mul(u0, u1)), F.add(F.mul(v0, v0), times3(F.mul(v1, v1))));
  const norm = F.inverse(F.sub(F.mul(w0, w0), times3(F.mul(w1, w1))));
  const conjugate: Ext = [u0, F.sub(0, v0), u1, F.sub(0, v1)];
  return scale(mul(conjugate, [w0, 0, F.sub(0, w1), 0]), norm);
}

export function equal(a: Ext, b: Ext): boolean {
  return a[0] === b[0] && a[1] === b[1] && a[2] === b[2] && a[3] === b[3];
}

export function isZero(a: Ext): boolean {
  return equal(a, ZERO);
}
