import { describe, expect, it } from 'vitest';
import { complete, everyGadget } from '../../../test/support/circuits.ts';
import type { Witness } from '../../artifact/witness.ts';
import { product } from '../../base/tensor.ts';
import { evaluateExpression } from '../../gadgets/views.ts';
import { assign, type Cells } from './assign.ts';
import { lower } from './lower.ts';
import type { System } from './system.ts';

const { circuit, inputs } = everyGadget();
const system = lower(circuit, 8);
const witness = complete(circuit, inputs);
const cells = assign(system, witness);

/** Tuples of a lookup as texts, over its box. */
function tuples(over: System, found: Cells, lookup: System['lookups'][number]): string[] {
  const assignment = { wires: found.tensors, accumulators: found.accumulators };
  const columns = lookup.tuple.map((entry) => evaluateExpression(entry, over.tensors, assignment, lookup.box));
  return Array.from({ length: product(lookup.box) }, (_, cell) => columns.map((column) => column[cell]).join());
}

function counts(found: Cells, table: number): Float64Array {
  return found.tensors[system.tables[table]?.multiplicity as number] as Float64Array;
}

describe('the cells of an honest witness', () => {
  it('fill every tensor with as many integers as it has cells', () => {
    system.tensors.forEach(({ sizes }, id) => expect(cells.tensors[id]?.length).toBe(product(sizes)));
    witness.wires.forEach((wire, id) => expect(cells.tensors[id]).toBe(wire));
  });

  it('make every tuple of every lookup a row of its table', () => {
    for (const lookup of system.lookups) {
      const { columns } = system.tables[lookup.table] as (typeof system.tables)[number];
      const rows = new Set(Array.from(columns[0] as Int32Array, (_, row) => columns.map((c) => c[row]).join()));
      for (const tuple of tuples(system, cells, lookup)) expect(rows.has(tuple)).toBe(true);
    }
  });

  it('count how often each row is used, over all lookups of the table', () => {
    system.tables.forEach(({ columns }, table) => {
      const used = new Map<string, number>();
      for (const lookup of system.lookups.filter((each) => each.table === table))
        for (const tuple of tuples(system, cells, lookup)) used.set(tuple, (used.get(tuple) ?? 0) + 1);
      counts(cells, table).forEach((count, row) => {
        const key = columns.map((column) => column[row]).join();
        // The one row that stands twice, (0, 0) of the widths, is counted once.
        const expected = used.get(key) ?? 0;
        used.delete(key);
        expect(count).toBe(expected);
      });
      expect(used.size).toBe(0);
    });
  });

  it('satisfy the linear relations', () => {
    const assignment = { wires: cells.tensors, accumulators: cells.accumulators };
    for (const { expression, box } of system.linears)
      for (const value of evaluateExpression(expression, system.tensors, assignment, box)) expect(value).toBe(0);
  });

  it('offsets lie below the width of their piece', () => {
    for (const plan of system.steps) {
      if (plan.kind !== 'segments') throw new Error('a direct step');
      const widths = cells.tensors[plan.width] as Float64Array;
      cells.tensors[plan.offset]?.forEach((offset, cell) => {
        expect(offset).toBeGreaterThanOrEqual(0);
        expect(offset).toBeLessThan(2 ** (widths[cell] as number));
        expect(widths[cell]).toBeLessThanOrEqual(8);
      });
    }
  });
});

describe('the cells of a dishonest witness', () => {
  const wire = circuit.wires.findIndex(({ name }) => name === 'pool:out');
  const changed: Witness = {
    wires: witness.wires.map((data, id) => (id === wire ? data.map((x, i) => (i === 0 ? x + 1000 : x)) : data)),
  };

  it('are assigned all the same; tuples that are in no row are left out of the counts', () => {
    const found = assign(system, changed);
    const total = (over: Cells, table: number): number => counts(over, table).reduce((sum, x) => sum + x, 0);
    const [pool, table] = ['pool', 'table'].map((name) => system.lookups.find((each) => each.name === name)?.table);
    for (const id of [pool, table] as number[]) expect(total(found, id)).toBe(total(cells, id) - 1);
  });

  it('an input outside every run gets the piece (0, 0)', () => {
    const wild: Witness = { wires: witness.wires.map((data, id) => (id === 0 ? data.map(() => 1e8) : data)) };
    const found = assign(system, wild);
    const plan = system.steps[0] as Extract<(typeof system.steps)[number], { kind: 'segments' }>;
    expect(new Set(found.tensors[plan.offset])).toEqual(new Set([0]));
    expect(new Set(found.tensors[plan.width])).toEqual(new Set([0]));
  });
});
