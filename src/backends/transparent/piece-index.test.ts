import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StepFunction, StepGadget } from '../../artifact/circuit.ts';
import { runEnd, runOf } from '../../gadgets/step.ts';
import { pieceOf, piecesOf } from './gadgets/pieces.ts';
import { endsOfPieces, PieceIndex } from './piece-index.ts';

const pieceBits = 3;

/** Runs of some lengths from a start on. */
function stepOf(start: number, lengths: readonly number[]): StepFunction {
  let end = start;
  const starts = Int32Array.from(lengths, (length) => {
    end += length;
    return end - length;
  });
  return { starts, values: starts.map((_, i) => i - 2), high: end - 1 };
}

function tableOf(functions: StepGadget['functions'], wide: number | null): Int32Array[] {
  const columns: number[][] = [[], [], [], []];
  functions.forEach((step, id) => {
    step.starts.forEach((start, run) => {
      for (const piece of piecesOf(start, runEnd(step, run) - start, pieceBits, wide))
        [step.values[run] as number, piece.start, Math.min(piece.width, pieceBits + 1), id].forEach((value, i) => {
          columns[i]?.push(value);
        });
    });
  });
  return columns.map((column) => Int32Array.from(column));
}

const functions = fc.array(
  fc
    .record({
      start: fc.integer({ min: -2000, max: 2000 }),
      lengths: fc.array(fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 400 })), {
        minLength: 1,
        maxLength: 12,
      }),
    })
    .map(({ start, lengths }) => stepOf(start, lengths)),
  { minLength: 1, maxLength: 3 },
);

describe.each([null, 6])('the pieces of step functions, wide ones of 2^%s', (wide) => {
  it('are found as the plan of their runs says, and by their rows', () => {
    fc.assert(
      fc.property(functions, fc.integer({ min: -2100, max: 2100 }), (steps, from) => {
        const columns = tableOf(steps, wide);
        const [outputs, starts, codes] = columns as [Int32Array, Int32Array, Int32Array];
        const index = new PieceIndex(columns, endsOfPieces(columns, pieceBits, wide));
        steps.forEach((step, id) => {
          for (let x = from; x < from + 60; x++) {
            const run = runOf(step, x);
            const row = index.pieceAt(id, x);
            if (run < 0) {
              expect(row).toBe(-1);
              continue;
            }
            const start = step.starts[run] as number;
            const piece = pieceOf(start, runEnd(step, run) - start, pieceBits, x, wide);
            const found = [index.startOf(row), index.codeOf(row), outputs[row]];
            expect(found).toEqual([piece.start, Math.min(piece.width, pieceBits + 1), step.values[run]]);
          }
        });
        outputs.forEach((y, row) => {
          const [t, j, id] = [starts[row] as number, codes[row] as number, columns[3]?.[row] as number];
          expect(index.rowOf(y, t, j, id)).toBe(row);
          expect(index.rowOf(y + 1, t, j, id)).toBe(-1);
          expect(index.rowOf(y, t, j + 1, id)).toBe(-1);
          expect(index.rowOf(y, t, j, steps.length)).toBe(-1);
        });
      }),
      { numRuns: 40, seed: 1 },
    );
  });

  it('hold nothing that is no integer of theirs', () => {
    const columns = tableOf([stepOf(0, [4, 9])], wide);
    const index = new PieceIndex(columns, endsOfPieces(columns, pieceBits, wide));
    for (const x of [-1, 13, 2 ** 40, Number.NaN, Number.NEGATIVE_INFINITY]) {
      expect(index.pieceAt(0, x)).toBe(-1);
      expect(index.rowOf(-2, x, 2, 0)).toBe(-1);
    }
    for (const id of [-1, 0.5, 1, Number.NaN]) expect(index.pieceAt(id, 1)).toBe(-1);
    expect(index.rowOf(-2, 0.5, 2, 0)).toBe(-1);
  });
});
