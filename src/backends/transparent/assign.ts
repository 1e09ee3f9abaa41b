/** Witness → cells of every committed tensor of a system: wires as they are, then offsets, widths and multiplicities. */
import type { StepGadget, View, Wire } from '../../artifact/circuit.ts';
import type { Witness } from '../../artifact/witness.ts';
import { product, type Shape } from '../../base/tensor.ts';
import { evaluateContract } from '../../gadgets/contract.ts';
import { type Assignment, integersOf, readView } from '../../gadgets/views.ts';
import { segmentsName } from './lowering.ts';
import { PieceIndex } from './piece-index.ts';
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

/** The pieces of all cut steps; null for any other table. */
function pieceIndex(system: System, table: SystemTable): PieceIndex | null {
  if (table.name !== segmentsName) return null;
  const known = pieceIndexes.get(table) ?? new PieceIndex(table.columns, system.pieceBits, system.wideBits);
  pieceIndexes.set(table, known);
  return known;
}

type Cut = Exclude<StepPlan, { readonly kind: 'direct' }>;

/** Fills the offsets and widths of one cut step. A cell without a run gets the piece (0, 0), which proves nothing. */
function assignPieces(
  system: System,
  plan: Cut,
  pieces: PieceIndex,
  assignment: Assignment,
  tensors: Float64Array[],
): void {
  const gadget = system.circuit.gadgets[plan.gadget] as StepGadget;
  const { wires } = system.circuit;
  const input = integersOf(gadget.input, wires, assignment, gadget.box);
  const classes = gadget.classes === null ? null : classesOf(gadget.classes, wires, assignment, gadget.box);
  const offsets = new Float64Array(input.length);
  const widths = new Float64Array(input.length);
  const heights = new Float64Array(plan.kind === 'wide' ? input.length : 0);
  const unit = 2 ** system.pieceBits;
  for (let cell = 0; cell < input.length; cell++) {
    const x = input[cell] as number;
    const own = classes === null ? 0 : (classes[cell] as number);
    if (!(own >= 0 && own < gadget.functions.length)) continue;
    const row = pieces.pieceAt(plan.classBase + own, x);
    if (row < 0) continue;
    const code = pieces.codeOf(row);
    let d = x - pieces.startOf(row);
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
  const segments = system.tables.find((table) => table.name === segmentsName);
  const pieces = segments === undefined ? null : pieceIndex(system, segments);
  for (const plan of system.steps)
    if (plan.kind !== 'direct' && pieces !== null) assignPieces(system, plan, pieces, assignment, tensors);
  countMultiplicities(system, assignment, tensors);
  return { tensors, accumulators };
}
