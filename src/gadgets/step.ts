/** Step functions: monotone piecewise-constant integer functions, the exact meaning of a requantisation. */
import type { StepFunction } from '../artifact/circuit.ts';

/** Index of the run that holds `x`, or −1 outside [starts[0], high]. */
export function runOf(step: StepFunction, x: number): number {
  const { starts, high } = step;
  if (!(x >= (starts[0] as number) && x <= high)) return -1;
  let low = 0;
  let above = starts.length;
  while (above - low > 1) {
    const middle = (low + above) >> 1;
    if ((starts[middle] as number) <= x) low = middle;
    else above = middle;
  }
  return low;
}

/** The value of the function at `x`, or NaN where it is not defined. */
export function evaluateStep(step: StepFunction, x: number): number {
  const run = runOf(step, x);
  return run < 0 ? Number.NaN : (step.values[run] as number);
}

/** Exclusive end of run `i`. */
export function runEnd(step: StepFunction, i: number): number {
  return i + 1 < step.starts.length ? (step.starts[i + 1] as number) : step.high + 1;
}
