import type { Step } from './circuit.ts';
import { boxCells } from './multilinear.ts';
import { type Run, runsOf } from './steps.ts';

/** §5, "Steps of many functions": each run in rows (y, T, E) for the integers T … E. */

/** 3 for a table row, 2 for a committed cell, 1 for a lookup. */
export const costs = { row: 3, cell: 2, lookup: 1 } as const;

/** Extreme values whose runs, all of at least 2^(g + bits) integers, are passed over in strides of 2^g. */
export interface Reach {
  readonly bits: number;
  readonly values: readonly number[];
  /** The least and the greatest value of the step. */
  readonly least: number;
  readonly greatest: number;
}

export interface IntervalPlan {
  readonly rows: number;
  readonly cost: number;
  readonly reach?: Reach;
}

export const widestInterval = 18;
const widestReach = 28;
const manyFunctions = 8;

/** Runs counted for every width at once: entry k says how many intervals of 2^k they make. */
interface Counted {
  readonly shortest: number;
  readonly intervals: readonly number[];
}

/** A step's runs, and those of its extreme values; nothing for a step of few functions. */
export interface RunLengths {
  readonly cells: number;
  readonly all: Counted;
  readonly extremes: readonly (Counted & { readonly value: number })[];
}

export function runLengths({ functions, box }: Step): RunLengths | undefined {
  if (functions.length < manyFunctions) return undefined;
  const runs = functions.flatMap(runsOf);
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { value } of runs) {
    least = Math.min(least, value);
    greatest = Math.max(greatest, value);
  }
  const extremes = [...new Set([least, greatest])].map((value) => ({
    value,
    ...counted(runs.filter((run) => run.value === value)),
  }));
  return { cells: boxCells(box), all: counted(runs), extremes };
}

function counted(runs: readonly Run[]): Counted {
  const intervals = new Array<number>(widestReach + 1).fill(0);
  let shortest = Number.POSITIVE_INFINITY;
  for (const { length } of runs) {
    shortest = Math.min(shortest, length);
    for (let bits = 0; bits <= widestReach; bits++) intervals[bits] = (intervals[bits] as number) + count(length, bits);
  }
  return { shortest, intervals };
}

function count(length: number, bits: number): number {
  return Math.ceil(length / 2 ** bits);
}

/** The least cost in intervals of 2^g, over no reach and reaches of 1, 2, … bits, the first of equals. */
export function planIntervals({ cells, all, extremes }: RunLengths, g: number): IntervalPlan {
  const plain = all.intervals[g] as number;
  let best: IntervalPlan = { rows: plain, cost: costs.row * plain + (2 * costs.cell + 3 * costs.lookup) * cells };
  const least = extremes[0]?.value as number;
  const greatest = extremes.at(-1)?.value as number;
  for (let bits = 1; bits <= widestReach - g; bits++) {
    const long = extremes.filter(({ shortest }) => shortest >= 2 ** (g + bits));
    if (long.length === 0) break;
    let rows = plain + (greatest - least + 1) + long.length * (2 ** bits - 1);
    for (const { intervals } of long) rows += (intervals[g + bits] as number) - (intervals[g] as number);
    const cost = costs.row * rows + (3 * costs.cell + 4 * costs.lookup) * cells;
    const reach = { bits, values: long.map(({ value }) => value), least, greatest };
    if (cost < best.cost) best = { rows, cost, reach };
  }
  return best;
}

/** The intervals [T, E] of a run: all of 2^g but the last, or strides that overlap at the run's end. */
export function* intervalsOf({ start, length, value }: Run, g: number, reach?: Reach): Iterable<[number, number]> {
  const reached = reach?.values.includes(value) ?? false;
  const size = 2 ** (reached ? g + (reach as Reach).bits : g);
  for (let at = 0; at < length; at += size) {
    const from = start + Math.min(at, length - size);
    yield reached ? [from, from + 2 ** g - 1] : [start + at, start + Math.min(at + size, length) - 1];
  }
}

/** The pairs (y, w): w = 0, and w < 2^bits for the values of the reach. */
export function* reachRows({ bits, values, least, greatest }: Reach): Iterable<readonly number[]> {
  for (let y = least; y <= greatest; y++) for (let w = 0; w < (values.includes(y) ? 2 ** bits : 1); w++) yield [y, w];
}
