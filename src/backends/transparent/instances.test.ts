import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { everyGadget } from '../../../test/support/circuits.ts';
import { product, type Shape } from '../../base/tensor.ts';
import { accumulatorClaims, stack, tableIdentifier, tableRows } from './instances.ts';
import { paddedBits } from './layout.ts';
import { lower } from './lower.ts';
import type { System } from './system.ts';

const system = lower(everyGadget().circuit, 9);

/** The system with lookups over these boxes and tables of these lengths. */
function systemOf(boxes: readonly Shape[], rows: readonly number[], width = 2): System {
  return {
    ...system,
    lookups: boxes.map((box, i) => ({ name: 'l', table: i % rows.length, box, tuple: [] })),
    tables: rows.map((length) => ({
      name: 't',
      columns: Array.from({ length: width }, () => new Int32Array(length)),
      multiplicity: 0,
    })),
  };
}

describe('stack', () => {
  const shapes = fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 3 });

  it('aligns the blocks of all lookups and tables, and keeps them apart', () => {
    fc.assert(
      fc.property(
        fc.array(shapes, { maxLength: 6 }),
        fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 4 }),
        (boxes, rows) => {
          const { instances, logLeaves, cells, width } = stack(systemOf(boxes, rows, 3));
          expect(instances.map(({ kind }) => kind)).toEqual([...boxes.map(() => 'lookup'), ...rows.map(() => 'table')]);
          const order = [...instances].sort((a, b) => a.address - b.address);
          let end = 0;
          for (const { address, bits, box } of order) {
            expect(bits).toBe(paddedBits(box));
            expect(address).toBe(end);
            expect(address % 2 ** bits).toBe(0);
            end = address + 2 ** bits;
          }
          expect(2 ** logLeaves).toBeGreaterThanOrEqual(Math.max(2, end));
          expect(2 ** (logLeaves - 1)).toBeLessThan(Math.max(2, end));
          expect(cells).toBe([...boxes, ...rows.map((n) => [n])].reduce((sum, box) => sum + product(box), 0));
          expect(width).toBe(3);
        },
      ),
      { numRuns: 150, seed: 1 },
    );
  });

  it('has at least two leaves', () => {
    expect(stack(systemOf([], [1])).logLeaves).toBe(1);
  });

  it('counts leaves beyond 2^32', () => {
    // Eight dimensions of 11 are 2·10^8 cells, which a circuit may have, and 2^32 leaves.
    const { logLeaves } = stack(systemOf([new Array<number>(8).fill(11)], [256]));
    expect(logLeaves).toBe(33);
  });
});

describe('tables', () => {
  it('have distinct identifiers that are not 0', () => {
    const found = system.tables.map((_, id) => tableIdentifier(id));
    expect(new Set(found).size).toBe(found.length);
    expect(found).not.toContain(0);
  });

  it('tableRows counts rows', () => {
    expect(system.tables.map(tableRows)).toEqual(system.tables.map(({ columns }) => (columns[0] as Int32Array).length));
  });
});

describe('accumulatorClaims', () => {
  const expression = (...accumulators: number[]) => ({ constant: 0, terms: [], accumulators });

  it('lists every accumulator once per point, lookups first', () => {
    const some: System = {
      ...system,
      lookups: [
        { name: 'a', table: 0, box: [1], tuple: [expression(2), expression(0, 2)] },
        { name: 'b', table: 0, box: [1], tuple: [expression(0)] },
      ],
      linears: [{ name: 'c', box: [1], expression: expression(1, 2, 1) }],
    };
    expect(accumulatorClaims(some)).toEqual([
      { accumulator: 2, at: 'lookup' },
      { accumulator: 0, at: 'lookup' },
      { accumulator: 1, at: 'linear' },
      { accumulator: 2, at: 'linear' },
    ]);
  });

  it('leaves out accumulators that nothing reads', () => {
    expect(accumulatorClaims({ ...system, lookups: [], linears: [] })).toEqual([]);
  });
});
