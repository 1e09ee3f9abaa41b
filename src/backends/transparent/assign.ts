/** Witness → cells of every committed tensor of a system: wires as they are, then offsets, widths and multiplicities. */
import type { StepGadget, View, Wire } from '../../artifact/circuit.ts';
import type { Witness } from '../../artifact/witness.ts';
import { product, type Shape } from '../../base/tensor.ts';
import { evaluateContract } from '../../gadgets/contract.ts';
import { type Assignment, integersOf, readView } from '../../gadgets/views.ts';
import { reachOf } from './gadgets/run-plan.ts';
import { runsName, segmentsName } from './lowering.ts';
import { endsOfPieces, PieceIndex } from './piece-index.ts';
import { RowIndex } from './row-index.ts';
import type { StepPlan, System, SystemTable } from './system.ts';

/** Integers of every tensor of a system and of every accumulator. Nothing here requires the witness to be honest. */
export type Cells = { readonly tensors: readonly Float64Array[]; readonly accumulators: readonly Float64Array[] };

const rowIndexes = new WeakMap<SystemTable, RowIndex>();
const pieceIndexes = new WeakMap<SystemTable, PieceIndex>();

function rowIndex(table: SystemTable): RowIndex {
  const known = rowIndexes.get(table) ?? new RowIndex(table.columns);
  rowIndexes.set(table, known);
  return known;
}

/** Past the last integer of each row of runs, strides included. */
function endsOfRuns(system: System, columns: readonly Int32Array[]): Int32Array {
  const [outputs, , lasts, classes] = columns as [Int32Array, Int32Array, Int32Array, Int32Array];
  const reaches: (Runs['reach'] | undefined)[] = [];
  for (const plan of system.steps) {
    if (plan.kind !== 'runs') continue;
    const { functions } = system.circuit.gadgets[plan.gadget] as StepGadget;
    functions.forEach((_, i) => {
      reaches[plan.classBase + i] = plan.reach;
    });
  }
  const unit = 2 ** (system.runBits as number);
  return lasts.map((last, row) => {
    const reach = reachOf(reaches[classes[row] as number] ?? null, outputs[row] as number) ?? 0;
    return last + 1 + (2 ** reach - 1) * unit;
  });
}

/** The rows of all cut steps or of all steps in runs; null for any other table. */
function pieceIndex(system: System, table: SystemTable | undefined): PieceIndex | null {
  if (table === undefined || (table.name !== segmentsName && table.name !== runsName)) return null;
  const { columns } = table;
  const ends = (): Int32Array =>
    table.name === runsName ? endsOfRuns(system, columns) : endsOfPieces(columns, system.pieceBits, system.wideBits);
  const known = pieceIndexes.get(table) ?? new PieceIndex(columns, ends());
  pieceIndexes.set(table, known);
  return known;
}

type Cut = Extract<StepPlan, { readonly kind: 'segments' | 'wide' }>;

type Runs = Extract<StepPlan, { readonly kind: 'runs' }>;

/** Inputs of a step over its box, and the row that each of them and its class are in; −1 without a function or a run. */
function rowsOfStep(
  system: System,
  plan: Cut | Runs,
  index: PieceIndex,
  assignment: Assignment,
): { readonly input: ArrayLike<number>; readonly rows: Int32Array } {
  const gadget = system.circuit.gadgets[plan.gadget] as StepGadget;
  const { wires } = system.circuit;
  const input = integersOf(gadget.input, wires, assignment, gadget.box);
  const classes = gadget.classes === null ? null : classesOf(gadget.classes, wires, assignment, gadget.box);
  const count = gadget.functions.length;
  const rows = new Int32Array(input.length);
  for (let cell = 0; cell < rows.length; cell++) {
    const own = classes === null ? 0 : (classes[cell] as number);
    rows[cell] = own >= 0 && own < count ? index.pieceAt(plan.classBase + own, input[cell] as number) : -1;
  }
  return { input, rows };
}

/** Fills the offsets and widths of one cut step. A cell without a run gets the piece (0, 0), which proves nothing. */
function assignPieces(
  system: System,
  plan: Cut,
  pieces: PieceIndex,
  assignment: Assignment,
  tensors: Float64Array[],
): void {
  const { input, rows } = rowsOfStep(system, plan, pieces, assignment);
  const offsets = new Float64Array(rows.length);
  const widths = new Float64Array(rows.length);
  const heights = new Float64Array(plan.kind === 'wide' ? rows.length : 0);
  const unit = 2 ** system.pieceBits;
  for (let cell = 0; cell < rows.length; cell++) {
    const row = rows[cell] as number;
    if (row < 0) continue;
    const code = pieces.codeOf(row);
    let d = (input[cell] as number) - pieces.startOf(row);
    if (code > system.pieceBits) {
      const high = Math.floor(d / unit);
      heights[cell] = high;
      d -= high * unit;
    }
    offsets[cell] = d;
    widths[cell] = code;
  }
  tensors[plan.offset] = offsets;
  tensors[plan.width] = widths;
  if (plan.kind === 'wide') tensors[plan.height] = heights;
}

/** Fills the distances of one step in runs. A cell without a run gets (0, 0, 0), which proves nothing. */
function assignRuns(
  system: System,
  plan: Runs,
  runs: PieceIndex,
  assignment: Assignment,
  tensors: Float64Array[],
): void {
  const { input, rows } = rowsOfStep(system, plan, runs, assignment);
  const before = new Float64Array(rows.length);
  const after = new Float64Array(rows.length);
  const strides = new Float64Array(plan.reach === null ? 0 : rows.length);
  const unit = 2 ** (system.runBits as number);
  for (let cell = 0; cell < rows.length; cell++) {
    const row = rows[cell] as number;
    if (row < 0) continue;
    const x = input[cell] as number;
    const d = x - runs.startOf(row);
    const passed = Math.floor(d / unit) * unit;
    before[cell] = d - passed;
    after[cell] = runs.codeOf(row) + passed - x;
    if (plan.reach !== null) strides[cell] = passed / unit;
  }
  tensors[plan.before] = before;
  tensors[plan.after] = after;
  if (plan.reach !== null) tensors[plan.reach.strides] = strides;
}

function classesOf(classes: View, wires: readonly Wire[], assignment: Assignment, box: Shape): Float64Array {
  return readView(classes, wires[classes.wire] as Wire, assignment.wires[classes.wire] as ArrayLike<number>, box);
}

function segmentRows(pieces: PieceIndex, columns: readonly ArrayLike<number>[], count: number): Int32Array {
  const [outputs, starts, codes, classes] = columns as [
    ArrayLike<number>,
    ArrayLike<number>,
    ArrayLike<number>,
    ArrayLike<number>,
  ];
  const out = new Int32Array(count);
  for (let cell = 0; cell < count; cell++)
    out[cell] = pieces.rowOf(
      outputs[cell] as number,
      starts[cell] as number,
      codes[cell] as number,
      classes[cell] as number,
    );
  return out;
}

/** How often each row of each table is used. Tuples that are in no row are left out: the proof will then fail. */
export function countMultiplicities(system: System, assignment: Assignment, tensors: Float64Array[]): void {
  for (const table of system.tables)
    tensors[table.multiplicity] = new Float64Array((table.columns[0] as Int32Array).length);
  for (const lookup of system.lookups) {
    const table = system.tables[lookup.table] as SystemTable;
    const counts = tensors[table.multiplicity] as Float64Array;
    const columns = lookup.tuple.map((expression) => integersOf(expression, system.tensors, assignment, lookup.box));
    const pieces = pieceIndex(system, table);
    const count = product(lookup.box);
    const rows = pieces === null ? rowIndex(table).rowsOf(columns, count) : segmentRows(pieces, columns, count);
    for (let cell = 0; cell < count; cell++) {
      const row = rows[cell] as number;
      if (row >= 0) counts[row] = (counts[row] as number) + 1;
    }
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
  const indexOf = (name: string): PieceIndex | null =>
    pieceIndex(
      system,
      system.tables.find((table) => table.name === name),
    );
  const pieces = indexOf(segmentsName);
  const runs = indexOf(runsName);
  for (const plan of system.steps) {
    if (plan.kind === 'runs' && runs !== null) assignRuns(system, plan, runs, assignment, tensors);
    if ((plan.kind === 'segments' || plan.kind === 'wide') && pieces !== null)
      assignPieces(system, plan, pieces, assignment, tensors);
  }
  countMultiplicities(system, assignment, tensors);
  return { tensors, accumulators };
}
