/** The inner loops of the prover, on typed arrays. Implementations must agree bit for bit with `reference.ts`. */
import type { Ext } from '../../../base/extension.ts';

/** A vector of extension elements: 4 cells each. */
export type ExtVector = Uint32Array;

export type Kernels = {
  /** Codewords of `rows` rows of 2^logRow cells, each of 2^logCode symbols, one after another. */
  encodeRows(cells: Uint32Array, rows: number, logRow: number, logCode: number): Uint32Array;
  /** Leaf digests of the columns of `rows` codewords. */
  hashColumns(codewords: Uint32Array, rows: number, logCode: number): Uint8Array[];
  /** v[x] ← v[x] + z·(v[x + half] − v[x]) for x < half: binds the highest variable. */
  foldHigh(vector: ExtVector, half: number, z: Ext): void;
  /** v[x] ← v[2x] + z·(v[2x + 1] − v[2x]) for x < half: binds the lowest variable. */
  foldLow(vector: ExtVector, half: number, z: Ext): void;
  /** a[x] += factor·b[x] for x < count. */
  addScaled(a: ExtVector, b: ExtVector, factor: Ext, count: number): void;
  /** One layer up: p = p₀q₁ + p₁q₀, q = q₀q₁, the halves of the layer below. */
  fractionLayer(p: ExtVector, q: ExtVector, half: number): { readonly p: ExtVector; readonly q: ExtVector };
  /** Σ_x eq[x]·(a₀q₁ + p₁q₀) at the lower halves, and the same of the differences of halves: g(0) and g(∞). */
  fractionRound(
    a0: ExtVector,
    q0: ExtVector,
    p1: ExtVector,
    q1: ExtVector,
    eq: ExtVector,
    half: number,
  ): readonly [Ext, Ext];
  /** Σ_x a[2x]·b[2x], and Σ_x (2a[2x + 1] − a[2x])·(2b[2x + 1] − b[2x]): h(0) and h(2), lowest variable. */
  innerProductRound(a: ExtVector, b: ExtVector, half: number): readonly [Ext, Ext];
  /** out[i] += factor · cells[from + i] for i < count. */
  accumulateBase(out: ExtVector, factor: Ext, cells: Uint32Array, from: number, count: number): void;
};
