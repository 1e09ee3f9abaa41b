import { P } from './field.ts';
import type { Parameters } from './files.ts';
import type { Layout } from './layout.ts';
import type { Lowered } from './lower.ts';
import { boxCells } from './multilinear.ts';
import type { Shape } from './shape.ts';

/** §11 and §12: what a proof under a key can be wrong by, and what it can give away, as probabilities. */

const E_SIZE: number = P ** 4;

export function soundnessError(parameters: Parameters, lowered: Lowered, shape: Shape, { n }: Layout): number {
  const { c, kappa, t, queries, work1, work2 } = parameters;
  const { mu, instances, products, degree, rounds, tauBits, hiddenFactors } = shape;
  const leaves = [...lowered.lookups.map(({ box }) => boxCells(box)), ...lowered.tables.map(({ rows }) => rows)];
  const cells = leaves.reduce((sum, count) => sum + count, 0);
  const width = Math.max(0, ...lowered.tables.map(({ columns }) => columns.length));
  const claims = 1 + (mu - 1) + 2 + shape.relations.length + (instances.length > 0 ? 1 : 0) + hiddenFactors + 3;
  const codeword = 2 ** (c + kappa);
  const radius = Math.floor((codeword - 2 ** c - t) / 2);
  const field =
    2 ** -work1 * cells * (width + 1) +
    (mu * mu + mu) +
    (degree * rounds + instances.length + tauBits) +
    2 * products +
    (claims + 2 * n) +
    (n - c + 2) * codeword +
    4;
  return field / E_SIZE + 2 ** -work2 * (1 - (radius + 1) / codeword) ** queries;
}

/** The statistical distance between proofs and what the simulator makes. */
export function hidingError({ c }: Parameters, { mu, products }: Shape, { n }: Layout): number {
  const field = 2 * products + 1 + (n - c) + mu * mu + 2 * n + 3;
  return field / E_SIZE + 2 * P ** (3 - c) + 2 * P ** 3 * (2 / P) ** n;
}

export function bits(error: number): number {
  return -Math.log2(error);
}
