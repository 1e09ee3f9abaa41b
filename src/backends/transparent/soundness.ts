/**
 * The soundness error of a key, term by term, from its own numbers (docs/protocol.md derives each bound). Success
 * probability per hash query, as usual for Fiat–Shamir; hash collisions stand apart at 128 bits.
 */

import { P } from '../../base/field.ts';
import { contractionBatch, linearVariables } from './contraction-shape.ts';
import { stack } from './instances.ts';
import type { Layout } from './layout.ts';
import type { System } from './system.ts';

/** What the calculator reads of the parameters; `config.ts` holds the whole. */
type Numbers = {
  readonly logRow: number;
  readonly logBlowup: number;
  readonly queries: number;
  readonly lookupWork: number;
  readonly queryWork: number;
};

export type SoundnessTerm = { readonly name: string; readonly bits: number };

export type Soundness = {
  /** −log₂ of the sum of all terms. */
  readonly bits: number;
  readonly terms: readonly SoundnessTerm[];
};

/** log₂ |E|. */
const extensionBits = 4 * Math.log2(P);

/** Unique-decoding radius e of a code of 2^(c+κ) symbols and 2^c coefficients. */
function radius(p: Numbers): number {
  return Math.floor((2 ** (p.logRow + p.logBlowup) - 2 ** p.logRow) / 2);
}

/** Bits of the query term: Q distinct positions all miss more than e wrong columns, after g₂ bits of work per try. */
export function queryBits(p: Numbers): number {
  const code = 2 ** (p.logRow + p.logBlowup);
  return p.queryWork - p.queries * Math.log2(1 - (radius(p) + 1) / code);
}

function overExtension(numerator: number): number {
  return numerator <= 0 ? Number.POSITIVE_INFINITY : extensionBits - Math.log2(numerator);
}

/** Computes every term of the bound. Lookups beyond the characteristic would break counting: they give 0 bits. */
export function soundness(system: System, layout: Layout, p: Numbers): Soundness {
  const { cells, width, logLeaves } = stack(system);
  const batch = contractionBatch(system);
  const claims = 1 + logLeaves + 2 + system.linears.length + 3 * batch.claims.length + 1;
  const rowVariables = layout.logCells - layout.logRow;
  const terms: SoundnessTerm[] = [
    { name: 'lookups', bits: cells >= P ? 0 : p.lookupWork + overExtension(cells * (width + 1)) },
    { name: 'GKR', bits: overExtension(logLeaves * logLeaves + logLeaves) },
    {
      name: 'relations',
      bits: overExtension(batch.degree * batch.variables + batch.claims.length + linearVariables(system)),
    },
    { name: 'batching and inner product', bits: overExtension(claims + 2 * layout.logCells) },
    { name: 'proximity', bits: overExtension((rowVariables + 2) * 2 ** (p.logRow + p.logBlowup)) },
    { name: 'opening', bits: overExtension(4) },
    { name: 'queries', bits: queryBits(p) },
  ];
  return { bits: -Math.log2(terms.reduce((total, term) => total + 2 ** -term.bits, 0)), terms };
}
