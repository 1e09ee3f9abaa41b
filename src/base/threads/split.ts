/** The exports of wasm/ again, each call cut into pieces for several threads when it is long enough to be worth it. */
import { add } from '../field.ts';
import type { WasmExports } from '../wasm.ts';
import { type Arguments, applyAlongCuts, type Cut, cuts } from './cuts.ts';

export type Kernel = Exclude<keyof WasmExports, 'memory'>;

/** The threads that share one memory, as the one that gives them work sees them. */
export type Crew = {
  /** The kernels on the calling thread. */
  readonly own: WasmExports;
  /** Pieces of one call at most. */
  readonly most: number;
  /** Nanoseconds of work that are worth a piece. */
  readonly quantum: number;
  /** Address of 32 bytes for each piece. */
  readonly sums: number;
  readonly words: () => Uint32Array;
  /** Runs all pieces, on whatever threads, and returns what they returned. */
  readonly run: (kernel: Kernel, pieces: readonly Arguments[]) => ArrayLike<number>;
};

/** Bytes for the results of one piece: two elements of E. */
export const sumBytes = 32;
/** Nonces of one piece: some hundreds of microseconds. */
const nonces = 2 ** 12;

function piecesOf({ most, quantum }: Crew, cut: Cut, args: Arguments): readonly Arguments[] {
  const units = cut.units(args);
  const count = Math.min(most, units, Math.floor((units * cut.cost(args)) / quantum));
  if (count < 2) return [args];
  const ends = Array.from({ length: count + 1 }, (_, i) => Math.floor((i * units) / count));
  return Array.from({ length: count }, (_, i) => {
    const first = ends[i] as number;
    return cut.piece(args, first, (ends[i + 1] as number) - first, i);
  });
}

function call(crew: Crew, kernel: Kernel, cut: Cut, args: Arguments): void {
  const pieces = piecesOf(crew, cut, args);
  if (pieces.length > 1) crew.run(kernel, pieces);
  else (crew.own[kernel] as (...args: readonly number[]) => void)(...args);
}

/** A kernel that leaves two sums at argument `out`: every piece gets its own place, and the sums are added up in the end. */
function summed(crew: Crew, kernel: Kernel, cut: Cut, args: Arguments, out: number): void {
  const pieces = piecesOf(crew, cut, args).map((piece, i) =>
    piece.map((value, position) => (position === out ? crew.sums + i * sumBytes : value)),
  );
  crew.run(kernel, pieces);
  const words = crew.words();
  const [from, to] = [crew.sums / 4, (args[out] as number) / 4];
  for (let word = 0; word < sumBytes / 4; word++) {
    let sum = 0;
    for (let i = 0; i < pieces.length; i++) sum = add(sum, words[from + (i * sumBytes) / 4 + word] as number);
    words[to + word] = sum;
  }
}

/**
 * In place, out[x] is made of what stands at 2x and 2x + 1. A range [m, 2m) writes nothing that it reads itself, and what it
 * overwrites was read by the ranges before: so these go one after another, each cut into pieces.
 */
function foldLow(crew: Crew, out: number, from: number, count: number, factor: number): void {
  const alone = Math.max(1, Math.floor(crew.quantum / cuts.foldLow.cost([])));
  for (let first = 0; first < count; ) {
    const units = Math.min(count - first, Math.max(first, alone));
    const args = [out + 16 * first, from + 32 * first, units, factor];
    if (first === 0) crew.own.foldLow(out, from, units, factor);
    else call(crew, 'foldLow', cuts.foldLow, args);
    first += units;
  }
}

/** Pieces are tried in order, so the least nonce of the first batch that has one is the least of all. */
function grind(crew: Crew, ...args: Parameters<WasmExports['grind']>): number {
  const [block, length, place, shift, first, count, mask0, mask1, iv] = args;
  const end = first + count;
  for (let from = first; from < end; from += nonces * crew.most) {
    const starts = Array.from({ length: crew.most }, (_, i) => from + i * nonces).filter((start) => start < end);
    const pieces = starts.map((start): Arguments => {
      return [block, length, place, shift, start, Math.min(nonces, end - start), mask0, mask1, iv];
    });
    const found = Array.from(crew.run('grind', pieces)).slice(0, pieces.length);
    const least = found.filter((nonce) => nonce >= 0);
    if (least.length > 0) return Math.min(...least);
  }
  return -1;
}

export function splitExports(crew: Crew): WasmExports {
  const { own } = crew;
  const plain = <K extends keyof typeof cuts>(kernel: K): WasmExports[K] =>
    ((...args: readonly number[]) => call(crew, kernel, cuts[kernel], args)) as WasmExports[K];
  return {
    memory: own.memory,
    heap: () => own.heap(),
    prepareWeights: (weights, many) => own.prepareWeights(weights, many),
    clear: plain('clear'),
    foldHigh: plain('foldHigh'),
    foldLow: (out, from, count, factor) => foldLow(crew, out, from, count, factor),
    addScaled: plain('addScaled'),
    accumulateBase: plain('accumulateBase'),
    addHalves: plain('addHalves'),
    extendEq: plain('extendEq'),
    fractionLayer: plain('fractionLayer'),
    fractionLeaves: plain('fractionLeaves'),
    pairing: (...args) => summed(crew, 'pairing', cuts.pairing, args, 3),
    fractionRound: (...args) => summed(crew, 'fractionRound', cuts.fractionRound, args, 6),
    innerProductRound: (...args) => summed(crew, 'innerProductRound', cuts.innerProductRound, args, 3),
    weightedSums: plain('weightedSums'),
    applyAlong: (...args) => {
      const cut = (args[2] as number) >= crew.most ? applyAlongCuts.outer : applyAlongCuts.inner;
      call(crew, 'applyAlong', cut, args);
    },
    encodeRows: plain('encodeRows'),
    hashColumns: plain('hashColumns'),
    hashPairs: plain('hashPairs'),
    gatherRows: plain('gatherRows'),
    dotRows: plain('dotRows'),
    grind: (...args) => grind(crew, ...args),
  };
}
