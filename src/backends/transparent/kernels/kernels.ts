/** The inner loops of the prover, on typed arrays. Implementations must agree bit for bit with `reference.ts`. */
import type { Ext } from '../../../base/extension.ts';
import type { Work } from '../transcript.ts';

/** A vector of extension elements: 4 cells each. */
export type ExtVector = Uint32Array;

/** Zeroed cells. */
export type Allocate = (cells: number) => Uint32Array;

/** A sparse matrix: words (to, from) and a weight for each entry. */
export type Entries = { readonly places: Uint32Array; readonly weights: ExtVector };

/** Sizes around the dimension a matrix is applied to. */
export type Along = { readonly outer: number; readonly size: number; readonly inner: number; readonly count: number };

export type Kernels = {
  /** Runs `work` with vectors where these kernels like them best. They must not be used after it returns. */
  arena<T>(cells: number, work: (allocate: Allocate) => T): T;
  /** Codewords of `rows` rows of `dimension` coefficients, each of 2^logCode symbols, one after another, allocated as told. */
  encodeRows(cells: Uint32Array, rows: number, dimension: number, logCode: number, allocate?: Allocate): Uint32Array;
  /** Leaf digests of the columns of `rows` codewords, each after its share of `salts`: 16 bytes a column, or none. */
  hashColumns(codewords: Uint32Array, rows: number, logCode: number, salts: Uint8Array): Uint8Array;
  /** Node digests of neighbours: half as many as there are. */
  hashPairs(digests: Uint8Array): Uint8Array;
  /** v[x] ← v[x] + z·(v[x + half] − v[x]) for x < half, or only for x < count: binds the highest variable. */
  foldHigh(vector: ExtVector, half: number, z: Ext, count?: number): void;
  /** v[x] ← v[2x] + z·(v[2x + 1] − v[2x]) for x < half: binds the lowest variable. */
  foldLow(vector: ExtVector, half: number, z: Ext): void;
  /** a[x] += factor·b[x] for x < count. */
  addScaled(a: ExtVector, b: ExtVector, factor: Ext, count: number): void;
  /** v[x] += v[x + half] for x < half. */
  addHalves(vector: ExtVector, half: number): void;
  /** out[x] = eq(point, x) for x < 2^bits. */
  eqTable(point: readonly Ext[], out: ExtVector): void;
  /** One layer up: p = p₀q₁ + p₁q₀, q = q₀q₁, the halves of the layer below. */
  fractionLayer(p: ExtVector, q: ExtVector, half: number, outP: ExtVector, outQ: ExtVector): void;
  /** The same for x < count, with numerators in F: one cell each. */
  fractionLeaves(p: Uint32Array, q: ExtVector, half: number, outP: ExtVector, outQ: ExtVector, count: number): void;
  /** Σ_x a[x]·b[x] for x < count. */
  pairing(a: ExtVector, b: ExtVector, count: number): Ext;
  /**
   * Σ_x eq[x]·(a₀q₁ + p₁q₀) at the lower halves, and the same of the differences of halves, for all x or for x < count: g(0)
   * and g(∞).
   */
  fractionRound(
    a0: ExtVector,
    q0: ExtVector,
    p1: ExtVector,
    q1: ExtVector,
    eq: ExtVector,
    half: number,
    count?: number,
  ): readonly [Ext, Ext];
  /** Σ_x a[2x]·b[2x], and Σ_x (2a[2x + 1] − a[2x])·(2b[2x + 1] − b[2x]): h(0) and h(2), lowest variable. */
  innerProductRound(a: ExtVector, b: ExtVector, half: number): readonly [Ext, Ext];
  /** out[i] += factor · cells[from + i] for i < count. */
  accumulateBase(out: ExtVector, factor: Ext, cells: Uint32Array, from: number, count: number): void;
  /** out[j] = Σ_{i < size} weights[i]·integers[j·size + i] for each element of `out`. */
  weightedSums(weights: ExtVector, integers: Int32Array, size: number, out: ExtVector): void;
  /**
   * out[o, to, i] = Σ weight·data[o, from, i] over the entries, o < outer, to < count, from < size, i < inner. `data` holds
   * elements of E when `wide`, else cells.
   */
  applyAlong(data: Uint32Array, wide: boolean, along: Along, entries: Entries): ExtVector;
  /** The least nonce whose hash has `bits` leading zero bits. */
  grind(work: Work): number;
};
