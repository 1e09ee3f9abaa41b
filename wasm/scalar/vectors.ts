// Kernels on vectors of extension elements, 16 bytes each. Meaning: src/backends/transparent/kernels/reference.ts.
import { add, montgomery, R2, R3, reduce, subtract } from '../field';

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

export function foldHigh(vector: usize, half: u32, factor: usize): void {
  const z = prepared(factor);
  const s = scratch + 16;
  const size = usize(half) << 4;
  for (let end = vector + size; vector < end; vector += 16) {
    difference(s, vector + size, vector);
    multiply(s, s, z);
    sum(vector, vector, s);
  }
}

export function foldLow(vector: usize, half: u32, factor: usize): void {
  const z = prepared(factor);
  const s = scratch + 16;
  let from = vector;
  for (let end = vector + (usize(half) << 4); vector < end; vector += 16, from += 32) {
    difference(s, from + 16, from);
    multiply(s, s, z);
    sum(vector, from, s);
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

export function addHalves(vector: usize, half: u32): void {
  const size = usize(half) << 4;
  for (let end = vector + size; vector < end; vector += 16) sum(vector, vector, vector + size);
}

/** vector[x + half] = z·vector[x], vector[x] −= vector[x + half]. */
export function extendEq(vector: usize, half: u32, factor: usize): void {
  const z = prepared(factor);
  const size = usize(half) << 4;
  for (let end = vector + size; vector < end; vector += 16) {
    multiply(vector + size, vector, z);
    difference(vector, vector, vector + size);
  }
}

export function fractionLayer(p: usize, q: usize, half: u32, outP: usize, outQ: usize): void {
  const size = usize(half) << 4;
  const s = scratch, t = scratch + 16;
  for (let end = p + size; p < end; p += 16, q += 16, outP += 16, outQ += 16) {
    multiply(s, p, q + size);
    multiply(t, p + size, q);
    sum(s, s, t);
    scale(outP, s, R2);
    multiply(s, q, q + size);
    scale(outQ, s, R2);
  }
}

export function fractionRound(a0: usize, q0: usize, p1: usize, q1: usize, eq: usize, half: u32, out: usize): void {
  const size = usize(half) << 4;
  const s = scratch, t = scratch + 16, u = scratch + 32, atZero = scratch + 48, atInfinity = scratch + 64;
  memory.fill(atZero, 0, 32);
  for (let end = a0 + size; a0 < end; a0 += 16, q0 += 16, p1 += 16, q1 += 16, eq += 16) {
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

/** Σ weights[i]·cells[i], weights in E. */
export function weightedSum(weights: usize, cells: usize, count: u32, out: usize): void {
  const s = scratch, total = scratch + 16;
  memory.fill(total, 0, 16);
  for (let end = cells + (usize(count) << 2); cells < end; cells += 4, weights += 16) {
    scale(s, weights, load<u32>(cells));
    sum(total, total, s);
  }
  scale(out, total, R2);
}
