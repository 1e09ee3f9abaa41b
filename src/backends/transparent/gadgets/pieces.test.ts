import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countPieces, pieceOf, piecesOf } from './pieces.ts';

/** Run lengths where the cut changes: 1, powers of two and their neighbours, and any. */
const length = fc.oneof(
  fc.constant(1),
  fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: -1, max: 1 })).map(([k, d]) => Math.max(1, 2 ** k + d)),
  fc.integer({ min: 1, max: 600 }),
);
const runs = fc.tuple(fc.integer({ min: -100000, max: 100000 }), length, fc.integer({ min: 1, max: 10 }));

describe('the pieces of a run', () => {
  it('stay inside the run, are at most 2^h wide, and together cover it', () => {
    fc.assert(
      fc.property(runs, ([start, size, h]) => {
        let covered = start;
        for (const piece of piecesOf(start, size, h)) {
          const end = piece.start + 2 ** piece.width;
          if (!(piece.width >= 0 && piece.width <= h)) return false;
          if (!(piece.start >= start && piece.start <= covered && end <= start + size)) return false;
          covered = Math.max(covered, end);
        }
        return covered === start + size;
      }),
      { numRuns: 500, seed: 1 },
    );
  });

  it('are distinct, so that no table row is stated twice', () => {
    fc.assert(
      fc.property(runs, ([start, size, h]) => {
        const keys = piecesOf(start, size, h).map((piece) => `${piece.start},${piece.width}`);
        expect(new Set(keys).size).toBe(keys.length);
      }),
      { numRuns: 500, seed: 2 },
    );
  });

  it('every integer of the run has its piece, which is one of them and the first that holds it', () => {
    fc.assert(
      fc.property(runs, fc.array(fc.nat(), { minLength: 1, maxLength: 8 }), ([start, size, h], picks) => {
        const pieces = piecesOf(start, size, h);
        for (const x of [start, start + size - 1, ...picks.map((pick) => start + (pick % size))])
          expect(pieceOf(start, size, h, x)).toEqual(
            pieces.find((piece) => x >= piece.start && x < piece.start + 2 ** piece.width),
          );
      }),
      { numRuns: 300, seed: 3 },
    );
  });

  it('a run of a power of two up to 2^h is one piece', () => {
    for (let k = 0; k <= 6; k++) expect(piecesOf(-7, 2 ** k, 6)).toEqual([{ start: -7, width: k }]);
  });

  it('a run of 2^h + 1 is two overlapping pieces', () => {
    expect(piecesOf(10, 9, 3)).toEqual([
      { start: 10, width: 3 },
      { start: 11, width: 3 },
    ]);
  });

  it('a long run is full pieces and at most two more', () => {
    expect(piecesOf(0, 35, 3)).toEqual([
      { start: 0, width: 3 },
      { start: 8, width: 3 },
      { start: 16, width: 3 },
      { start: 24, width: 3 },
      { start: 27, width: 3 },
    ]);
  });

  it('widest runs stay exact', () => {
    const [start, size] = [-1065353215, 2130706431];
    const pieces = piecesOf(start, size, 20);
    expect(pieces.at(-1)).toEqual({ start: start + size - 2 ** 20, width: 20 });
    expect(pieceOf(start, size, 20, start + size - 1)).toEqual(pieces.at(-1));
    expect(countPieces({ high: start + size - 1, starts: Int32Array.of(start), values: Int32Array.of(0) }, 20)).toBe(
      pieces.length,
    );
  });
});

describe('countPieces', () => {
  it('is the number of pieces of all runs', () => {
    fc.assert(
      fc.property(fc.array(length, { minLength: 1, maxLength: 6 }), fc.integer({ min: 1, max: 10 }), (lengths, h) => {
        let end = -500;
        const starts = lengths.map((size) => {
          end += size;
          return end - size;
        });
        const step = { high: end - 1, starts: Int32Array.from(starts), values: Int32Array.from(starts, (_, i) => i) };
        const expected = lengths.reduce((sum, size, i) => sum + piecesOf(starts[i] as number, size, h).length, 0);
        expect(countPieces(step, h)).toBe(expected);
      }),
      { numRuns: 300, seed: 4 },
    );
  });
});
