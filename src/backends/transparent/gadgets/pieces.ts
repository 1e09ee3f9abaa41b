/** Covering a run by power-of-two pieces; see `step.ts` for why overlapping pieces are sound. */
import type { StepFunction } from '../../../artifact/circuit.ts';
import { runEnd } from '../../../gadgets/step.ts';

/** Widest and narrowest h a key may name. */
export const pieceBitsRange: readonly [number, number] = [1, 20];

/** A piece [start, start + 2^width). */
export type Piece = { readonly start: number; readonly width: number };

/** Number of full pieces of width 2^h at the head of a run, and what remains behind them. */
function cut(
  length: number,
  pieceBits: number,
): { readonly full: number; readonly rest: number; readonly restBits: number } {
  const unit = 2 ** pieceBits;
  const full = length >= 2 * unit ? Math.floor(length / unit) - 1 : 0;
  const rest = length - full * unit;
  return { full, rest, restBits: 31 - Math.clz32(rest) };
}

/** All pieces of a run, in order. */
export function piecesOf(start: number, length: number, pieceBits: number): Piece[] {
  const { full, rest, restBits } = cut(length, pieceBits);
  const pieces: Piece[] = Array.from({ length: full }, (_, i) => ({
    start: start + i * 2 ** pieceBits,
    width: pieceBits,
  }));
  const tail = start + length - rest;
  pieces.push({ start: tail, width: restBits });
  if (rest !== 2 ** restBits) pieces.push({ start: start + length - 2 ** restBits, width: restBits });
  return pieces;
}

/** The first piece of a run that holds x. */
export function pieceOf(start: number, length: number, pieceBits: number, x: number): Piece {
  const { full, rest, restBits } = cut(length, pieceBits);
  const unit = 2 ** pieceBits;
  const index = Math.floor((x - start) / unit);
  if (index < full) return { start: start + index * unit, width: pieceBits };
  const tail = start + length - rest;
  return x < tail + 2 ** restBits
    ? { start: tail, width: restBits }
    : { start: start + length - 2 ** restBits, width: restBits };
}

/** Number of segment rows of a step function. */
export function countPieces(step: StepFunction, pieceBits: number): number {
  let count = 0;
  step.starts.forEach((start, run) => {
    const { full, rest, restBits } = cut(runEnd(step, run) - start, pieceBits);
    count += full + (rest === 2 ** restBits ? 1 : 2);
  });
  return count;
}
