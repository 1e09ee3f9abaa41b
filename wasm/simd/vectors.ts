// Kernels on vectors of extension elements, 16 bytes each. Meaning: src/backends/transparent/kernels/reference.ts.
import { P, R2, R3 } from '../field';
import {
  addLanes, montgomeryLanes, multiply, multiplyTurned, reduceLanes, subtractLanes, triple, turn1, turn2, turn3,
} from './lanes';

// @ts-ignore: decorator
@inline
function prepared(factor: usize): v128 {
  return montgomeryLanes(v128.load(factor), i32x4.splat(R2));
}

// Kernels that pair x with x + half take the distance `half` and the `count` of pairs apart, so that a range of them can be done alone.

export function foldHigh(vector: usize, half: u32, factor: usize, count: u32): void {
  const z = prepared(factor);
  const t = triple(z);
  const z1 = turn1(z, t), z2 = turn2(z, t), z3 = turn3(z, t);
  const size = usize(half) << 4;
  for (const end = vector + (usize(count) << 4); vector < end; vector += 16) {
    const low = v128.load(vector);
    const step = subtractLanes(v128.load(vector + size), low);
    v128.store(vector, addLanes(low, multiplyTurned(step, z, z1, z2, z3)));
  }
}

/** out[x] for x < count; the sources may be ahead in the same vector. */
export function foldLow(out: usize, from: usize, count: u32, factor: usize): void {
  const z = prepared(factor);
  const t = triple(z);
  const z1 = turn1(z, t), z2 = turn2(z, t), z3 = turn3(z, t);
  for (const end = out + (usize(count) << 4); out < end; out += 16, from += 32) {
    const low = v128.load(from);
    const step = subtractLanes(v128.load(from, 16), low);
    v128.store(out, addLanes(low, multiplyTurned(step, z, z1, z2, z3)));
  }
}

export function addScaled(a: usize, b: usize, factor: usize, count: u32): void {
  const z = prepared(factor);
  const t = triple(z);
  const z1 = turn1(z, t), z2 = turn2(z, t), z3 = turn3(z, t);
  for (let end = a + (usize(count) << 4); a < end; a += 16, b += 16)
    v128.store(a, addLanes(v128.load(a), multiplyTurned(v128.load(b), z, z1, z2, z3)));
}

export function accumulateBase(out: usize, factor: usize, cells: usize, count: u32): void {
  const z = prepared(factor);
  for (let end = out + (usize(count) << 4); out < end; out += 16, cells += 4)
    v128.store(out, addLanes(v128.load(out), montgomeryLanes(v128.load32_splat(cells), z)));
}

export function addHalves(vector: usize, half: u32, count: u32): void {
  const size = usize(half) << 4;
  for (const end = vector + (usize(count) << 4); vector < end; vector += 16)
    v128.store(vector, addLanes(v128.load(vector), v128.load(vector + size)));
}

/** vector[x + half] = z·vector[x], vector[x] −= vector[x + half]. */
export function extendEq(vector: usize, half: u32, factor: usize, count: u32): void {
  const z = prepared(factor);
  const t = triple(z);
  const z1 = turn1(z, t), z2 = turn2(z, t), z3 = turn3(z, t);
  const size = usize(half) << 4;
  for (const end = vector + (usize(count) << 4); vector < end; vector += 16) {
    const low = v128.load(vector);
    const high = multiplyTurned(low, z, z1, z2, z3);
    v128.store(vector, subtractLanes(low, high));
    v128.store(vector + size, high);
  }
}

export function fractionLayer(p: usize, q: usize, half: u32, outP: usize, outQ: usize, count: u32): void {
  const size = usize(half) << 4;
  const repair = i32x4.splat(R2);
  for (const end = p + (usize(count) << 4); p < end; p += 16, q += 16, outP += 16, outQ += 16) {
    const q0 = v128.load(q), q1 = v128.load(q + size);
    const t = triple(q1);
    const a1 = turn1(q1, t), a2 = turn2(q1, t), a3 = turn3(q1, t);
    const sum = addLanes(multiplyTurned(v128.load(p), q1, a1, a2, a3), multiply(v128.load(p + size), q0));
    v128.store(outP, montgomeryLanes(sum, repair));
    v128.store(outQ, montgomeryLanes(multiplyTurned(q0, q1, a1, a2, a3), repair));
  }
}

/** `fractionLayer` for numerators in F. */
export function fractionLeaves(p: usize, q: usize, half: u32, outP: usize, outQ: usize, count: u32): void {
  const size = usize(half) << 4;
  const repair = i32x4.splat(R2);
  for (const end = p + (usize(count) << 2); p < end; p += 4, q += 16, outP += 16, outQ += 16) {
    const q0 = v128.load(q), q1 = v128.load(q + size);
    const p0 = v128.load32_splat(p), p1 = v128.load32_splat(p + (size >> 2));
    v128.store(outP, montgomeryLanes(addLanes(montgomeryLanes(q1, p0), montgomeryLanes(q0, p1)), repair));
    v128.store(outQ, montgomeryLanes(multiply(q0, q1), repair));
  }
}

/** The sum of products, and 0 behind it. */
export function pairing(a: usize, b: usize, count: u32, out: usize): void {
  let sum = i32x4.splat(0);
  for (const end = a + (usize(count) << 4); a < end; a += 16, b += 16)
    sum = addLanes(sum, multiply(v128.load(a), v128.load(b)));
  v128.store(out, montgomeryLanes(sum, i32x4.splat(R2)));
  v128.store(out, i32x4.splat(0), 16);
}

export function fractionRound(
  a0: usize, q0: usize, p1: usize, q1: usize, eq: usize, half: u32, out: usize, count: u32,
): void {
  const size = usize(half) << 4;
  let atZero = i32x4.splat(0), atInfinity = i32x4.splat(0);
  for (const end = a0 + (usize(count) << 4); a0 < end; a0 += 16, q0 += 16, p1 += 16, q1 += 16, eq += 16) {
    const a = v128.load(a0), b = v128.load(q0), c = v128.load(p1), d = v128.load(q1);
    const low = addLanes(multiply(a, d), multiply(c, b));
    const stepA = subtractLanes(v128.load(a0 + size), a), stepB = subtractLanes(v128.load(q0 + size), b);
    const stepC = subtractLanes(v128.load(p1 + size), c), stepD = subtractLanes(v128.load(q1 + size), d);
    const slope = addLanes(multiply(stepA, stepD), multiply(stepC, stepB));
    const weight = v128.load(eq);
    const t = triple(weight);
    const w1 = turn1(weight, t), w2 = turn2(weight, t), w3 = turn3(weight, t);
    atZero = addLanes(atZero, multiplyTurned(low, weight, w1, w2, w3));
    atInfinity = addLanes(atInfinity, multiplyTurned(slope, weight, w1, w2, w3));
  }
  const repair = i32x4.splat(R3);
  v128.store(out, montgomeryLanes(atZero, repair));
  v128.store(out, montgomeryLanes(atInfinity, repair), 16);
}

export function innerProductRound(a: usize, b: usize, half: u32, out: usize): void {
  let atZero = i32x4.splat(0), atTwo = i32x4.splat(0);
  for (let end = a + (usize(half) << 5); a < end; a += 32, b += 32) {
    const a0 = v128.load(a), b0 = v128.load(b), a1 = v128.load(a, 16), b1 = v128.load(b, 16);
    atZero = addLanes(atZero, multiply(a0, b0));
    const a2 = subtractLanes(addLanes(a1, a1), a0);
    atTwo = addLanes(atTwo, multiply(a2, subtractLanes(addLanes(b1, b1), b0)));
  }
  const repair = i32x4.splat(R2);
  v128.store(out, montgomeryLanes(atZero, repair));
  v128.store(out, montgomeryLanes(atTwo, repair), 16);
}

/** The words of two 64-bit lanes, added to sums of low and of high words: no reduction until the end. */
// @ts-ignore: decorator
@inline
function lowWords(product: v128): v128 {
  return v128.and(product, i64x2.splat(0xffffffff));
}

/**
 * out[j] = Σ_{i < size} weights[i]·integers[j·size + i] for j < count, weights in E, integers of 32 bits. A negative integer
 * stands for itself + 2p, which is below 2^32.
 */
export function weightedSums(weights: usize, integers: usize, size: u32, count: u32, out: usize): void {
  const bytes = usize(size) << 2;
  for (let j: u32 = 0; j < count; j++, out += 16) {
    let low0 = i64x2.splat(0), low1 = i64x2.splat(0), high0 = i64x2.splat(0), high1 = i64x2.splat(0);
    let weight = weights;
    for (let end = integers + bytes; integers < end; integers += 4, weight += 16) {
      const integer = load<i32>(integers);
      const value = i32x4.splat(integer + ((integer >> 31) & (2 * P)));
      const w = v128.load(weight);
      const product0 = i64x2.extmul_low_i32x4_u(w, value), product1 = i64x2.extmul_high_i32x4_u(w, value);
      low0 = i64x2.add(low0, lowWords(product0));
      low1 = i64x2.add(low1, lowWords(product1));
      high0 = i64x2.add(high0, i64x2.shr_u(product0, 32));
      high1 = i64x2.add(high1, i64x2.shr_u(product1, 32));
    }
    const low = montgomeryLanes(reduceLanes(low0, low1), i32x4.splat(R2));
    const high = montgomeryLanes(reduceLanes(high0, high1), i32x4.splat(R3));
    v128.store(out, addLanes(low, high));
  }
}

/** Weights of a sparse matrix as applyAlong takes them, in place. */
export function prepareWeights(weights: usize, many: u32): void {
  const repair = i32x4.splat(R2);
  for (const end = weights + (usize(many) << 4); weights < end; weights += 16)
    v128.store(weights, montgomeryLanes(v128.load(weights), repair));
}

/**
 * A sparse matrix along the middle of three dimensions: out[o, to, i] += Σ weight·data[o, from, i] for i < columns ≤ inner over
 * its entries, each two words (to, from) and a prepared weight. `wide` says whether data holds elements of E or cells.
 */
export function applyAlong(
  data: usize, wide: bool, outer: u32, size: u32, inner: u32, entries: usize, weights: usize, many: u32,
  out: usize, count: u32, columns: u32,
): void {
  const shift: usize = wide ? 4 : 2;
  for (let o: u32 = 0; o < outer; o++) {
    for (let e: usize = 0; e < many; e++) {
      const z = v128.load(weights + (e << 4));
      let from = data + ((usize(o * size + load<u32>(entries + (e << 3), 4)) * inner) << shift);
      let to = out + ((usize(o * count + load<u32>(entries + (e << 3))) * inner) << 4);
      const end = to + (usize(columns) << 4);
      if (wide) {
        const t = triple(z);
        const z1 = turn1(z, t), z2 = turn2(z, t), z3 = turn3(z, t);
        for (; to < end; to += 16, from += 16)
          v128.store(to, addLanes(v128.load(to), multiplyTurned(v128.load(from), z, z1, z2, z3)));
      } else {
        for (; to < end; to += 16, from += 4)
          v128.store(to, addLanes(v128.load(to), montgomeryLanes(v128.load32_splat(from), z)));
      }
    }
  }
}
