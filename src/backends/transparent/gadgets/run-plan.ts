/**
 * Steps in runs: one table row for each run of a function, where pieces of a power of two would be two and more. For steps
 * with a function per channel, whose tables would otherwise outgrow everything else.
 */
import type { StepFunction, StepGadget } from '../../../artifact/circuit.ts';
import { product } from '../../../base/tensor.ts';
import { runEnd } from '../../../gadgets/step.ts';
import { cellCost, lookupCost, rowCost } from './costs.ts';

/** Values whose runs may be passed over in strides of 2^g, at most 2^bits of them. */
export type Reach = { readonly bits: number; readonly values: readonly number[] };

/** How one step is stated in runs. */
export type RunPlan = {
  readonly reach: Reach | null;
  /** Rows of runs and of the reach. */
  readonly rows: number;
  readonly cost: number;
};

/** Widest intervals of a row, and widest pieces of a run that is reached through, in bits. */
export const widestInterval = 18;
const widestReach = 28;

/** Below so many functions a table is small however its runs are stated. */
const manyFunctions = 8;

/**
 * The runs of one step as far as their price goes: by bits, into how many intervals of 2^bits they are cut. Counted once: a
 * key of many runs would be slow to judge if every g and every reach looked at each of them again.
 */
export type RunLengths = {
  readonly gadget: StepGadget;
  readonly intervals: readonly number[];
  /** Of `low`, then of `high` if it is another value: the same for its runs alone, and the length of the shortest. */
  readonly extremes: readonly {
    readonly value: number;
    readonly shortest: number;
    readonly intervals: readonly number[];
  }[];
};

/** Least and greatest value of some functions. */
export function valueExtent(functions: readonly StepFunction[]): readonly [low: number, high: number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const { values } of functions) {
    for (const value of values) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  return [low, high];
}

/** By bits up to the widest reach: how many intervals of 2^bits runs of such lengths are cut into. */
function intervalsByBits(lengths: ReadonlyMap<number, number>): number[] {
  return Array.from({ length: widestReach + 1 }, (_, bits) => {
    let total = 0;
    for (const [length, count] of lengths) total += count * Math.ceil(length / 2 ** bits);
    return total;
  });
}

/** Null for steps that are not stated in runs. */
export function runLengths(gadget: StepGadget): RunLengths | null {
  if (gadget.functions.length < manyFunctions) return null;
  const all = new Map<number, number>();
  const extremes = new Map(valueExtent(gadget.functions).map((value) => [value, new Map<number, number>()]));
  for (const step of gadget.functions) {
    step.values.forEach((value, run) => {
      const length = runEnd(step, run) - (step.starts[run] as number);
      all.set(length, (all.get(length) ?? 0) + 1);
      const own = extremes.get(value);
      own?.set(length, (own.get(length) ?? 0) + 1);
    });
  }
  return {
    gadget,
    intervals: intervalsByBits(all),
    extremes: [...extremes].map(([value, lengths]) => {
      let shortest = Number.POSITIVE_INFINITY;
      for (const length of lengths.keys()) shortest = Math.min(shortest, length);
      return { value, shortest, intervals: intervalsByBits(lengths) };
    }),
  };
}

/** Rows of the pairs (y, w) of a reach. */
function reachRows(low: number, high: number, { bits, values }: Reach): number {
  return high - low + 1 + values.length * (2 ** bits - 1);
}

/** The cheapest way to state a step in intervals of 2^bits: without a reach, or with the shortest that is cheapest. */
export function planRuns(runs: RunLengths, bits: number): RunPlan {
  const cells = product(runs.gadget.box);
  const plain = runs.intervals[bits] as number;
  const low = runs.extremes[0]?.value as number;
  const high = runs.extremes.at(-1)?.value as number;
  let best: RunPlan = { reach: null, rows: plain, cost: rowCost * plain + (3 * lookupCost + 2 * cellCost) * cells };
  for (let s = 1; s <= widestReach - bits; s++) {
    const long = runs.extremes.filter(({ shortest }) => shortest >= 2 ** (bits + s));
    if (long.length === 0) break;
    const reach = { bits: s, values: long.map(({ value }) => value) };
    const saved = long.reduce(
      (sum, { intervals }) => sum + (intervals[bits] as number) - (intervals[bits + s] as number),
      0,
    );
    const rows = plain - saved + reachRows(low, high, reach);
    const cost = rowCost * rows + (4 * lookupCost + 3 * cellCost) * cells;
    if (cost < best.cost) best = { reach, rows, cost };
  }
  return best;
}

/** A row of the table of runs: the integers first … last, or as many strides of 2^bits on as its value can reach. */
export type Interval = { readonly first: number; readonly last: number };

/** Calls `visit` for the intervals of a run, in order. */
export function forEachInterval(
  start: number,
  length: number,
  bits: number,
  reach: number | null,
  visit: (interval: Interval) => void,
): void {
  const size = 2 ** (bits + (reach ?? 0));
  for (let from = 0; from < length; from += size) {
    if (reach === null) visit({ first: start + from, last: start + Math.min(from + size, length) - 1 });
    else {
      const first = start + Math.min(from, length - size);
      visit({ first, last: first + 2 ** bits - 1 });
    }
  }
}

/** The reach of a value in a plan, in bits; null where w is 0. */
export function reachOf(reach: Reach | null, value: number): number | null {
  return reach?.values.includes(value) === true ? reach.bits : null;
}
