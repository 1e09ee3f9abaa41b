/**
 * BN254 (alt_bn128 of EIP-196 and EIP-197) as the verifier needs it: both groups in affine coordinates, on BigInt.
 *
 * G1: y² = x³ + 3 over F_p. G2: y² = x³ + 3/ξ over F_p² = F_p[i]/(i² + 1), ξ = 9 + i, of which only the subgroup of order R
 * counts. Bytes are those of EIP-197: big-endian coordinates, the imaginary part of an F_p² element first.
 */
import { BytesError } from '../../base/bytes.ts';
import { fromBytes, invert, R, toBytes } from './prime-field.ts';

/** The prime of the coordinates. */
export const P: bigint = 21888242871839275222246405745257275088696311157297823662689037894645226208583n;

/** c0 + c1·i. */
export type Fp2 = readonly [c0: bigint, c1: bigint];

/** A point, or null for the one at infinity. */
export type Point<F> = { readonly x: F; readonly y: F } | null;
export type G1 = Point<bigint>;
export type G2 = Point<Fp2>;

const mod = (x: bigint): bigint => {
  const rest = x % P;
  return rest < 0n ? rest + P : rest;
};

export const zero2: Fp2 = [0n, 0n];
export const one2: Fp2 = [1n, 0n];

export const add2 = (a: Fp2, b: Fp2): Fp2 => [mod(a[0] + b[0]), mod(a[1] + b[1])];
export const subtract2 = (a: Fp2, b: Fp2): Fp2 => [mod(a[0] - b[0]), mod(a[1] - b[1])];
export const scale2 = (a: Fp2, k: bigint): Fp2 => [mod(a[0] * k), mod(a[1] * k)];
export const conjugate2 = (a: Fp2): Fp2 => [a[0], mod(-a[1])];
export const multiply2 = (a: Fp2, b: Fp2): Fp2 => [mod(a[0] * b[0] - a[1] * b[1]), mod(a[0] * b[1] + a[1] * b[0])];
export const equal2 = (a: Fp2, b: Fp2): boolean => a[0] === b[0] && a[1] === b[1];

export function invert2(a: Fp2): Fp2 {
  const norm = invert(a[0] * a[0] + a[1] * a[1], P);
  return [mod(a[0] * norm), mod(-a[1] * norm)];
}

export function power2(base: Fp2, exponent: bigint): Fp2 {
  let result = one2;
  let square = base;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = multiply2(result, square);
    square = multiply2(square, square);
  }
  return result;
}

/** ξ, of which F_p¹² takes the sixth root. */
export const xi: Fp2 = [9n, 1n];

/** The coordinate field of a group, as its formulas need it. */
export type Coordinates<F> = {
  readonly add: (a: F, b: F) => F;
  readonly subtract: (a: F, b: F) => F;
  readonly multiply: (a: F, b: F) => F;
  readonly invert: (a: F) => F;
  readonly equal: (a: F, b: F) => boolean;
  readonly zero: F;
  /** Right-hand constant of the curve. */
  readonly b: F;
};

export const field1: Coordinates<bigint> = {
  add: (a, b) => mod(a + b),
  subtract: (a, b) => mod(a - b),
  multiply: (a, b) => mod(a * b),
  invert: (a) => invert(a, P),
  equal: (a, b) => a === b,
  zero: 0n,
  b: 3n,
};

export const field2: Coordinates<Fp2> = {
  add: add2,
  subtract: subtract2,
  multiply: multiply2,
  invert: invert2,
  equal: equal2,
  zero: zero2,
  b: multiply2([3n, 0n], invert2(xi)),
};

/** Slope of the tangent at a point, or of the chord through two; null when it is vertical. */
export function slope<F>(f: Coordinates<F>, a: NonNullable<Point<F>>, b: NonNullable<Point<F>>): F | null {
  if (!f.equal(a.x, b.x)) return f.multiply(f.subtract(b.y, a.y), f.invert(f.subtract(b.x, a.x)));
  if (!f.equal(a.y, b.y) || f.equal(a.y, f.zero)) return null;
  const square = f.multiply(a.x, a.x);
  return f.multiply(f.add(square, f.add(square, square)), f.invert(f.add(a.y, a.y)));
}

/** The third point of a line of that slope through a and b, reflected: a + b. */
export function onLine<F>(
  f: Coordinates<F>,
  m: F,
  a: NonNullable<Point<F>>,
  b: NonNullable<Point<F>>,
): NonNullable<Point<F>> {
  const x = f.subtract(f.subtract(f.multiply(m, m), a.x), b.x);
  return { x, y: f.subtract(f.multiply(m, f.subtract(a.x, x)), a.y) };
}

export function addPoints<F>(f: Coordinates<F>, a: Point<F>, b: Point<F>): Point<F> {
  if (a === null || b === null) return a ?? b;
  const m = slope(f, a, b);
  return m === null ? null : onLine(f, m, a, b);
}

export function multiplyPoint<F>(f: Coordinates<F>, point: Point<F>, scalar: bigint): Point<F> {
  let result: Point<F> = null;
  let double = point;
  for (let rest = scalar; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = addPoints(f, result, double);
    if (rest > 1n) double = addPoints(f, double, double);
  }
  return result;
}

/** X/Z², Y/Z³; Z = 0 at infinity. Spares the inversion of every affine addition. */
type Jacobian = readonly [x: bigint, y: bigint, z: bigint];

const infinity: Jacobian = [1n, 1n, 0n];

function doubled([x, y, z]: Jacobian): Jacobian {
  const square = mod(y * y);
  const s = mod(4n * x * square);
  const m = mod(3n * x * x);
  const x3 = mod(m * m - 2n * s);
  return [x3, mod(m * (s - x3) - 8n * square * square), mod(2n * y * z)];
}

function addedAffine(sum: Jacobian, point: NonNullable<G1>): Jacobian {
  const [x, y, z] = sum;
  if (z === 0n) return [point.x, point.y, 1n];
  const zz = mod(z * z);
  const h = mod(point.x * zz - x);
  const r = mod(point.y * zz * z - y);
  if (h === 0n) return r === 0n ? doubled(sum) : infinity;
  const hh = mod(h * h);
  const v = mod(x * hh);
  const x3 = mod(r * r - hh * h - 2n * v);
  return [x3, mod(r * (v - x3) - y * hh * h), mod(z * h)];
}

/** Σ scalars[i] · points[i] in G1, all doublings shared. */
export function combine1(points: readonly NonNullable<G1>[], scalars: readonly bigint[]): G1 {
  let sum = infinity;
  for (let bit = 253n; bit >= 0n; bit--) {
    sum = doubled(sum);
    points.forEach((point, i) => {
      if (((scalars[i] as bigint) >> bit) & 1n) sum = addedAffine(sum, point);
    });
  }
  const [x, y, z] = sum;
  if (z === 0n) return null;
  const inverse = invert(z, P);
  const square = mod(inverse * inverse);
  return { x: mod(x * square), y: mod(y * square * inverse) };
}

export function isOnCurve<F>(f: Coordinates<F>, { x, y }: NonNullable<Point<F>>): boolean {
  return f.equal(f.multiply(y, y), f.add(f.multiply(f.multiply(x, x), x), f.b));
}

export const generator1: NonNullable<G1> = { x: 1n, y: 2n };
export const generator2: NonNullable<G2> = {
  x: [
    10857046999023057135944570762232829481370756359578518086990519993285655852781n,
    11559732032986387107991004021392285783925812861821192530917403151452391805634n,
  ],
  y: [
    8495653923123431417604973247489272438418190587263600148770280649306958101930n,
    4082367875863433681332203403145435568316851327593401208105741076214120093531n,
  ],
};

export const g1Bytes = 64;
export const g2Bytes = 128;

function coordinate(bytes: Uint8Array): bigint {
  const value = fromBytes(bytes.slice().reverse());
  if (value >= P) throw new BytesError('a coordinate is not canonical');
  return value;
}

const coordinateBytes = (x: bigint): Uint8Array => toBytes(x).reverse();

/** A point of G1 other than infinity. Throws `BytesError`. */
export function readG1(bytes: Uint8Array): NonNullable<G1> {
  const point = { x: coordinate(bytes.subarray(0, 32)), y: coordinate(bytes.subarray(32, 64)) };
  if (!isOnCurve(field1, point)) throw new BytesError('a point is not on the curve');
  return point;
}

/** A point of the subgroup G2 other than infinity. The curve has other points, so its order is checked. Throws `BytesError`. */
export function readG2(bytes: Uint8Array): NonNullable<G2> {
  const at = (i: number): bigint => coordinate(bytes.subarray(32 * i, 32 * i + 32));
  const point = { x: [at(1), at(0)] as const, y: [at(3), at(2)] as const };
  if (!isOnCurve(field2, point)) throw new BytesError('a point is not on the curve');
  if (multiplyPoint(field2, point, R) !== null) throw new BytesError('a point is not in the group');
  return point;
}

export function writeG1({ x, y }: NonNullable<G1>): Uint8Array {
  return Uint8Array.from([...coordinateBytes(x), ...coordinateBytes(y)]);
}

export function writeG2({ x, y }: NonNullable<G2>): Uint8Array {
  return Uint8Array.from([x[1], x[0], y[1], y[0]].flatMap((value) => [...coordinateBytes(value)]));
}

export const negate1 = ({ x, y }: NonNullable<G1>): NonNullable<G1> => ({ x, y: mod(-y) });

/** ξ^((p − 1)/k): what Frobenius multiplies a twisted coordinate by. */
export function frobeniusFactor(k: bigint): Fp2 {
  return power2(xi, (P - 1n) / k);
}

/** The same for Frobenius twice: an element of F_p. */
export function frobeniusFactor2(k: bigint): bigint {
  // ξ^((p²−1)/k) is the norm-like product of the single factor and its conjugate.
  const single = frobeniusFactor(k);
  return multiply2(single, conjugate2(single))[0];
}
