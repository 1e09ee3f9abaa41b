import { describe, expect, it } from 'vitest';
import { gadgetCases } from '../../../../test/support/gadget-circuits.ts';
import type { StepGadget } from '../../../artifact/circuit.ts';
import { runEnd, runOf } from '../../../gadgets/step.ts';
import { stepFunction } from '../../../ops/step-functions.ts';
import { lower } from '../lower.ts';
import { countPieces, pieceOf, piecesInRun, piecesOf } from './pieces.ts';
import { choosePieceBits } from './step-plan.ts';
import { candidateOf, planWide } from './wide-plan.ts';

const { circuit } = gadgetCases.find(({ name }) => name === 'wide step') ?? { circuit: undefined };
if (circuit === undefined) throw new Error('no wide step');
const gadget = circuit.gadgets.find((each): each is StepGadget => each.kind === 'step') as StepGadget;
const step = gadget.functions[0] as StepGadget['functions'][number];
const bits = choosePieceBits([gadget]);
const system = lower(circuit, bits);
const wide = system.wideBits as number;

function rowsOf(name: string): number[][] {
  const columns = system.tables.find((table) => table.name === name)?.columns ?? [];
  return Array.from({ length: columns[0]?.length ?? 0 }, (_, row) => columns.map((column) => column[row] as number));
}

describe('wide pieces', () => {
  it('stay inside their run, cover it, and are found for every integer', () => {
    for (const [start, length] of [
      [-1_000_000, 999_999],
      [-7, 1 << 20],
      [0, (1 << 20) - 1],
      [5, 3 * (1 << 20) + 17],
    ] as const) {
      const pieces = piecesOf(start, length, 9, 20);
      expect(pieces.length).toBe(piecesInRun(length, 9, 20));
      let covered: number = start;
      for (const piece of pieces) {
        expect(piece.start >= start && piece.start <= covered && piece.start + 2 ** piece.width <= start + length).toBe(
          true,
        );
        expect(piece.width <= 9 || piece.width === 20).toBe(true);
        covered = Math.max(covered, piece.start + 2 ** piece.width);
      }
      expect(covered).toBe(start + length);
      for (const x of [start, start + length - 1, start + (length >> 1), start + 2 ** 9]) {
        const piece = pieceOf(start, length, 9, x, 20);
        expect(pieces).toContainEqual(piece);
        expect(x >= piece.start && x < piece.start + 2 ** piece.width).toBe(true);
      }
    }
  });

  it('are planned only where a function is so long that narrow ones would be too many', () => {
    expect(planWide([candidateOf(gadget)], bits)).toEqual({ bits: wide, steps: new Set([gadget]) });
    const short = { ...gadget, functions: [stepFunction((x) => Math.trunc(x / 1000), -(2 ** 24), 2 ** 24)] };
    expect(planWide([candidateOf(short)], bits)).toEqual({ bits: null, steps: new Set() });
    expect(countPieces(step, bits, wide)).toBeLessThan(countPieces(step, bits) / 10);
  });
});

describe('the tables of a wide step', () => {
  const widths = rowsOf('widths');
  const heights = rowsOf('heights');

  it('allow d below 2^j for narrow codes and below 2^J for the wide one, nothing else', () => {
    const reach = (code: number): [number, number] => [
      widths.filter(([j]) => j === code).length,
      heights.filter(([j]) => j === code).length,
    ];
    for (let j = 1; j <= bits; j++) expect(reach(j)).toEqual([2 ** j, 1]);
    expect(reach(bits + 1)).toEqual([2 ** bits, 2 ** (wide - bits)]);
    expect(new Set(widths.map(([j]) => j)).size).toBe(bits + 2);
    for (const [j, d] of widths)
      expect((d as number) < 2 ** Math.min(j as number, bits) && (d as number) >= 0).toBe(true);
    for (const [j, d] of heights) expect((d as number) < (j === bits + 1 ? 2 ** (wide - bits) : 1)).toBe(true);
    expect(new Set(heights.map(String)).size).toBe(heights.length);
  });

  it('segments state the value of a run that holds the whole piece, and cover every run', () => {
    let covered = step.starts[0] as number;
    for (const [y, start, code] of rowsOf('segments') as [number, number, number][]) {
      const end = start + 2 ** (code === bits + 1 ? wide : code);
      const run = runOf(step, start);
      expect([step.values[run], end <= runEnd(step, run)]).toEqual([y, true]);
      expect(start).toBeLessThanOrEqual(covered);
      covered = Math.max(covered, end);
    }
    expect(covered).toBe(step.high + 1);
  });
});
