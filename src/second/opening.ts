import { type Batch, batchAt } from './batch.ts';
import type { Ext } from './extension.ts';
import * as E from './extension.ts';
import * as F from './field.ts';
import type { Parameters } from './files.ts';
import type { Layout } from './layout.ts';
import { eqTable } from './multilinear.ts';
import type { Received } from './received.ts';
import { demand } from './refusal.ts';

/** §8: that ⟨Φ, V⟩ = C, for the V behind the roots. */
export function checkOpening(received: Received, batch: Batch, layout: Layout, { c, kappa }: Parameters): void {
  const { values, gammas, w, columns, last } = received;
  const { y, x2, s1, f1, f2 } = values;
  const r = last.map(({ z }) => z);
  const { b0, l2 } = innerProductSumcheck(last, batch.target);
  const s2 = E.sub(E.mul(batchAt(batch, layout, r), y), b0);
  const l1 = eqTable(r.slice(0, c), 2 ** c);
  const combined = (f: Ext, x: Ext, s: Ext): Ext => E.add(f, E.mul(gammas[0], E.add(x, E.mul(gammas[1], s))));
  demand(E.equal(product(w, l1), combined(f1, y, s1)), 'opening', 'the claims do not hold: ⟨w, ℓ₁⟩');
  demand(E.equal(product(w, l2), combined(f2, x2, s2)), 'opening', 'the claims do not hold: ⟨w, ℓ₂⟩');

  const weights = eqTable(r.slice(c), 2 ** (layout.n - c));
  const root = F.rootOfUnity(2 ** (c + kappa));
  for (const { position, cells } of columns) {
    const value = evaluate(w, F.power(root, position));
    const [m, s] = masksOf(cells[0] as Uint32Array);
    const rows = weighedRows(layout, cells, weights);
    demand(E.equal(value, combined(m, rows, s)), 'opening', `column ${position} does not agree with the folded row`);
  }
}

/** The cells of m and s, which follow the rows of the witness matrix. */
function masksOf(cells: Uint32Array): [Ext, Ext] {
  const [m0, m1, m2, m3, s0, s1, s2, s3] = cells.subarray(-8) as unknown as [...Ext, ...Ext];
  return [
    [m0, m1, m2, m3],
    [s0, s1, s2, s3],
  ];
}

/** Σ eq(r_high, i)·cell over the rows of all matrices. */
function weighedRows({ matrices }: Layout, cells: readonly Uint32Array[], weights: readonly Ext[]): Ext {
  let sum = E.ZERO;
  matrices.forEach(({ stored, firstRow }, number) => {
    stored.forEach((row, k) => {
      sum = E.add(sum, E.scale(weights[firstRow + row] as Ext, cells[number]?.[k] as number));
    });
  });
  return sum;
}

function product(a: readonly Ext[], b: readonly Ext[]): Ext {
  return b.reduce((sum, weight, i) => E.add(sum, E.mul(weight, a[i] as Ext)), E.ZERO);
}

/** By Horner's rule, at an element of F. */
function evaluate(coefficients: readonly Ext[], x: number): Ext {
  let [v0, v1, v2, v3] = E.ZERO as [number, number, number, number];
  for (let i = coefficients.length - 1; i >= 0; i--) {
    const [a0, a1, a2, a3] = coefficients[i] as Ext;
    v0 = F.add(F.mul(v0, x), a0);
    v1 = F.add(F.mul(v1, x), a1);
    v2 = F.add(F.mul(v2, x), a2);
    v3 = F.add(F.mul(v3, x), a3);
  }
  return [v0, v1, v2, v3];
}

/** n rounds, lowest variable first. Message k is h − s_k, so C ends as b₀ + ⟨ℓ₂, s⟩. */
function innerProductSumcheck(rounds: Received['last'], target: Ext): { b0: Ext; l2: Ext[] } {
  const half = E.inverse(E.embed(2));
  let b0 = target;
  let l2: Ext[] = [];
  for (const { at0, at2, z } of rounds) {
    const minus1 = E.sub(z, E.ONE);
    const minus2 = E.sub(z, E.embed(2));
    const weight0 = E.mul(E.mul(minus1, minus2), half);
    const weight1 = E.negate(E.mul(z, minus2));
    const weight2 = E.mul(E.mul(z, minus1), half);
    // h(0) has the weight of 0 and, through h(1) = C − h(0), the negative weight of 1.
    const on0 = E.sub(weight0, weight1);
    b0 = E.add(E.mul(weight1, b0), E.add(E.mul(on0, at0), E.mul(weight2, at2)));
    l2 = [...l2.map((weight) => E.mul(weight1, weight)), on0, weight2];
  }
  return { b0, l2 };
}
