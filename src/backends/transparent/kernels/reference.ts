/** Plain TypeScript kernels: the reference every faster implementation is tested against. */
import { digestLength } from '../../../base/digest.ts';
import { at, type Ext, reduceSplit } from '../../../base/extension.ts';
import { add as addBase, fromInteger, mul, P } from '../../../base/field.ts';
import { transform, twiddles } from '../code.ts';
import { hashLeaf, hashPairs } from '../merkle.ts';
import { searchNonce } from '../transcript.ts';
import type { Along, Entries, ExtVector, Kernels } from './kernels.ts';

/** out[k] = a[i]·b[j], elements of vectors, without allocating. */
function multiplyInto(a: ExtVector, i: number, b: ExtVector, j: number, out: ExtVector, k: number): void {
  const a0 = a[i] as number;
  const a1 = a[i + 1] as number;
  const a2 = a[i + 2] as number;
  const a3 = a[i + 3] as number;
  const b0 = b[j] as number;
  const b1 = b[j + 1] as number;
  const b2 = b[j + 2] as number;
  const b3 = b[j + 3] as number;
  const l0 = b0 & 65535;
  const l1 = b1 & 65535;
  const l2 = b2 & 65535;
  const l3 = b3 & 65535;
  const h0 = b0 >>> 16;
  const h1 = b1 >>> 16;
  const h2 = b2 >>> 16;
  const h3 = b3 >>> 16;
  out[k] = reduceSplit(a0 * l0 + 3 * (a1 * l3 + a2 * l2 + a3 * l1), a0 * h0 + 3 * (a1 * h3 + a2 * h2 + a3 * h1));
  out[k + 1] = reduceSplit(a0 * l1 + a1 * l0 + 3 * (a2 * l3 + a3 * l2), a0 * h1 + a1 * h0 + 3 * (a2 * h3 + a3 * h2));
  out[k + 2] = reduceSplit(a0 * l2 + a1 * l1 + a2 * l0 + 3 * (a3 * l3), a0 * h2 + a1 * h1 + a2 * h0 + 3 * (a3 * h3));
  out[k + 3] = reduceSplit(a0 * l3 + a1 * l2 + a2 * l1 + a3 * l0, a0 * h3 + a1 * h2 + a2 * h1 + a3 * h0);
}

function addInto(out: ExtVector, k: number, b: ExtVector, j: number): void {
  for (let c = 0; c < 4; c++) {
    const sum = (out[k + c] as number) + (b[j + c] as number);
    out[k + c] = sum >= P ? sum - P : sum;
  }
}

/** out[k] = a[i] − b[j]. */
function subtractInto(a: ExtVector, i: number, b: ExtVector, j: number, out: ExtVector, k: number): void {
  for (let c = 0; c < 4; c++) {
    const difference = (a[i + c] as number) - (b[j + c] as number);
    out[k + c] = difference < 0 ? difference + P : difference;
  }
}

/** out[k] = 2a[i] − b[j]: the line through (0, b) and (1, a) at 2. */
function extrapolateInto(a: ExtVector, i: number, b: ExtVector, j: number, out: ExtVector, k: number): void {
  for (let c = 0; c < 4; c++) {
    let value = 2 * (a[i + c] as number) - (b[j + c] as number);
    if (value < 0) value += P;
    out[k + c] = value >= P ? value - P : value;
  }
}

function encodeRows(cells: Uint32Array, rows: number, dimension: number, logCode: number): Uint32Array {
  const powers = twiddles(logCode);
  const length = 2 ** logCode;
  const out = new Uint32Array(rows * length);
  for (let row = 0; row < rows; row++) {
    const word = out.subarray(row * length, (row + 1) * length);
    word.set(cells.subarray(row * dimension, (row + 1) * dimension));
    transform(word, logCode, powers);
  }
  return out;
}

function hashColumns(codewords: Uint32Array, rows: number, logCode: number, salts: Uint8Array): Uint8Array {
  const length = 2 ** logCode;
  const salt = salts.length / length;
  const out = new Uint8Array(digestLength * length);
  const column = new Uint8Array(salt + 4 * rows);
  const view = new DataView(column.buffer);
  for (let j = 0; j < length; j++) {
    column.set(salts.subarray(j * salt, (j + 1) * salt));
    for (let row = 0; row < rows; row++) view.setUint32(salt + 4 * row, codewords[row * length + j] as number, true);
    out.set(hashLeaf(column), digestLength * j);
  }
  return out;
}

function foldHigh(vector: ExtVector, half: number, z: Ext, count: number = half): void {
  const factor = Uint32Array.from(z);
  const scratch = new Uint32Array(4);
  for (let x = 0; x < count; x++) {
    subtractInto(vector, 4 * (x + half), vector, 4 * x, scratch, 0);
    multiplyInto(scratch, 0, factor, 0, scratch, 0);
    addInto(vector, 4 * x, scratch, 0);
  }
}

function foldLow(vector: ExtVector, half: number, z: Ext): void {
  const factor = Uint32Array.from(z);
  const scratch = new Uint32Array(4);
  for (let x = 0; x < half; x++) {
    subtractInto(vector, 8 * x + 4, vector, 8 * x, scratch, 0);
    multiplyInto(scratch, 0, factor, 0, scratch, 0);
    addInto(scratch, 0, vector, 8 * x);
    vector.set(scratch, 4 * x);
  }
}

function addScaled(a: ExtVector, b: ExtVector, factor: Ext, count: number): void {
  const scale = Uint32Array.from(factor);
  const scratch = new Uint32Array(4);
  for (let x = 0; x < 4 * count; x += 4) {
    multiplyInto(b, x, scale, 0, scratch, 0);
    addInto(a, x, scratch, 0);
  }
}

function addHalves(vector: ExtVector, half: number): void {
  for (let x = 0; x < 4 * half; x += 4) addInto(vector, x, vector, x + 4 * half);
}

function fractionLayer(p: ExtVector, q: ExtVector, half: number, outP: ExtVector, outQ: ExtVector): void {
  const scratch = new Uint32Array(4);
  for (let x = 0; x < half; x++) {
    const low = 4 * x;
    const high = 4 * (x + half);
    multiplyInto(p, low, q, high, outP, low);
    multiplyInto(p, high, q, low, scratch, 0);
    addInto(outP, low, scratch, 0);
    multiplyInto(q, low, q, high, outQ, low);
  }
}

function fractionLeaves(
  p: Uint32Array,
  q: ExtVector,
  half: number,
  outP: ExtVector,
  outQ: ExtVector,
  count: number,
): void {
  for (let x = 0; x < count; x++) {
    const [p0, p1] = [p[x] as number, p[x + half] as number];
    for (let c = 0; c < 4; c++)
      outP[4 * x + c] = addBase(mul(p0, q[4 * (x + half) + c] as number), mul(p1, q[4 * x + c] as number));
    multiplyInto(q, 4 * x, q, 4 * (x + half), outQ, 4 * x);
  }
}

function pairing(a: ExtVector, b: ExtVector, count: number): Ext {
  const s = new Uint32Array(8);
  for (let x = 0; x < 4 * count; x += 4) {
    multiplyInto(a, x, b, x, s, 0);
    addInto(s, 4, s, 0);
  }
  return at(s, 1);
}

function fractionRound(
  a0: ExtVector,
  q0: ExtVector,
  p1: ExtVector,
  q1: ExtVector,
  eq: ExtVector,
  half: number,
  count: number = half,
): readonly [Ext, Ext] {
  const s = new Uint32Array(24);
  const sums = new Uint32Array(8);
  for (let x = 0; x < count; x++) {
    const low = 4 * x;
    const high = 4 * (x + half);
    multiplyInto(a0, low, q1, low, s, 0);
    multiplyInto(p1, low, q0, low, s, 4);
    addInto(s, 0, s, 4);
    multiplyInto(s, 0, eq, low, s, 0);
    addInto(sums, 0, s, 0);
    subtractInto(a0, high, a0, low, s, 8);
    subtractInto(q1, high, q1, low, s, 12);
    subtractInto(p1, high, p1, low, s, 16);
    subtractInto(q0, high, q0, low, s, 20);
    multiplyInto(s, 8, s, 12, s, 8);
    multiplyInto(s, 16, s, 20, s, 16);
    addInto(s, 8, s, 16);
    multiplyInto(s, 8, eq, low, s, 8);
    addInto(sums, 4, s, 8);
  }
  return [at(sums, 0), at(sums, 1)];
}

function innerProductRound(a: ExtVector, b: ExtVector, half: number): readonly [Ext, Ext] {
  const s = new Uint32Array(8);
  const sums = new Uint32Array(8);
  for (let x = 0; x < half; x++) {
    const low = 8 * x;
    const high = low + 4;
    multiplyInto(a, low, b, low, s, 0);
    addInto(sums, 0, s, 0);
    extrapolateInto(a, high, a, low, s, 0);
    extrapolateInto(b, high, b, low, s, 4);
    multiplyInto(s, 0, s, 4, s, 0);
    addInto(sums, 4, s, 0);
  }
  return [at(sums, 0), at(sums, 1)];
}

function accumulateBase(out: ExtVector, factor: Ext, cells: Uint32Array, from: number, count: number): void {
  for (let i = 0; i < count; i++) {
    const cell = cells[from + i] as number;
    if (cell === 0) continue;
    for (let c = 0; c < 4; c++) out[4 * i + c] = addBase(out[4 * i + c] as number, mul(factor[c] as number, cell));
  }
}

/** eq over no variable is 1; each further variable splits every entry into low = entry − z·entry and high = z·entry. */
function eqTable(point: readonly Ext[], out: ExtVector): void {
  out.set([1, 0, 0, 0]);
  point.forEach((z, bit) => {
    const size = 4 * 2 ** bit;
    const factor = Uint32Array.from(z);
    for (let x = 0; x < size; x += 4) {
      multiplyInto(out, x, factor, 0, out, x + size);
      subtractInto(out, x, out, x + size, out, x);
    }
  });
}

function weightedSums(weights: ExtVector, integers: Int32Array, size: number, out: ExtVector): void {
  for (let j = 0; 4 * j < out.length; j++) {
    out.fill(0, 4 * j, 4 * j + 4);
    for (let i = 0; i < size; i++) {
      const value = fromInteger(integers[j * size + i] as number);
      for (let c = 0; c < 4; c++)
        out[4 * j + c] = addBase(out[4 * j + c] as number, mul(weights[4 * i + c] as number, value));
    }
  }
}

function applyAlong(data: Uint32Array, wide: boolean, along: Along, entries: Entries): ExtVector {
  const { outer, size, inner, count } = along;
  const out = new Uint32Array(4 * outer * count * inner);
  const scratch = new Uint32Array(8);
  const many = entries.weights.length / 4;
  for (let o = 0; o < outer; o++) {
    for (let e = 0; e < many; e++) {
      const to = 4 * (o * count + (entries.places[2 * e] as number)) * inner;
      const from = (o * size + (entries.places[2 * e + 1] as number)) * inner;
      for (let i = 0; i < inner; i++) {
        if (wide) scratch.set(data.subarray(4 * (from + i), 4 * (from + i) + 4));
        else scratch[0] = data[from + i] as number;
        multiplyInto(scratch, 0, entries.weights, 4 * e, scratch, 4);
        addInto(out, to + 4 * i, scratch, 4);
      }
    }
  }
  return out;
}

export const referenceKernels: Kernels = {
  arena: (_, work) => work((count) => new Uint32Array(count)),
  encodeRows,
  hashColumns,
  hashPairs,
  foldHigh,
  foldLow,
  addScaled,
  addHalves,
  eqTable,
  fractionLayer,
  fractionLeaves,
  pairing,
  fractionRound,
  innerProductRound,
  accumulateBase,
  weightedSums,
  applyAlong,
  grind: searchNonce,
};
