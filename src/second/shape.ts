import type { Circuit, Contract, Operand } from './circuit.ts';
import type { AccumulatorClaim, Lookup, Lowered, Relation } from './lower.ts';
import { bitsOf, boxBits } from './multilinear.ts';
import type { LookupTable } from './tables.ts';

/** §4, §6: all counts of messages and variables, which follow from the lowered circuit alone. */

/** A lookup or a table among the leaves of §6.1. */
export interface Block {
  readonly kind: 'lookup' | 'table';
  readonly lookup?: Lookup;
  readonly table: LookupTable;
  readonly box: readonly number[];
  readonly bits: number;
  readonly address: number;
}

/** An accumulator claim in the sumcheck of §6.2. */
export interface Instance {
  readonly claim: AccumulatorClaim;
  /** The output axes that both operands have. */
  readonly shared: readonly number[];
  /** The variables: shared axes, then reduced ones, the last axis in the lowest bits. */
  readonly box: readonly number[];
  readonly variables: number;
  /** left, right: whether the prover sends the factor. */
  readonly hidden: readonly [boolean, boolean];
}

export interface Shape {
  readonly blocks: readonly Block[];
  readonly mu: number;
  readonly relations: readonly Relation[];
  /** The coordinates of τ_lin. */
  readonly tauBits: number;
  readonly instances: readonly Instance[];
  readonly degree: number;
  readonly rounds: number;
  /** M of §7. */
  readonly messages: number;
  /** n× of §7. */
  readonly products: number;
  readonly hiddenFactors: number;
}

export function isHidden(circuit: Circuit, wire: number): boolean {
  const role = circuit.wires[wire]?.role;
  return role === 'witness' || role === 'committed';
}

export function shapeOf(circuit: Circuit, lowered: Lowered): Shape {
  const { blocks, mu } = stack(lowered);
  const instances = lowered.claims.map((claim) => instanceOf(circuit, claim));
  const degree = instances.some(({ shared }) => shared.length > 0) ? 3 : 2;
  const rounds = Math.max(0, ...instances.map(({ variables }) => variables));
  const hiddenFactors = instances.reduce((sum, { hidden }) => sum + Number(hidden[0]) + Number(hidden[1]), 0);
  let walk = 4;
  for (let k = 1; k < mu; k++) walk += 2 * k + 4;
  return {
    ...{ blocks, mu, relations: lowered.relations, instances, degree, rounds, hiddenFactors },
    tauBits: Math.max(0, ...lowered.relations.map(({ box }) => boxBits(box))),
    messages: walk + instances.length + degree * rounds + hiddenFactors,
    products: 2 + 3 * (mu - 1) + instances.filter(({ hidden }) => hidden[0] && hidden[1]).length,
  };
}

/** Lookups before tables, stacked by decreasing padded size, ties in that order. */
function stack({ lookups, tables }: Lowered): { blocks: Block[]; mu: number } {
  const unplaced = [
    ...lookups.map((lookup) => ({ kind: 'lookup' as const, lookup, table: lookup.table, box: lookup.box })),
    ...tables.map((table) => ({ kind: 'table' as const, table, box: [table.rows] })),
  ].map((block) => ({ ...block, bits: boxBits(block.box) }));
  unplaced.sort((a, b) => b.bits - a.bits);
  let address = 0;
  const blocks = unplaced.map((block) => {
    address += 2 ** block.bits;
    return { ...block, address: address - 2 ** block.bits };
  });
  return { blocks, mu: Math.max(1, bitsOf(address)) };
}

/** The output axes that an operand has. */
function outputAxes({ maps }: Operand): Set<number> {
  return new Set(maps.flatMap((map) => (map.kind === 'output' || map.kind === 'window' ? [map.axis] : [])));
}

export function sharedAxes({ box, left, right }: Contract): number[] {
  const both = outputAxes(left);
  const other = outputAxes(right);
  return [...box.keys()].filter((axis) => both.has(axis) && other.has(axis));
}

function instanceOf(circuit: Circuit, claim: AccumulatorClaim): Instance {
  const { contract } = claim;
  const shared = sharedAxes(contract);
  const box = [...shared.map((axis) => contract.box[axis] as number), ...contract.reduce];
  const hidden = [isHidden(circuit, contract.left.wire), isHidden(circuit, contract.right.wire)] as const;
  return { claim, shared, box, variables: boxBits(box), hidden };
}
