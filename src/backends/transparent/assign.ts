/** Witness → cells of every committed tensor of a system: wires as they are, then offsets, widths and multiplicities. */
import type { StepGadget } from '../../artifact/circuit.ts';
import type { Witness } from '../../artifact/witness.ts';
import { product } from '../../base/tensor.ts';
import { evaluateContract } from '../../gadgets/contract.ts';
import { stepsAt } from '../../gadgets/evaluate.ts';
import { runEnd, runOf } from '../../gadgets/step.ts';
import { type Assignment, evaluateExpression } from '../../gadgets/views.ts';
import { pieceOf } from './gadgets/pieces.ts';
import { intervalOf, reachOf } from './gadgets/run-plan.ts';
import { RowIndex } from './row-index.ts';
import type { StepPlan, System, SystemTable } from './system.ts';

/** Integers of every tensor of a system and of every accumulator. Nothing here requires the witness to be honest. */
export type Cells = { readonly tensors: readonly Float64Array[]; readonly accumulators: readonly Float64Array[] };

const rowIndexes = new WeakMap<SystemTable, RowIndex>();

function rowIndex(table: SystemTable): RowIndex {
  const known = rowIndexes.get(table) ?? new RowIndex(table.columns);
  rowIndexes.set(table, known);
  return known;
}

type Cut = Extract<StepPlan, { readonly kind: 'segments' | 'wide' }>;

type Runs = Extract<StepPlan, { readonly kind: 'runs' }>;

/** Fills the offsets and widths of one cut step. A cell without a run gets the piece (0, 0), which proves nothing. */
function assignPieces(system: System, plan: Cut, assignment: Assignment, tensors: Float64Array[]): void {
  const gadget = system.circuit.gadgets[plan.gadget] as StepGadget;
  const { wires } = system.circuit;
  const input = evaluateExpression(gadget.input, wires, assignment, gadget.box);
  const functions = stepsAt(gadget, wires, assignment);
  const offsets = new Float64Array(input.length);
  const widths = new Float64Array(input.length);
  const heights = new Float64Array(input.length);
  const wide = plan.kind === 'wide' ? system.wideBits : null;
  const unit = 2 ** system.pieceBits;
  input.forEach((x, cell) => {
    const step = functions(cell);
    if (step === undefined) return;
    const run = runOf(step, x);
    if (run < 0) return;
    const start = step.starts[run] as number;
    const piece = pieceOf(start, runEnd(step, run) - start, system.pieceBits, x, wide);
    const d = x - piece.start;
    const high = wide !== null && piece.width === wide ? Math.floor(d / unit) : 0;
    offsets[cell] = d - high * unit;
    heights[cell] = high;
    widths[cell] = Math.min(piece.width, system.pieceBits + 1);
  });
  tensors[plan.offset] = offsets;
  tensors[plan.width] = widths;
  if (plan.kind === 'wide') tensors[plan.height] = heights;
}

/** Fills the distances of one step in runs. A cell without a run gets (0, 0, 0), which proves nothing. */
function assignRuns(system: System, plan: Runs, assignment: Assignment, tensors: Float64Array[]): void {
  const gadget = system.circuit.gadgets[plan.gadget] as StepGadget;
  const { wires } = system.circuit;
  const input = evaluateExpression(gadget.input, wires, assignment, gadget.box);
  const functions = stepsAt(gadget, wires, assignment);
  const before = new Float64Array(input.length);
  const after = new Float64Array(input.length);
  const strides = new Float64Array(input.length);
  const bits = system.runBits as number;
  input.forEach((x, cell) => {
    const step = functions(cell);
    if (step === undefined) return;
    const run = runOf(step, x);
    if (run < 0) return;
    const start = step.starts[run] as number;
    const reach = reachOf(plan.reach, step.values[run] as number);
    const found = intervalOf(start, runEnd(step, run) - start, bits, reach, x);
    strides[cell] = found.strides;
    before[cell] = x - found.first - found.strides * 2 ** bits;
    after[cell] = found.last + found.strides * 2 ** bits - x;
  });
  tensors[plan.before] = before;
  tensors[plan.after] = after;
  if (plan.reach !== null) tensors[plan.reach.strides] = strides;
}

/** How often each row of each table is used. Tuples that are in no row are left out: the proof will then fail. */
export function countMultiplicities(system: System, assignment: Assignment, tensors: Float64Array[]): void {
  for (const table of system.tables)
    tensors[table.multiplicity] = new Float64Array((table.columns[0] as Int32Array).length);
  for (const lookup of system.lookups) {
    const table = system.tables[lookup.table] as SystemTable;
    const index = rowIndex(table);
    const counts = tensors[table.multiplicity] as Float64Array;
    const columns = lookup.tuple.map((expression) =>
      evaluateExpression(expression, system.tensors, assignment, lookup.box),
    );
    index.forEachRow(columns, product(lookup.box), (row) => {
      counts[row] = (counts[row] as number) + 1;
    });
  }
}

/** Cells of all tensors, the accumulators computed from the operands as they stand. */
export function assign(system: System, witness: Witness): Cells {
  const tensors: Float64Array[] = witness.wires.map((wire) => wire);
  const accumulators = system.contractions.map((gadget) =>
    evaluateContract(
      gadget,
      system.circuit.wires,
      tensors[gadget.left.wire] as Float64Array,
      tensors[gadget.right.wire] as Float64Array,
    ),
  );
  const assignment: Assignment = { wires: tensors, accumulators };
  for (const plan of system.steps) {
    if (plan.kind === 'runs') assignRuns(system, plan, assignment, tensors);
    else if (plan.kind !== 'direct') assignPieces(system, plan, assignment, tensors);
  }
  countMultiplicities(system, assignment, tensors);
  return { tensors, accumulators };
}
