import type { Step, StepFunction } from './circuit.ts';
import { boxCells } from './multilinear.ts';

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

const wideAbove = 2 ** 26;
const widest = 28;

function countPieces(length: number, { h, wide }: Widths): number {
  if (wide !== undefined && length >= 2 ** wide) return Math.ceil(length / 2 ** wide);
  const full = fullPieces(length, h);
  const rest = length - full * 2 ** h;
  return full + (rest === 2 ** Math.floor(Math.log2(rest)) ? 1 : 2);
}

/** Pieces of width 2^h while at least 2^(h+1) remain. */
function fullPieces(length: number, h: number): number {
  return Math.max(0, Math.floor(length / 2 ** h) - 1);
}

export function* piecesOf({ start, length }: Run, { h, wide }: Widths): Iterable<Piece> {
  if (wide !== undefined && length >= 2 ** wide) {
    const count = Math.ceil(length / 2 ** wide);
    for (let i = 0; i < count; i++) yield { start: start + Math.min(i * 2 ** wide, length - 2 ** wide), code: h + 1 };
    return;
  }
  const full = fullPieces(length, h);
  for (let i = 0; i < full; i++) yield { start: start + i * 2 ** h, code: h };
  const rest = length - full * 2 ** h;
  const code = Math.floor(Math.log2(rest));
  yield { start: start + full * 2 ** h, code };
  if (rest !== 2 ** code) yield { start: start + length - 2 ** code, code };
}

const knownLengths = new WeakMap<Step, ReadonlyMap<number, number>>();

/** How many runs of a step have which length, found once: every J asks again. */
function lengthsOf(step: Step): ReadonlyMap<number, number> {
  const known = knownLengths.get(step);
  if (known) return known;
  const lengths = new Map<number, number>();
  for (const f of step.functions)
    for (const { length } of runsOf(f)) lengths.set(length, (lengths.get(length) ?? 0) + 1);
  knownLengths.set(step, lengths);
  return lengths;
}

export function countRows(step: Step, widths: Widths): number {
  let rows = 0;
  for (const [length, times] of lengthsOf(step)) rows += times * countPieces(length, widths);
  return rows;
}

/** Which steps may be wide, and J. */
export interface WidePlan {
  readonly width?: number;
  widthsOf(step: Step): Widths;
}

/** §5: the J with the least table rows plus 2 per cell of a wide step; a step is wide where that is less than without. */
export function planWide(steps: readonly Step[], h: number): WidePlan {
  const plain = new Map(steps.map((step) => [step, countRows(step, { h })]));
  const candidates = steps.filter(({ functions }) => functions.some((f) => covered(f) > wideAbove));
  let best = { width: 0, steps: new Set<Step>(), cost: 0 };
  for (let width = h + 1; width <= widest; width++) {
    const wide = new Set<Step>();
    const shared = 2 ** h + h + 1 + 2 ** (width - h);
    // Relative to what all steps cost without wide pieces.
    let cost = shared;
    for (const step of candidates) {
      const gain = (plain.get(step) as number) - countRows(step, { h, wide: width }) - 2 * boxCells(step.box);
      if (gain <= 0) continue;
      wide.add(step);
      cost -= gain;
    }
    if (wide.size > 0 && cost < best.cost) best = { width, steps: wide, cost };
  }
  return {
    ...(best.steps.size > 0 ? { width: best.width } : {}),
    widthsOf: (step) => (best.steps.has(step) ? { h, wide: best.width } : { h }),
  };
}
