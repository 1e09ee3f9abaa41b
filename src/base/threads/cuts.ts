/**
 * How each kernel of wasm/ is cut into pieces that may run at the same time: a piece is the same kernel with other arguments,
 * and no piece writes what another one reads or writes.
 */
import type { WasmExports } from '../wasm.ts';

export type Arguments = readonly number[];

export type Cut = {
  /** Into how many units the work of a call falls apart. */
  readonly units: (args: Arguments) => number;
  /** Nanoseconds of one unit, roughly: what is worth waking a thread for. */
  readonly cost: (args: Arguments) => number;
  /** The arguments for `count` units from unit `first` on; `index` numbers the pieces of a call. */
  readonly piece: (args: Arguments, first: number, count: number, index: number) => Arguments;
};

/** Bytes of an element of E, of a digest, and of a salt. */
const [element, digest, salt] = [16, 32, 16];
/** Columns or pairs that are hashed at once. */
const lanes = 4;

/** One unit for each step of `count`; addresses move with it by so many bytes, other arguments stay. */
function along(count: number, steps: readonly number[], cost: (args: Arguments) => number): Cut {
  return {
    units: (args) => args[count] as number,
    cost,
    piece: (args, first, units) => args.map((value, i) => (i === count ? units : value + first * (steps[i] ?? 0))),
  };
}

const columnCost = (rows: number): number => 25 * rows + 300;

type CutKernel = Exclude<keyof WasmExports, 'memory' | 'heap' | 'prepareWeights' | 'applyAlong' | 'grind'>;

/** Kernels whose results lie where the units are. How sums are put together, and what goes in steps, is in `split.ts`. */
export const cuts: Readonly<Record<CutKernel, Cut>> = {
  clear: along(1, [1], () => 0.2),
  foldHigh: along(3, [element], () => 4),
  foldLow: along(2, [element, 2 * element], () => 4),
  addScaled: along(3, [element, element], () => 4),
  accumulateBase: along(3, [element, 0, 4], () => 2),
  addHalves: along(2, [element], () => 2),
  extendEq: along(3, [element], () => 4),
  fractionLayer: along(5, [element, element, 0, element, element], () => 10),
  fractionLeaves: along(5, [4, element, 0, element, element], () => 8),
  pairing: along(2, [element, element], () => 6),
  fractionRound: along(7, [element, element, element, element, element], () => 20),
  innerProductRound: along(2, [2 * element, 2 * element], () => 10),
  weightedSums: {
    units: ([, , , count]) => count as number,
    cost: ([, , size]) => 3 * (size as number),
    piece: ([weights, integers, size, , out], first, count) => [
      weights as number,
      (integers as number) + 4 * first * (size as number),
      size as number,
      count,
      (out as number) + element * first,
    ],
  },
  encodeRows: {
    units: ([, rows]) => rows as number,
    cost: ([, , , , logLength]) => 2 ** (logLength as number) * (logLength as number),
    piece: ([cells, , dimension, order, logLength, powers, out], first, count) => [
      (cells as number) + 4 * first * (dimension as number),
      count,
      dimension as number,
      order as number,
      logLength as number,
      powers as number,
      (out as number) + 4 * first * 2 ** (logLength as number),
    ],
  },
  hashColumns: {
    units: ([, , , count]) => Math.floor((count as number) / lanes),
    cost: ([, , rows]) => columnCost(rows as number),
    piece: ([columns, stride, rows, , salts, key, out, room, width], first, count, index) => [
      (columns as number) + 4 * lanes * first,
      stride as number,
      rows as number,
      lanes * count,
      salts === 0 ? 0 : (salts as number) + salt * lanes * first,
      key as number,
      (out as number) + digest * lanes * first,
      room === 0 ? 0 : (room as number) + index * 4 * (rows as number) * (width as number),
      width as number,
    ],
  },
  hashPairs: along(1, [2 * digest, 0, 0, digest], () => 120),
  gatherRows: {
    units: ([, , rows]) => rows as number,
    cost: ([, , , , size]) => 10 + (size as number),
    piece: ([cells, outputs, , reduces, size, stride, out], first, count) => [
      cells as number,
      (outputs as number) + 4 * first,
      count,
      reduces as number,
      size as number,
      stride as number,
      (out as number) + 2 * first * (stride as number),
    ],
  },
  dotRows: {
    units: ([, , , , , count]) => count as number,
    cost: ([, , , , stride]) => 0.1 * (stride as number) + 5,
    piece: ([a, rowsA, b, rowsB, stride, , out], first, count) => [
      a as number,
      (rowsA as number) + 4 * first,
      b as number,
      (rowsB as number) + 4 * first,
      stride as number,
      count,
      (out as number) + 8 * first,
    ],
  },
};

/** Kernels along the middle of three dimensions: cut along the outer one when it is long enough, else along the inner one. */
export const applyAlongCuts: { readonly outer: Cut; readonly inner: Cut } = {
  outer: {
    units: ([, , outer]) => outer as number,
    cost: ([, , , , , , , many, , , columns]) => 4 * (many as number) * (columns as number),
    piece: ([data, wide, , size, inner, entries, weights, many, out, count, columns], first, units) => [
      (data as number) + (wide === 1 ? element : 4) * first * (size as number) * (inner as number),
      wide as number,
      units,
      size as number,
      inner as number,
      entries as number,
      weights as number,
      many as number,
      (out as number) + element * first * (count as number) * (inner as number),
      count as number,
      columns as number,
    ],
  },
  inner: {
    units: ([, , , , , , , , , , columns]) => columns as number,
    cost: ([, , outer, , , , , many]) => 4 * (outer as number) * (many as number),
    piece: ([data, wide, outer, size, inner, entries, weights, many, out, count], first, units) => [
      (data as number) + (wide === 1 ? element : 4) * first,
      wide as number,
      outer as number,
      size as number,
      inner as number,
      entries as number,
      weights as number,
      many as number,
      (out as number) + element * first,
      count as number,
      units,
    ],
  },
};
