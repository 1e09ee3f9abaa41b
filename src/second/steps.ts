import type { Step, StepFunction } from './circuit.ts';

/** §5, "step": how the runs of step functions are cut into pieces [T, T + 2^j). */

export interface Run {
  readonly start: number;
  readonly length: number;
  readonly value: number;
}

/** A row (y, T, j) of the table of segments. */
export interface Piece {
  readonly start: number;
  readonly code: number;
}

/** The widths of pieces: 2^h, and for wide steps 2^J as well. */
export interface Widths {
  readonly h: number;
  readonly wide?: number;
}

export function runsOf(f: StepFunction): Run[] {
  return Array.from(f.starts, (start, i) => {
    const end = i + 1 < f.starts.length ? (f.starts[i + 1] as number) : f.high + 1;
    return { start, length: end - start, value: f.values[i] as number };
  });
}

export function covered(f: StepFunction): number {
  return f.high - (f.starts[0] as number) + 1;
}

const directLimit = 1024;
const wideFrom = 2 ** 26;
const widest = 28;

/** "When at most 1024 inputs are possible": all functions of the step together. */
export function isDirect(step: Step): boolean {
  return step.functions.reduce((sum, f) => sum + covered(f), 0) <= directLimit;
}

export function countPieces(length: number, { h, wide }: Widths): number {
  if (wide !== undefined && length >= 2 ** wide) return Math.ceil(length / 2 ** wide);
  return fullPieces(length, h) + 2;
}

/** Pieces of width 2^h while at least 2^(h+1) remain. */
function fullPieces(length: number, h: number): number {
  return Math.max(0, Math.floor(length / 2 ** h) - 1);
}

export function piecesOf({ start, length }: Run, { h, wide }: Widths): Piece[] {
  const pieces: Piece[] = [];
  if (wide !== undefined && length >= 2 ** wide) {
    const count = Math.ceil(length / 2 ** wide);
    for (let i = 0; i < count; i++)
      pieces.push({ start: start + Math.min(i * 2 ** wide, length - 2 ** wide), code: h + 1 });
    return pieces;
  }
  const full = fullPieces(length, h);
  for (let i = 0; i < full; i++) pieces.push({ start: start + i * 2 ** h, code: h });
  const rest = length - full * 2 ** h;
  const code = Math.floor(Math.log2(rest));
  pieces.push({ start: start + full * 2 ** h, code });
  pieces.push({ start: start + length - 2 ** code, code });
  return pieces;
}

function countRows(step: Step, widths: Widths): number {
  let rows = 0;
  for (const f of step.functions) for (const run of runsOf(f)) rows += countPieces(run.length, widths);
  return rows;
}

export interface WidePlan {
  /** J, if any step is wide. */
  readonly width?: number;
  readonly steps: ReadonlySet<Step>;
  /** Rows of the segments, widths and heights together. */
  readonly rows: number;
}

/** §5: the J with the least table rows plus 2 per cell of a wide step; a step is wide where that is less than without. */
export function planWide(steps: readonly Step[], h: number): WidePlan {
  const plain = new Map(steps.map((step) => [step, countRows(step, { h })]));
  const base = [...plain.values()].reduce((sum, rows) => sum + rows, 0) + 2 ** (h + 1) + h + 1;
  const candidates = steps.filter((step) => step.functions.some((f) => covered(f) >= wideFrom));
  let best: WidePlan & { cost: number } = { steps: new Set(), rows: base, cost: base };
  for (let width = h + 1; width <= widest && candidates.length > 0; width++) {
    const wide = new Set<Step>();
    let rows = base + 2 ** h + 2 ** (width - h);
    let cells = 0;
    for (const step of candidates) {
      const rowsWhenWide = countRows(step, { h, wide: width });
      const size = step.box.reduce((product, n) => product * n, 1);
      if (rowsWhenWide + 2 * size >= (plain.get(step) as number)) continue;
      wide.add(step);
      rows += rowsWhenWide - (plain.get(step) as number);
      cells += size;
    }
    if (wide.size > 0 && rows + 2 * cells < best.cost) best = { width, steps: wide, rows, cost: rows + 2 * cells };
  }
  return best;
}
