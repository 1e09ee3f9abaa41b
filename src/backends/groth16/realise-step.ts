/**
 * A step function as circuit arithmetic: clamp(⌊(x·M + C) / 2^S⌋, low, high), corrected at the few integers where the float32
 * product rounds to a tie and falls to the other side; or the list of its runs where that is cheaper. Nothing here
 * approximates: what a candidate misses is listed and corrected, and the whole is compared with the function afterwards.
 */
import type { StepFunction } from '../../artifact/circuit.ts';
import { invariant } from '../../base/errors.ts';
import { runEnd } from '../../gadgets/step.ts';

export type Multiplier = { readonly m: bigint; readonly c: bigint; readonly s: number };

/** At `x` the function is `by` more than the clamped quotient. */
export type Correction = { readonly x: number; readonly by: number };

export type Requantization = {
  readonly kind: 'requantize';
  readonly multiplier: Multiplier;
  readonly low: number;
  readonly high: number;
  /** The quotient stays in (low − 2^below, high + 2^above). */
  readonly below: number;
  readonly above: number;
  /** Added to the quotient, makes it non-negative: a hint for the witness generator. */
  readonly shift: bigint;
  readonly corrections: readonly Correction[];
};

export type Realisation =
  | { readonly kind: 'constant'; readonly value: number }
  | Requantization
  | { readonly kind: 'runs'; readonly width: number };

/** Largest S tried: x·M + C then stays below 2^100, far below the field's order. */
const maximumShift = 44;

/** More corrections than this cost more than the list of runs. */
const maximumCorrections = 40;

/** Slopes tried around the fitted one, at each side. */
const slopeSteps = 64;

export function bitLength(x: number | bigint): number {
  return x <= 0 ? 0 : BigInt(x).toString(2).length;
}

/** ⌊(x·m + c) / 2^s⌋ for any sign. */
export function quotientAt({ m, c, s }: Multiplier, x: number): bigint {
  return (BigInt(x) * m + c) >> BigInt(s);
}

function clampedQuotient(step: StepFunction, multiplier: Multiplier): (x: number) => number {
  const low = BigInt(step.values[0] as number);
  const high = BigInt(step.values.at(-1) as number);
  return (x) => {
    const quotient = quotientAt(multiplier, x);
    return Number(quotient < low ? low : quotient > high ? high : quotient);
  };
}

/**
 * Where the clamped quotient misses the function, or null when that is in too many places. It is monotone like the function, so
 * inside a run it is too small at the head, too large at the tail, and right between.
 */
function correctionsOf(step: StepFunction, multiplier: Multiplier): Correction[] | null {
  const at = clampedQuotient(step, multiplier);
  const out: Correction[] = [];
  for (let run = 0; run < step.values.length; run++) {
    const value = step.values[run] as number;
    const last = runEnd(step, run) - 1;
    let first = step.starts[run] as number;
    for (; first <= last && at(first) !== value; first++) {
      if (at(first) > value) break;
      if (out.push({ x: first, by: value - at(first) }) > maximumCorrections) return null;
    }
    for (let x = last; x >= first && at(x) !== value; x--) {
      if (out.push({ x, by: value - at(x) }) > maximumCorrections) return null;
    }
  }
  return out;
}

/**
 * True when the corrected, clamped quotient equals the function on its whole range. Between two neighbouring starts of runs or
 * corrections both are monotone, so agreement at both ends of every such stretch is agreement everywhere.
 */
export function equalsEverywhere(
  step: StepFunction,
  multiplier: Multiplier,
  corrections: readonly Correction[],
): boolean {
  if (multiplier.m < 0n || (step.values[0] as number) > (step.values.at(-1) as number)) return false;
  const at = clampedQuotient(step, multiplier);
  const by = new Map(corrections.map((correction) => [correction.x, correction.by]));
  if (by.size !== corrections.length) return false;
  const points = [...by.keys()].sort((a, b) => a - b);
  if (points.some((x) => x < (step.starts[0] as number) || x > step.high)) return false;
  return step.values.every((value, run) => {
    let from = step.starts[run] as number;
    const end = runEnd(step, run);
    const stretch = (last: number): boolean => from > last || (at(from) === value && at(last) === value);
    for (const x of points) {
      if (x < from || x >= end) continue;
      if (!stretch(x - 1) || at(x) + (by.get(x) as number) !== value) return false;
      from = x + 1;
    }
    return stretch(end - 1);
  });
}

/** Value that the most of the intervals [first, last] contain, and how many do. */
function mostCovered<T extends number | bigint>(intervals: readonly (readonly [T, T])[]): { at: T; count: number } {
  const edges = intervals.flatMap(([first, last], i) =>
    first <= last
      ? [
          { at: first, open: 1, i },
          { at: last, open: -1, i },
        ]
      : [],
  );
  edges.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : b.open - a.open));
  let [depth, best] = [0, 0];
  let at = (intervals[0] as readonly [T, T])[0];
  for (const edge of edges) {
    depth += edge.open;
    if (depth <= best) continue;
    best = depth;
    at = edge.at;
  }
  return { at, count: best };
}

/** For a slope, the constants that put each threshold where the function has it. */
function constantsFor({ starts, values }: StepFunction, slope: number): [number, number][] {
  return Array.from({ length: starts.length - 1 }, (_, i) => {
    const start = starts[i + 1] as number;
    return [(values[i + 1] as number) - slope * start, (values[i] as number) + 1 - slope * (start - 1) - slope * 1e-9];
  });
}

/** The slope whose line meets the most thresholds, near the least-squares line through all of them. */
function fitSlope(step: StepFunction): number {
  const { starts, values } = step;
  const count = starts.length - 1;
  if (count < 2) return (values.at(-1) as number) - (values[0] as number);
  let [sx, sy, sxx, sxy] = [0, 0, 0, 0];
  const origin = starts[1] as number;
  for (let i = 1; i <= count; i++) {
    const [x, y] = [(starts[i] as number) - origin, values[i] as number];
    sx += x;
    sy += y;
    sxx += x * x;
    sxy += x * y;
  }
  const fitted = (count * sxy - sx * sy) / (count * sxx - sx * sx);
  const unit = (fitted * 2) / ((starts.at(-1) as number) - origin) / slopeSteps;
  let best = { slope: fitted, count: 0 };
  for (let k = 0; k <= 2 * slopeSteps; k++) {
    const slope = fitted + (k % 2 === 0 ? k / 2 : -(k + 1) / 2) * unit;
    const { count: covered } = mostCovered(constantsFor(step, slope));
    if (covered > best.count) best = { slope, count: covered };
  }
  return best.slope;
}

/** The constant C that puts the most thresholds of a given M and S right. */
function fitConstant({ starts, values }: StepFunction, m: bigint, s: number): bigint {
  const unit = 1n << BigInt(s);
  const intervals = Array.from({ length: starts.length - 1 }, (_, i): [bigint, bigint] => {
    const start = BigInt(starts[i + 1] as number);
    return [
      BigInt(values[i + 1] as number) * unit - m * start,
      (BigInt(values[i] as number) + 1n) * unit - 1n - m * (start - 1n),
    ];
  });
  return mostCovered(intervals).at;
}

function requantization(
  step: StepFunction,
  multiplier: Multiplier,
  corrections: readonly Correction[],
): Requantization {
  const [low, high] = [step.values[0] as number, step.values.at(-1) as number];
  const [least, most] = [quotientAt(multiplier, step.starts[0] as number), quotientAt(multiplier, step.high)];
  return {
    kind: 'requantize',
    multiplier,
    low,
    high,
    below: bitLength(BigInt(low) - least),
    above: bitLength(most - BigInt(high)),
    shift: least < 0n ? -least : 0n,
    corrections,
  };
}

/** Equations of a range check. */
export function rangeCost(low: number, high: number): number {
  const bits = bitLength(high - low);
  return (high - low + 1 === 2 ** bits ? 1 : 2) * (bits + 1);
}

/** Equations of a row out of n, with `width` columns. */
export function rowCost(n: number, width: number): number {
  const side = Math.ceil(Math.sqrt(n));
  return side + Math.ceil(n / side) + 2 + width * (side + 1);
}

/** Equations of one cell, about: circom merges some and adds some of its own. The digits MLP is 1 % above the estimate. */
export function realisationCost(step: StepFunction, realisation: Realisation): number {
  switch (realisation.kind) {
    case 'constant':
      return 1;
    case 'runs':
      return rowCost(step.values.length, 3) + 2 * (realisation.width + 1);
    case 'requantize': {
      const { multiplier, below, above, low, high, corrections } = realisation;
      return multiplier.s + below + above + rangeCost(low, high) + 3 * corrections.length + 8;
    }
  }
}

/** The cheapest exact realisation of a step function. */
export function realiseStep(step: StepFunction): Realisation {
  if (step.values.length === 1) return { kind: 'constant', value: step.values[0] as number };
  const widest = step.starts.reduce((most, start, run) => Math.max(most, runEnd(step, run) - 1 - start), 0);
  let best: Realisation = { kind: 'runs', width: bitLength(widest) };
  // Clamping needs two bounds. A function that ends no higher than it began is no clamped line.
  if ((step.values[0] as number) >= (step.values.at(-1) as number)) return best;
  const slope = fitSlope(step);
  if (!(slope > 0)) return best;
  for (let s = 0; s <= maximumShift; s++) {
    if (s > realisationCost(step, best)) break;
    const m = BigInt(Math.round(slope * 2 ** s));
    const multiplier = { m, c: fitConstant(step, m, s), s };
    const corrections = correctionsOf(step, multiplier);
    if (corrections === null) continue;
    const candidate = requantization(step, multiplier, corrections);
    if (realisationCost(step, candidate) < realisationCost(step, best)) best = candidate;
  }
  invariant(
    best.kind !== 'requantize' || equalsEverywhere(step, best.multiplier, best.corrections),
    'a realisation differs from its step function',
  );
  return best;
}
