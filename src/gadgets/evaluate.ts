/** Gadgets over integers: what each one computes, and where a witness breaks one. The reference every backend is held to. */
import type { Circuit, Gadget, StepFunction, StepGadget, Table } from '../artifact/circuit.ts';
import type { Witness } from '../artifact/witness.ts';
import { product } from '../base/tensor.ts';
import { evaluateContract } from './contract.ts';
import { maximumSpan } from './facts.ts';
import { evaluateStep } from './step.ts';
import { type Assignment, evaluateExpression, readView, type Sized } from './views.ts';

function rowKey(values: readonly number[]): string {
  return values.join(',');
}

const rowIndexes = new WeakMap<Table, Map<string, number>>();

/** Map from the key columns of a table to its last column. */
function tableRows(table: Table): Map<string, number> {
  const known = rowIndexes.get(table);
  if (known) return known;
  const keys = table.columns.slice(0, -1);
  const values = table.columns.at(-1) as Int32Array;
  const rows = new Map<string, number>();
  values.forEach((value, row) => rows.set(rowKey(keys.map((column) => column[row] as number)), value));
  rowIndexes.set(table, rows);
  return rows;
}

/** The step function of each box cell; undefined where the class names none. */
export function stepsAt(
  gadget: StepGadget,
  wires: readonly Sized[],
  assignment: Assignment,
): (cell: number) => StepFunction | undefined {
  const { classes, functions } = gadget;
  if (classes === null) return () => functions[0];
  const data = assignment.wires[classes.wire] as ArrayLike<number>;
  const selector = readView(classes, wires[classes.wire] as Sized, data, gadget.box);
  return (cell) => functions[selector[cell] as number];
}

/** The values a gadget determines over its box: an accumulator, or an output wire; NaN where it defines none. */
export function evaluateGadget(gadget: Gadget, circuit: Circuit, assignment: Assignment): Float64Array {
  const { wires, tables } = circuit;
  switch (gadget.kind) {
    case 'contract':
      return evaluateContract(
        gadget,
        wires,
        assignment.wires[gadget.left.wire] as ArrayLike<number>,
        assignment.wires[gadget.right.wire] as ArrayLike<number>,
      );
    case 'step': {
      const input = evaluateExpression(gadget.input, wires, assignment, gadget.box);
      const functions = stepsAt(gadget, wires, assignment);
      return input.map((x, cell) => {
        const step = functions(cell);
        return step === undefined ? Number.NaN : evaluateStep(step, x);
      });
    }
    case 'table': {
      const rows = tableRows(tables[gadget.table] as Table);
      const inputs = gadget.inputs.map((input) => evaluateExpression(input, wires, assignment, gadget.box));
      return new Float64Array(product(gadget.box)).map(
        (_, cell) => rows.get(rowKey(inputs.map((input) => input[cell] as number))) ?? Number.NaN,
      );
    }
    case 'maximum': {
      const left = evaluateExpression(gadget.left, wires, assignment, gadget.box);
      const right = evaluateExpression(gadget.right, wires, assignment, gadget.box);
      return left.map((a, cell) => {
        const b = right[cell] as number;
        return Math.abs(a - b) <= maximumSpan ? Math.max(a, b) : Number.NaN;
      });
    }
    case 'linear':
      return evaluateExpression(gadget.input, wires, assignment, gadget.box);
    case 'range': {
      const data = assignment.wires[gadget.wire] as ArrayLike<number>;
      return Float64Array.from(data, (x) => (x >= gadget.low && x <= gadget.high ? x : Number.NaN));
    }
  }
}

/** One cell at which a witness breaks a gadget. */
export type Violation = {
  readonly gadget: string;
  readonly kind: Gadget['kind'];
  readonly cell: number;
  readonly found: number;
  readonly expected: number;
};

/** Every cell at which the witness breaks a gadget; empty exactly when the witness satisfies the circuit. */
export function violations(circuit: Circuit, witness: Witness): Violation[] {
  const accumulators: Float64Array[] = [];
  const assignment: Assignment = { wires: witness.wires, accumulators };
  const out: Violation[] = [];
  for (const gadget of circuit.gadgets) {
    const values = evaluateGadget(gadget, circuit, assignment);
    if (gadget.kind === 'contract') {
      accumulators[gadget.accumulator] = values;
      continue;
    }
    const claimed = witness.wires[gadget.kind === 'range' ? gadget.wire : gadget.output] as Float64Array;
    values.forEach((expected, cell) => {
      const found = claimed[cell] as number;
      if (found !== expected) out.push({ gadget: gadget.name, kind: gadget.kind, cell, found, expected });
    });
  }
  return out;
}
