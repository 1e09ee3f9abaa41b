/**
 * The soundness error of a key, term by term, from its own numbers (docs/protocol.md derives each bound). Success
 * probability per hash query, as usual for Fiat–Shamir; hash collisions stand apart at 128 bits.
 */

import { P } from '../../base/field.ts';
import { contractionBatch, linearVariables } from './contraction-shape.ts';
import { stack } from './instances.ts';
import type { Layout } from './layout.ts';
import { codeDimension, type RowFormat } from './matrix.ts';
import type { System } from './system.ts';

/** What the calculator reads of the parameters; `config.ts` holds the whole. */
type Numbers = RowFormat & {
  readonly queries: number;
  readonly lookupWork: number;
  readonly queryWork: number;
};

export type SoundnessTerm = { readonly name: string; readonly bits: number };

export type Soundness = {
  /** −log₂ of the sum of all terms. */
  readonly bits: number;
  readonly terms: readonly SoundnessTerm[];
  /** −log₂ of the distance between a proof and what the simulator makes without the witness; 0 in the core protocol. */
  readonly zeroKnowledgeBits: number;
};

/** log₂ |E|. */
const extensionBits = 4 * Math.log2(P);

/** Unique-decoding radius e of a code of 2^(c+κ) symbols and K coefficients: the random ones count. */
function radius(p: Numbers): number {
  return Math.floor((2 ** (p.logRow + p.logBlowup) - codeDimension(p)) / 2);
}

/** Bits of the query term: Q distinct positions all miss more than e wrong columns, after g₂ bits of work per try. */
export function queryBits(p: Numbers): number {
  const code = 2 ** (p.logRow + p.logBlowup);
  return p.queryWork - p.queries * Math.log2(1 - (radius(p) + 1) / code);
}

function overExtension(numerator: number): number {
  return numerator <= 0 ? Number.POSITIVE_INFINITY : extensionBits - Math.log2(numerator);
}

function total(bits: readonly number[]): number {
  return -Math.log2(bits.reduce((sum, term) => sum + 2 ** -term, 0));
}

/** Linear claims of a proof: layers, leaves, linear relations, the end of the contractions, their hidden factors, products. */
function countClaims(system: System, logLeaves: number): number {
  const { gadgets } = contractionBatch(system);
  const factors = gadgets
    .flatMap(({ left, right }) => [left.wire, right.wire])
    .filter((wire) => system.tensors[wire]?.kind === 'committed').length;
  const ends = gadgets.length > 0 ? 1 : 0;
  return logLeaves + 2 + system.linears.length + ends + factors + (system.mask === null ? 0 : 3);
}

/** Computes every term of the bound. Lookups beyond the characteristic would break counting: they give 0 bits. */
export function soundness(system: System, layout: Layout, p: Numbers): Soundness {
  const { cells, width, logLeaves } = stack(system);
  const batch = contractionBatch(system);
  const products = system.mask?.plan.products.length ?? 0;
  const rowVariables = layout.logCells - layout.logRow;
  const terms: SoundnessTerm[] = [
    { name: 'lookups', bits: cells >= P ? 0 : p.lookupWork + overExtension(cells * (width + 1)) },
    { name: 'GKR', bits: overExtension(logLeaves * logLeaves + logLeaves) },
    {
      name: 'relations',
      bits: overExtension(batch.degree * batch.variables + batch.claims.length + linearVariables(system)),
    },
    { name: 'products of pads', bits: overExtension(2 * products) },
    {
      name: 'batching and inner product',
      bits: overExtension(countClaims(system, logLeaves) + 2 * layout.logCells),
    },
    { name: 'proximity', bits: overExtension((rowVariables + 2) * 2 ** (p.logRow + p.logBlowup)) },
    { name: 'opening', bits: overExtension(4) },
    { name: 'queries', bits: queryBits(p) },
  ];
  return {
    bits: total(terms.map(({ bits }) => bits)),
    terms,
    zeroKnowledgeBits: system.mask === null ? 0 : hidingBits(products, logLeaves, layout),
  };
}

/**
 * Statistical distance of a proof from the simulated one, hash and salts apart: an interpolation node or a zero coordinate
 * is drawn; the blinding row has weight 0; or the functionals y and x₂ of it are not independent (docs/protocol.md).
 */
function hidingBits(products: number, logLeaves: number, { logCells, logRow }: Layout): number {
  const n = logCells;
  const draws = 2 * products + 1 + (n - logRow) + logLeaves ** 2 + 2 * n + 3;
  const logP = Math.log2(P);
  return total([overExtension(draws), (logRow - 3) * logP - 1, n * (logP - 1) - 3 * logP - 1]);
}
