/** Multilinear extensions: eq tables, truncated eq, and the vectors that linear claims are made of. Points list bit 0 first. */
import { add, at, type Ext, multiply, one, put, subtract, zero } from '../../base/extension.ts';
import { add as addBase, fromInteger, mul } from '../../base/field.ts';
import { defaultKernels } from './kernels/choose.ts';

/** The number of bits b with 2^b ≥ n. */
export function bitsFor(n: number): number {
  // Beyond 2^32 the logarithm is exact at powers of two and far enough from them elsewhere.
  if (n > 2 ** 32) return Math.ceil(Math.log2(n));
  return n <= 1 ? 0 : 32 - Math.clz32(n - 1);
}

/** From here on a kernel pays for its call. */
export const manyCells = 64;

/** Σ_i weights[i]·values[from + i] for i < count: extension weights, integer values below 2^52. */
export function weightedSum(weights: Uint32Array, values: ArrayLike<number>, from: number, count: number): Ext {
  if (count >= manyCells && values instanceof Int32Array) {
    const out = new Uint32Array(4);
    defaultKernels().weightedSums(weights, values.subarray(from, from + count), count, out);
    return at(out, 0);
  }
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  for (let i = 0; i < count; i++) {
    const integer = values[from + i] as number;
    if (integer === 0) continue;
    const value = fromInteger(integer);
    s0 = addBase(s0, mul(weights[4 * i] as number, value));
    s1 = addBase(s1, mul(weights[4 * i + 1] as number, value));
    s2 = addBase(s2, mul(weights[4 * i + 2] as number, value));
    s3 = addBase(s3, mul(weights[4 * i + 3] as number, value));
  }
  return [s0, s1, s2, s3];
}

/** eq(point, x) for all x in [0, 2^bits): 4 cells each. */
export function eqTable(point: readonly Ext[], scaleBy: Ext = one): Uint32Array {
  const out = new Uint32Array(4 * 2 ** point.length);
  if (out.length >= 4 * manyCells && scaleBy === one) {
    defaultKernels().eqTable(point, out);
    return out;
  }
  put(out, 0, scaleBy);
  point.forEach((coordinate, bit) => {
    const half = 2 ** bit;
    for (let x = 0; x < half; x++) {
      const low = at(out, x);
      const high = multiply(low, coordinate);
      put(out, x, subtract(low, high));
      put(out, x + half, high);
    }
  });
  return out;
}

/** Π (a_i b_i + (1 − a_i)(1 − b_i)). */
export function eqPoints(a: readonly Ext[], b: readonly Ext[]): Ext {
  return a.reduce((total, x, i) => multiply(total, eqBit(x, b[i] as Ext)), one);
}

function eqBit(a: Ext, b: Ext): Ext {
  const ab = multiply(a, b);
  return add(subtract(subtract(one, a), b), add(ab, ab));
}

/** eq(point, bits of index). */
export function eqIndex(point: readonly Ext[], index: number): Ext {
  return point.reduce(
    (total, x, bit) => multiply(total, Math.floor(index / 2 ** bit) % 2 === 1 ? x : subtract(one, x)),
    one,
  );
}

/**
 * Σ_{i < size} eq(a, i) eq(b, i), walking the bits of `size`: below each set bit the lower coordinates sum freely.
 * O(number of coordinates).
 */
export function eqTruncated(a: readonly Ext[], b: readonly Ext[], size: number): Ext {
  if (size >= 2 ** a.length) return eqPoints(a, b);
  const low: Ext[] = [one];
  a.forEach((x, i) => low.push(multiply(low[i] as Ext, eqBit(x, b[i] as Ext))));
  let total = zero;
  let prefix = one;
  for (let i = a.length - 1; i >= 0; i--) {
    const x = a[i] as Ext;
    const y = b[i] as Ext;
    const zeros = multiply(subtract(one, x), subtract(one, y));
    if (Math.floor(size / 2 ** i) % 2 === 1) {
      total = add(total, multiply(multiply(prefix, zeros), low[i] as Ext));
      prefix = multiply(prefix, multiply(x, y));
    } else prefix = multiply(prefix, zeros);
  }
  return total;
}

/** Σ_{i < size} eq(point, i): the multilinear extension of the box's indicator. */
export function boxTruncated(point: readonly Ext[], size: number): Ext {
  let total = zero;
  let prefix = one;
  if (size >= 2 ** point.length) return one;
  for (let i = point.length - 1; i >= 0; i--) {
    const x = point[i] as Ext;
    if (Math.floor(size / 2 ** i) % 2 === 1) {
      total = add(total, multiply(prefix, subtract(one, x)));
      prefix = multiply(prefix, x);
    } else prefix = multiply(prefix, subtract(one, x));
  }
  return total;
}

/** Value at x of the polynomial of degree < values.length through (0, v₀), (1, v₁), …; Lagrange, few points. */
export function interpolate(values: readonly Ext[], x: Ext, inverses: (n: number) => number): Ext {
  let total = zero;
  values.forEach((value, i) => {
    let term = value;
    values.forEach((_, k) => {
      if (k === i) return;
      const distance = i - k;
      const factor = subtract(x, [k, 0, 0, 0]);
      const scaled = inverses(distance);
      term = multiply(multiply(term, factor), [scaled, 0, 0, 0]);
    });
    total = add(total, term);
  });
  return total;
}
