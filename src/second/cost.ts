import type { Circuit, Operand, View } from './circuit.ts';
import type { Lowered } from './lower.ts';
import { boxCells } from './multilinear.ts';
import { demand } from './refusal.ts';

/** §9: whatever a few bytes of key can make a verifier do is bounded before it is done. The unit is a step. */
const stepLimit = 2 ** 28;
const rowCells = 2 ** 14;
const perRow = 64;
const perIndex = 64;
const perListed = 16;

export function checkCost(circuit: Circuit, { lookups, relations, claims }: Lowered): void {
  let steps = 0;
  const spend = (amount: number): void => {
    steps += amount;
    demand(steps <= stepLimit, 'key', 'claim vectors of more than 2^28 steps');
  };
  const views = [
    ...lookups.map(({ box, tuple }) => ({ box, expressions: tuple })),
    ...relations.map(({ box, sum }) => ({ box, expressions: [sum] })),
  ];
  for (const { box, expressions } of views)
    for (const { terms } of expressions) for (const { view } of terms) spend(viewCost(view, box, circuit));
  for (const { contract } of claims)
    for (const operand of [contract.left, contract.right])
      spend(operandCost(operand, contract.box, contract.reduce, circuit));
}

/** A cell of a constant or public wire is a step; a row of its innermost dimensions 64 more. */
function readingCost(wire: number, { wires }: Circuit): number {
  const { role, sizes } = wires[wire] ?? { role: 'witness', sizes: [] };
  if (role !== 'constant' && role !== 'public') return 0;
  let row = 1;
  for (const size of [...sizes].reverse()) {
    if (row * size > rowCells) break;
    row *= size;
  }
  return boxCells(sizes) + (perRow * boxCells(sizes)) / row;
}

/** An axis followed cell by cell costs nothing, other maps bring weights. */
function viewCost({ wire, maps }: View, box: readonly number[], circuit: Circuit): number {
  return maps.reduce(
    (sum, map) => {
      if (map.kind === 'listed') return sum + perListed * map.indices.length;
      if (map.kind === 'fixed' || (map.stride === 1 && map.offset === 0)) return sum;
      return sum + perIndex * (box[map.axis] as number);
    },
    readingCost(wire, circuit),
  );
}

function operandCost(
  { wire, maps }: Operand,
  box: readonly number[],
  reduce: readonly number[],
  circuit: Circuit,
): number {
  return maps.reduce(
    (sum, map) =>
      map.kind === 'window' ? sum + perIndex * (box[map.axis] as number) * (reduce[map.reduce] as number) : sum,
    readingCost(wire, circuit),
  );
}
