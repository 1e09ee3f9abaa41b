import type { Circuit, Gadget, Operand, View } from './circuit.ts';
import { expressionsOf, sound } from './facts.ts';
import { boxBits, boxCells } from './multilinear.ts';
import { sharedAxes } from './shape.ts';
import { type StepPlan, stepsOf } from './step-plan.ts';

/** §9: whatever a few bytes of key can make a verifier do is bounded before it is done. */

const mostRows = 2 ** 23;
const mostPadded = 2 ** 27;
const mostVariables = 28;
const mostSteps = 2 ** 28;
const rowCells = 2 ** 14;
const perWeight = 64;
const perListed = 16;

export function checkCost(circuit: Circuit, plan: StepPlan): void {
  sound(tableRows(circuit, plan) <= mostRows, 'the tables have more than 2^23 rows');
  const boxes = circuit.wires.filter(({ role }) => role !== 'constant').map(({ sizes }) => sizes);
  for (const gadget of circuit.gadgets) {
    boxes.push(boxOf(gadget, circuit));
    if (gadget.kind === 'contract') boxes.push(gadget.reduce);
  }
  const padded = boxes.reduce((sum, sizes) => sum + 2 ** boxBits(sizes), 0);
  sound(padded <= mostPadded, 'wires and boxes have more than 2^27 padded cells');
  for (const gadget of circuit.gadgets) {
    if (gadget.kind !== 'contract') continue;
    const shared = sharedAxes(gadget).map((axis) => gadget.box[axis] as number);
    sound(boxBits([...shared, ...gadget.reduce]) <= mostVariables, 'a contraction of more than 28 variables');
  }
  sound(claimSteps(circuit) <= mostSteps, 'claim vectors of more than 2^28 steps');
}

/** The constants of all contractions, each as often as it is used: what finding their bounds takes. */
export function checkWeighed({ wires, gadgets }: Circuit): void {
  const cells = ({ wire }: Operand): number => wires[wire]?.cells?.length ?? 0;
  const weighed = gadgets.reduce(
    (sum, gadget) => (gadget.kind === 'contract' ? sum + cells(gadget.left) + cells(gadget.right) : sum),
    0,
  );
  sound(weighed <= mostSteps, 'the contractions weigh more than 2^28 cells of constants');
}

function boxOf(gadget: Gadget, { wires }: Circuit): readonly number[] {
  return gadget.kind === 'range' ? (wires[gadget.wire]?.sizes ?? []) : gadget.box;
}

/** Circuit tables, used or not, every range gadget by itself, and what the steps need. */
function tableRows(circuit: Circuit, plan: StepPlan): number {
  let rows = plan.shared;
  for (const { columns } of circuit.tables) rows += columns[0]?.length ?? 0;
  for (const gadget of circuit.gadgets) if (gadget.kind === 'range') rows += gadget.high - gadget.low + 1;
  for (const step of stepsOf(circuit)) rows += plan.choiceOf(step).rows;
  return rows;
}

function claimSteps(circuit: Circuit): number {
  let steps = 0;
  for (const gadget of circuit.gadgets) {
    const box = boxOf(gadget, circuit);
    for (const { terms } of expressionsOf(gadget))
      for (const { view } of terms) steps += readingCost(view.wire, circuit) + viewCost(view, box);
    if (gadget.kind === 'contract')
      for (const operand of [gadget.left, gadget.right])
        steps += readingCost(operand.wire, circuit) + operandCost(operand, box, gadget.reduce);
  }
  return steps;
}

/** A cell of a constant or public wire is a step; a row of its innermost dimensions 64 more. */
function readingCost(wire: number, { wires }: Circuit): number {
  const { role, sizes } = wires[wire] as Circuit['wires'][number];
  if (role !== 'constant' && role !== 'public') return 0;
  let row = sizes.at(-1) ?? 1;
  for (const size of sizes.slice(0, -1).reverse()) {
    if (row * size > rowCells) break;
    row *= size;
  }
  return boxCells(sizes) + (perWeight * boxCells(sizes)) / row;
}

/** A view is a weight, and so is each of its maps; an offset or a stride has one for each index, a list one for each entry. */
function viewCost({ maps }: View, box: readonly number[]): number {
  return maps.reduce((sum, map) => {
    if (map.kind === 'listed') return sum + perListed * map.indices.length;
    const plain = map.kind === 'fixed' || (map.stride === 1 && map.offset === 0);
    return sum + perWeight * (plain ? 1 : (box[map.axis] as number));
  }, perWeight);
}

function operandCost({ maps }: Operand, box: readonly number[], reduce: readonly number[]): number {
  return maps.reduce(
    (sum, map) =>
      map.kind === 'window' ? sum + perWeight * (box[map.axis] as number) * (reduce[map.reduce] as number) : sum,
    perWeight * maps.length,
  );
}
