// Kernels on vectors of extension elements, 16 bytes each. Meaning: src/backends/transparent/kernels/reference.ts.
import { add, montgomery, P, R2, R3, reduce, subtract } from '../field';

const scratch: usize = memory.data(128, 16);

/** out = a·b·R⁻¹ in E; `out` may be a factor. */
function multiply(out: usize, a: usize, b: usize): void {
  const a0 = u64(load<u32>(a)), a1 = u64(load<u32>(a, 4)), a2 = u64(load<u32>(a, 8)), a3 = u64(load<u32>(a, 12));
  const b0 = load<u32>(b), b1 = load<u32>(b, 4), b2 = load<u32>(b, 8), b3 = load<u32>(b, 12);
  const t1 = u64(add(add(b1, b1), b1)), t2 = u64(add(add(b2, b2), b2)), t3 = u64(add(add(b3, b3), b3));
  store<u32>(out, reduce(a0 * u64(b0) + a1 * t3 + a2 * t2 + a3 * t1));
  store<u32>(out, reduce(a0 * u64(b1) + a1 * u64(b0) + a2 * t3 + a3 * t2), 4);
  store<u32>(out, reduce(a0 * u64(b2) + a1 * u64(b1) + a2 * u64(b0) + a3 * t3), 8);
  store<u32>(out, reduce(a0 * u64(b3) + a1 * u64(b2) + a2 * u64(b1) + a3 * u64(b0)), 12);
}

/** out = a·factor·R⁻¹ for a field element. */
// @ts-ignore: decorator
@inline
function scale(out: usize, a: usize, factor: u32): void {
  for (let c: usize = 0; c < 16; c += 4) store<u32>(out + c, montgomery(load<u32>(a + c), factor));
}

// @ts-ignore: decorator
@inline
function sum(out: usize, a: usize, b: usize): void {
  for (let c: usize = 0; c < 16; c += 4) store<u32>(out + c, add(load<u32>(a + c), load<u32>(b + c)));
}

// @ts-ignore: decorator
@inline
function difference(out: usize, a: usize, b: usize): void {
  for (let c: usize = 0; c < 16; c += 4) store<u32>(out + c, subtract(load<u32>(a + c), load<u32>(b + c)));
}

/** A factor times R, in the first scratch element. */
function prepared(factor: usize): usize {
  scale(scratch, factor, R2);
  return scratch;
}

// Kernels that pair x with x + half take the distance `half` and the `count` of pairs apart, so that a range of them can be done alone.

export function foldHigh(vector: usize, half: u32, factor: usize, count: u32): void {
  const z = prepared(factor);
  const s = scratch + 16;
  const size = usize(half) << 4;
  for (const end = vector + (usize(count) << 4); vector < end; vector += 16) {
    difference(s, vector + size, vector);
    multiply(s, s, z);
    sum(vector, vector, s);
  }
}

/** out[x] for x < count; the sources may be ahead in the same vector. */
export function foldLow(out: usize, from: usize, count: u32, factor: usize): void {
  const z = prepared(factor);
  const s = scratch + 16;
  for (const end = out + (usize(count) << 4); out < end; out += 16, from += 32) {
    difference(s, from + 16, from);
    multiply(s, s, z);
    sum(out, from, s);
  }
}

export function addScaled(a: usize, b: usize, factor: usize, count: u32): void {
  const z = prepared(factor);
  const s = scratch + 16;
  for (let end = a + (usize(count) << 4); a < end; a += 16, b += 16) {
    multiply(s, b, z);
    sum(a, a, s);
  }
}

export function accumulateBase(out: usize, factor: usize, cells: usize, count: u32): void {
  const z = prepared(factor);
  const s = scratch + 16;
  for (let end = out + (usize(count) << 4); out < end; out += 16, cells += 4) {
    scale(s, z, load<u32>(cells));
    sum(out, out, s);
  }
}

export function addHalves(vector: usize, half: u32, count: u32): void {
  const size = usize(half) << 4;
  for (const end = vector + (usize(count) << 4); vector < end; vector += 16) sum(vector, vector, vector + size);
}

/** vector[x + half] = z·vector[x], vector[x] −= vector[x + half]. */
export function extendEq(vector: usize, half: u32, factor: usize, count: u32): void {
  const z = prepared(factor);
  const size = usize(half) << 4;
  for (const end = vector + (usize(count) << 4); vector < end; vector += 16) {
    multiply(vector + size, vector, z);
    difference(vector, vector, vector + size);
  }
}

export function fractionLayer(p: usize, q: usize, half: u32, outP: usize, outQ: usize, count: u32): void {
  const size = usize(half) << 4;
  const s = scratch, t = scratch + 16;
  for (const end = p + (usize(count) << 4); p < end; p += 16, q += 16, outP += 16, outQ += 16) {
    multiply(s, p, q + size);
    multiply(t, p + size, q);
    sum(s, s, t);
    scale(outP, s, R2);
    multiply(s, q, q + size);
    scale(outQ, s, R2);
  }
}

/** `fractionLayer` for numerators in F. */
export function fractionLeaves(p: usize, q: usize, half: u32, outP: usize, outQ: usize, count: u32): void {
  const size = usize(half) << 4;
  const s = scratch, t = scratch + 16;
  for (const end = p + (usize(count) << 2); p < end; p += 4, q += 16, outP += 16, outQ += 16) {
    scale(s, q + size, load<u32>(p));
    scale(t, q, load<u32>(p + (size >> 2)));
    sum(s, s, t);
    scale(outP, s, R2);
    multiply(s, q, q + size);
    scale(outQ, s, R2);
  }
}

/** The sum of products, and 0 behind it. */
export function pairing(a: usize, b: usize, count: u32, out: usize): void {
  const s = scratch, total = scratch + 48;
  memory.fill(total, 0, 16);
  for (const end = a + (usize(count) << 4); a < end; a += 16, b += 16) {
    multiply(s, a, b);
    sum(total, total, s);
  }
  scale(out, total, R2);
  memory.fill(out + 16, 0, 16);
}

export function fractionRound(
  a0: usize, q0: usize, p1: usize, q1: usize, eq: usize, half: u32, out: usize, count: u32,
): void {
  const size = usize(half) << 4;
  const s = scratch, t = scratch + 16, u = scratch + 32, atZero = scratch + 48, atInfinity = scratch + 64;
  memory.fill(atZero, 0, 32);
  for (const end = a0 + (usize(count) << 4); a0 < end; a0 += 16, q0 += 16, p1 += 16, q1 += 16, eq += 16) {
    multiply(s, a0, q1);
    multiply(t, p1, q0);
    sum(s, s, t);
    multiply(s, s, eq);
    sum(atZero, atZero, s);
    difference(s, a0 + size, a0);
    difference(t, q1 + size, q1);
    multiply(s, s, t);
    difference(t, p1 + size, p1);
    difference(u, q0 + size, q0);
    multiply(t, t, u);
    sum(s, s, t);
    multiply(s, s, eq);
    sum(atInfinity, atInfinity, s);
  }
  scale(out, atZero, R3);
  scale(out + 16, atInfinity, R3);
}

export function innerProductRound(a: usize, b: usize, half: u32, out: usize): void {
  const s = scratch, t = scratch + 16, atZero = scratch + 48, atTwo = scratch + 64;
  memory.fill(atZero, 0, 32);
  for (let end = a + (usize(half) << 5); a < end; a += 32, b += 32) {
    multiply(s, a, b);
    sum(atZero, atZero, s);
    sum(s, a + 16, a + 16);
    difference(s, s, a);
    sum(t, b + 16, b + 16);
    difference(t, t, b);
    multiply(s, s, t);
    sum(atTwo, atTwo, s);
  }
  scale(out, atZero, R2);
  scale(out + 16, atTwo, R2);
}

/**
 * out[j] = Σ_{i < size} weights[i]·integers[j·size + i] for j < count, weights in E, integers of 32 bits. A negative integer
 * stands for itself + 2p, which is below 2^32.
 */
export function weightedSums(weights: usize, integers: usize, size: u32, count: u32, out: usize): void {
  const s = scratch, total = scratch + 16;
  const bytes = usize(size) << 2;
  for (let j: u32 = 0; j < count; j++, out += 16) {
    memory.fill(total, 0, 16);
    let weight = weights;
    for (let end = integers + bytes; integers < end; integers += 4, weight += 16) {
      const integer = load<i32>(integers);
      scale(s, weight, integer + ((integer >> 31) & (2 * P)));
      sum(total, total, s);
    }
    scale(out, total, R2);
  }
}

/** Weights of a sparse matrix as applyAlong takes them, in place. */
export function prepareWeights(weights: usize, many: u32): void {
  for (const end = weights + (usize(many) << 4); weights < end; weights += 16) scale(weights, weights, R2);
}

/**
 * A sparse matrix along the middle of three dimensions: out[o, to, i] += Σ weight·data[o, from, i] for i < columns ≤ inner over
 * its entries, each two words (to, from) and a prepared weight. `wide` says whether data holds elements of E or cells.
 */
export function applyAlong(
  data: usize, wide: bool, outer: u32, size: u32, inner: u32, entries: usize, weights: usize, many: u32,
  out: usize, count: u32, columns: u32,
): void {
  const s = scratch;
  const shift: usize = wide ? 4 : 2;
  for (let o: u32 = 0; o < outer; o++) {
    for (let e: usize = 0; e < many; e++) {
      const z = weights + (e << 4);
      let from = data + ((usize(o * size + load<u32>(entries + (e << 3), 4)) * inner) << shift);
      let to = out + ((usize(o * count + load<u32>(entries + (e << 3))) * inner) << 4);
      for (const end = to + (usize(columns) << 4); to < end; to += 16, from += usize(1) << shift) {
        if (wide) multiply(s, from, z);
        else scale(s, z, load<u32>(from));
        sum(to, to, s);
      }
    }
  }
}
