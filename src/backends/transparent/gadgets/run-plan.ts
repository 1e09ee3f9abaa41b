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

/** The runs of one step, by length; and those of its least and greatest value. */
export type RunLengths = {
  readonly gadget: StepGadget;
  readonly lengths: ReadonlyMap<number, number>;
  /** Of `low`, then of `high` if it is another value: their runs' lengths. */
  readonly extremes: readonly { readonly value: number; readonly lengths: readonly number[] }[];
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

/** Null for steps that are not stated in runs. */
export function runLengths(gadget: StepGadget): RunLengths | null {
  if (gadget.functions.length < manyFunctions) return null;
  const lengths = new Map<number, number>();
  const [low, high] = valueExtent(gadget.functions);
  const extremes = (low === high ? [low] : [low, high]).map((value) => ({ value, lengths: [] as number[] }));
  for (const step of gadget.functions) {
    step.values.forEach((value, run) => {
      const length = runEnd(step, run) - (step.starts[run] as number);
      lengths.set(length, (lengths.get(length) ?? 0) + 1);
      extremes.find((extreme) => extreme.value === value)?.lengths.push(length);
    });
  }
  return { gadget, lengths, extremes };
}

function pieces(length: number, bits: number): number {
  return Math.ceil(length / 2 ** bits);
}

/** Rows of the pairs (y, w) of a reach. */
function reachRows(low: number, high: number, { bits, values }: Reach): number {
  return high - low + 1 + values.length * (2 ** bits - 1);
}

/** The cheapest way to state a step in intervals of 2^bits: without a reach, or with the shortest that is cheapest. */
export function planRuns(runs: RunLengths, bits: number): RunPlan {
  const cells = product(runs.gadget.box);
  let plain = 0;
  for (const [length, count] of runs.lengths) plain += count * pieces(length, bits);
  const low = runs.extremes[0]?.value as number;
  const high = runs.extremes.at(-1)?.value as number;
  let best: RunPlan = { reach: null, rows: plain, cost: rowCost * plain + (3 * lookupCost + 2 * cellCost) * cells };
  for (let s = 1; s <= widestReach - bits; s++) {
    const long = runs.extremes.filter(({ lengths }) => lengths.every((length) => length >= 2 ** (bits + s)));
    if (long.length === 0) break;
    const reach = { bits: s, values: long.map(({ value }) => value) };
    const saved = long
      .flatMap(({ lengths }) => lengths)
      .reduce((sum, length) => sum + pieces(length, bits) - pieces(length, bits + s), 0);
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
