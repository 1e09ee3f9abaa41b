/**
 * The LogUp instances of a system stacked into one tree of 2^μ leaves: blocks of the size of each box, largest first, at
 * aligned addresses. A leaf that belongs to no box is the fraction 0/1 (Papini & Haböck, ePrint 2023/1284).
 */
import { product, type Shape } from '../../base/tensor.ts';
import { paddedBits } from './layout.ts';
import { bitsFor } from './polynomials.ts';
import type { System, SystemTable } from './system.ts';

export type Instance = {
  /** A lookup contributes 1/Den per cell, a table −m/Den per row. */
  readonly kind: 'lookup' | 'table';
  /** Index among the lookups or the tables. */
  readonly index: number;
  readonly box: Shape;
  readonly bits: number;
  readonly address: number;
};

export type Stack = {
  readonly instances: readonly Instance[];
  /** μ: log₂ of the number of leaves. */
  readonly logLeaves: number;
  /** Box cells and table rows in all. */
  readonly cells: number;
  /** Widest tuple. */
  readonly width: number;
};

export function tableRows(table: SystemTable): number {
  return (table.columns[0] as Int32Array).length;
}

/** Constant term that keeps tuples of different tables apart. */
export function tableIdentifier(table: number): number {
  return table + 1;
}

export function stack(system: System): Stack {
  const boxes = [
    ...system.lookups.map((lookup, index) => ({ kind: 'lookup' as const, index, box: lookup.box })),
    ...system.tables.map((table, index) => ({ kind: 'table' as const, index, box: [tableRows(table)] })),
  ].map((instance, order) => ({ ...instance, bits: paddedBits(instance.box), order }));
  const byAddress = [...boxes].sort((a, b) => b.bits - a.bits || a.order - b.order);
  const addresses: number[] = [];
  let end = 0;
  for (const { order, bits } of byAddress) {
    addresses[order] = end;
    end += 2 ** bits;
  }
  return {
    instances: boxes.map(({ order, ...instance }) => ({ ...instance, address: addresses[order] as number })),
    logLeaves: Math.max(1, bitsFor(end)),
    cells: boxes.reduce((total, { box }) => total + product(box), 0),
    width: Math.max(1, ...system.tables.map((table) => table.columns.length)),
  };
}

/** One value a_ℓ: an accumulator at the point of the lookups over its box, or at the point of the linear relations. */
export type AccumulatorClaim = { readonly accumulator: number; readonly at: 'lookup' | 'linear' };

/** The distinct (accumulator, point) pairs, in the order in which the prover sends their values. */
export function accumulatorClaims(system: System): AccumulatorClaim[] {
  const claims: AccumulatorClaim[] = [];
  const seen = { lookup: new Set<number>(), linear: new Set<number>() };
  const note = (ids: readonly number[], at: 'lookup' | 'linear'): void => {
    for (const accumulator of ids) {
      if (!seen[at].has(accumulator)) claims.push({ accumulator, at });
      seen[at].add(accumulator);
    }
  };
  for (const lookup of system.lookups) for (const expression of lookup.tuple) note(expression.accumulators, 'lookup');
  for (const linear of system.linears) note(linear.expression.accumulators, 'linear');
  return claims;
}
