/** What masking adds to one proof: pads and their products, blinding row, rows m and s, random coefficients and salts. */
import { add, type Ext, multiply, subtract, zero } from '../../base/extension.ts';
import { noiseRows, saltLength } from './mask.ts';
import { interpolatedElements, lagrangeAt } from './products.ts';
import { RandomStream } from './randomness.ts';
import type { MaskPlan } from './system.ts';

export type Noise = {
  /** One-time pads of the hidden messages, in order. */
  readonly pads: readonly Ext[];
  /** Values of A and of B at 0 … n×: a₀ and the left pads, b₀ and the right pads. */
  readonly left: readonly Ext[];
  readonly right: readonly Ext[];
  /** All elements of the pad block. */
  readonly elements: readonly Ext[];
  /** Cells of the blinding row. */
  readonly blinding: Uint32Array;
  /** Rows m and s: `noiseRows` coordinate rows of K uniform coefficients. */
  readonly rows: Uint32Array;
  /** Random coefficients of the stored rows. */
  readonly tails: RandomStream;
  readonly salts: Uint8Array;
};

/** Σ values_i · weights_i. */
function weigh(values: readonly Ext[], weights: readonly Ext[]): Ext {
  return values.reduce((total, value, i) => add(total, multiply(value, weights[i] as Ext)), zero);
}

/** A(x) for the polynomial with the given values at 0, 1, …. */
export function interpolateAt(values: readonly Ext[], x: Ext): Ext {
  const weights = lagrangeAt(x, values.length);
  // A node: the value is given. Verifiers refuse such a ζ; no honest prover meets one but with probability 2⁻¹¹⁶.
  if (weights === null) return values[x[0]] as Ext;
  return weigh(values, weights);
}

/**
 * Values at 0 … count − 1 of the polynomial through the given values at 0, 1, …. Differences of order k end in edge[k]; the next
 * value takes one addition per order (Newton).
 */
export function extrapolated(values: readonly Ext[], count: number): Ext[] {
  const edge: Ext[] = [];
  for (let row = [...values]; row.length > 0; ) {
    edge.push(row.at(-1) as Ext);
    row = row.slice(1).map((value, i) => subtract(value, row[i] as Ext));
  }
  const out = [...values];
  while (out.length < count) {
    for (let order = edge.length - 2; order >= 0; order--)
      edge[order] = add(edge[order] as Ext, edge[order + 1] as Ext);
    out.push(edge[0] as Ext);
  }
  return out;
}

/** `key` is that of `streamKey`; every part has a stream of its own. */
export function makeNoise(key: Uint8Array, plan: MaskPlan, dimension: number, logRow: number, logCode: number): Noise {
  const stream = (label: string): RandomStream => new RandomStream(key, label);
  const [first, second, ...pads] = stream('pads').extensions(plan.messages + 2) as [Ext, Ext, ...Ext[]];
  const known = [...pads, first, second];
  const { left, right, values } = interpolatedElements(plan);
  const a = left.map((element) => known[element] as Ext);
  const b = right.map((element) => known[element] as Ext);
  const [leftValues, rightValues] = [extrapolated(a, values.length), extrapolated(b, values.length)];
  const products = values.map((_, v) => multiply(leftValues[v] as Ext, rightValues[v] as Ext));
  return {
    pads,
    left: a,
    right: b,
    elements: [...known, ...products],
    blinding: stream('blinding').elements(2 ** logRow),
    rows: noiseRowsOf(stream('m'), stream('s'), dimension),
    tails: stream('tails'),
    salts: stream('salts').bytes(saltLength * 2 ** logCode),
  };
}

function noiseRowsOf(m: RandomStream, s: RandomStream, dimension: number): Uint32Array {
  const rows = new Uint32Array(noiseRows * dimension);
  const half = (noiseRows / 2) * dimension;
  rows.set(m.elements(half));
  rows.set(s.elements(half), half);
  return rows;
}

/** The coordinate rows that start at row `first`, as one row of extension elements. */
export function elementsOfRows(rows: Uint32Array, first: number, dimension: number): Uint32Array {
  const out = new Uint32Array(4 * dimension);
  for (let i = 0; i < dimension; i++)
    for (let q = 0; q < 4; q++) out[4 * i + q] = rows[(first + q) * dimension + i] as number;
  return out;
}
