import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RowIndex } from './row-index.ts';

function rowsOf(index: RowIndex, tuples: readonly (readonly number[])[], width: number): number[] {
  const columns = Array.from({ length: width }, (_, i) => tuples.map((tuple) => tuple[i] as number));
  return Array.from(index.rowsOf(columns, tuples.length)).filter((row) => row >= 0);
}

const widths = { narrow: 40, wide: 2 ** 31 - 1 };

describe.each(Object.keys(widths) as (keyof typeof widths)[])('tuples of %s columns', (kind) => {
  const value = fc.integer({ min: -widths[kind], max: widths[kind] });
  const tables = fc.integer({ min: 1, max: 3 }).chain((width) =>
    fc.record({
      width: fc.constant(width),
      table: fc.array(fc.array(value, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 60 }),
      others: fc.array(fc.array(value, { minLength: width, maxLength: width }), { maxLength: 20 }),
    }),
  );

  it('are found in the first row that equals them, and nowhere else', () => {
    fc.assert(
      fc.property(tables, ({ width, table, others }) => {
        const columns = Array.from({ length: width }, (_, i) => Int32Array.from(table, (row) => row[i] as number));
        const tuples = [...table, ...others];
        const expected = tuples.map((tuple) => table.findIndex((row) => row.join() === tuple.join()));
        expect(rowsOf(new RowIndex(columns), tuples, width)).toEqual(expected.filter((row) => row >= 0));
      }),
      { numRuns: 150, seed: 1 },
    );
  });
});

it('tuples that are no integers of the table are in no row', () => {
  const index = new RowIndex([Int32Array.of(0, 1, 2), Int32Array.of(5, 6, 7)]);
  const tuples = [
    [0.5, 5],
    [Number.NaN, 5],
    [3, 5],
    [-1, 5],
    [0, 2 ** 40],
    [1, 5],
  ];
  expect(rowsOf(index, tuples, 2)).toEqual([]);
  expect(rowsOf(index, [[-0, 5]], 2)).toEqual([0]);
});
