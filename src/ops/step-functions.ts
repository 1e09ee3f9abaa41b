/** From an integer formula to the step function that equals it on a whole range, by bisection. */
import type { StepFunction } from '../artifact/circuit.ts';
import { invariant } from '../base/errors.ts';

/** Smallest x in (from, high] with f(x) > f(from), or high + 1. */
function nextStart(f: (x: number) => number, from: number, high: number): number {
  const value = f(from);
  if (f(high) === value) return high + 1;
  let below = from;
  let above = high;
  while (above - below > 1) {
    const middle = Math.floor((below + above) / 2);
    if (f(middle) === value) below = middle;
    else above = middle;
  }
  return above;
}

/** The step function of a non-decreasing integer function on the integers of [low, high]. */
export function stepFunction(f: (x: number) => number, low: number, high: number): StepFunction {
  invariant(low <= high, `an empty range [${low}, ${high}] has no step function`);
  const starts: number[] = [];
  const values: number[] = [];
  for (let x = low; x <= high; x = nextStart(f, x, high)) {
    const value = f(x);
    invariant(values.length === 0 || value > (values.at(-1) as number), 'a step function must not decrease');
    starts.push(x);
    values.push(value);
  }
  return { high, starts: Int32Array.from(starts), values: Int32Array.from(values) };
}
