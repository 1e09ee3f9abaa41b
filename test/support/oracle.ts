/**
 * What a proof is supposed to establish, decided by looking at every cell: no polynomial, no challenge, no hash. Shares
 * with the proof system the lowered relations and the meaning of expressions, nothing else.
 */
import type { Cells } from '../../src/backends/transparent/assign.ts';
import type { System, SystemTable, SystemTensor } from '../../src/backends/transparent/system.ts';
import { fromInteger } from '../../src/base/field.ts';
import { evaluateContract } from '../../src/gadgets/contract.ts';
import { evaluateExpression } from '../../src/gadgets/views.ts';

/** Rows of a table as residues, each with the sum of its multiplicities: equal rows are one row. */
function countedRows(table: SystemTable, multiplicities: Float64Array): Map<string, number> {
  const rows = new Map<string, number>();
  multiplicities.forEach((count, row) => {
    const key = table.columns.map((column) => fromInteger(column[row] as number)).join();
    rows.set(key, fromInteger((rows.get(key) ?? 0) + fromInteger(count)));
  });
  return rows;
}

function sameResidues(a: Float64Array, b: Float64Array): boolean {
  return a.length === b.length && a.every((value, i) => fromInteger(value) === fromInteger(b[i] as number));
}

/** The first relation of a system that cells break, modulo p; null when they satisfy all of them. */
export function brokenRelation(system: System, cells: Cells): string | null {
  const { wires } = system.circuit;
  const tensors = system.tensors.map(({ data }, id) =>
    data === null ? (cells.tensors[id] as Float64Array) : Float64Array.from(data),
  );
  for (const [id, wire] of wires.entries()) {
    const [low, high] = wire.interval;
    if (wire.role === 'public' && !tensors[id]?.every((x) => x >= low && x <= high)) return `interval of ${wire.name}`;
  }
  for (const gadget of system.contractions) {
    const { left, right, accumulator } = gadget;
    const sums = evaluateContract(
      gadget,
      wires,
      tensors[left.wire] as Float64Array,
      tensors[right.wire] as Float64Array,
    );
    if (!sameResidues(sums, cells.accumulators[accumulator] as Float64Array)) return gadget.name;
  }
  const assignment = { wires: tensors, accumulators: cells.accumulators };
  for (const { name, box, expression } of system.linears) {
    const values = evaluateExpression(expression, system.tensors, assignment, box);
    if (!values.every((value) => fromInteger(value) === 0)) return name;
  }
  const left = system.tables.map((table) => countedRows(table, tensors[table.multiplicity] as Float64Array));
  for (const { name, box, table, tuple } of system.lookups) {
    const columns = tuple.map((expression) => evaluateExpression(expression, system.tensors, assignment, box));
    const rows = left[table] as Map<string, number>;
    for (let cell = 0; cell < (columns[0]?.length ?? 0); cell++) {
      const key = columns.map((column) => fromInteger(column[cell] as number)).join();
      const count = rows.get(key);
      if (count === undefined) return name;
      rows.set(key, fromInteger(count - 1));
    }
  }
  const uncounted = left.findIndex((rows) => [...rows.values()].some((count) => count !== 0));
  return uncounted < 0 ? null : `multiplicities of ${system.tables[uncounted]?.name}`;
}

/** Name of a tensor, for messages. */
export function tensorName(system: System, tensor: number): string {
  return (system.tensors[tensor] as SystemTensor).name;
}
