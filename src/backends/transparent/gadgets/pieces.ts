/** Covering a run by power-of-two pieces; see `step.ts` for why overlapping pieces are sound. */
import type { StepFunction } from '../../../artifact/circuit.ts';
import { runEnd } from '../../../gadgets/step.ts';

/** Widest and narrowest h a key may name. */
export const pieceBitsRange: readonly [number, number] = [1, 20];

/** A piece [start, start + 2^width). */
export type Piece = { readonly start: number; readonly width: number };

/**
 * Number of full pieces of width 2^unit at the head of a run, and the width of the last two pieces, which cover what remains
 * and end with the run; they may be one.
 */
type Plan = { readonly full: number; readonly unit: number; readonly rest: number; readonly last: number };

function planOf(length: number, bits: number, wide: number | null): Plan {
  const unit = wide !== null && length >= 2 ** wide ? wide : bits;
  const size = 2 ** unit;
  const full = length >= 2 * size ? Math.floor(length / size) - 1 : 0;
  const rest = length - full * size;
  return { full, unit, rest, last: Math.min(unit, 31 - Math.clz32(rest)) };
}

/** Calls `visit` for the pieces of a run, in order, without making a list of them: tables have millions. */
export function forEachPiece(
  start: number,
  length: number,
  bits: number,
  wide: number | null,
  visit: (start: number, width: number) => void,
): void {
  const { full, unit, rest, last } = planOf(length, bits, wide);
  for (let i = 0; i < full; i++) visit(start + i * 2 ** unit, unit);
  visit(start + length - rest, last);
  if (rest !== 2 ** last) visit(start + length - 2 ** last, last);
}

/** All pieces of a run, in order. Runs of 2^wide and more, where `wide` is given, are cut into pieces of that width. */
export function piecesOf(start: number, length: number, bits: number, wide: number | null = null): Piece[] {
  const pieces: Piece[] = [];
  forEachPiece(start, length, bits, wide, (from, width) => pieces.push({ start: from, width }));
  return pieces;
}

/** The first piece of a run that holds x. */
export function pieceOf(start: number, length: number, bits: number, x: number, wide: number | null = null): Piece {
  const { full, unit, rest, last } = planOf(length, bits, wide);
  const index = Math.floor((x - start) / 2 ** unit);
  if (index < full) return { start: start + index * 2 ** unit, width: unit };
  const tail = start + length - rest;
  return { start: x < tail + 2 ** last ? tail : start + length - 2 ** last, width: last };
}

/** Number of pieces of a run. */
export function piecesInRun(length: number, bits: number, wide: number | null = null): number {
  const { full, rest, last } = planOf(length, bits, wide);
  return full + (rest === 2 ** last ? 1 : 2);
}

/** Number of segment rows of a step function. */
export function countPieces(step: StepFunction, bits: number, wide: number | null = null): number {
  return step.starts.reduce((count, start, run) => count + piecesInRun(runEnd(step, run) - start, bits, wide), 0);
}
