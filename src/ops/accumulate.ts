/** Sums of products with constant weights: differences to the zero points, and the exact bounds of the accumulators. */
import { ProvennError } from '../base/errors.ts';
import type { Interval } from '../base/tensor.ts';
import { integerLimit } from '../gadgets/check.ts';
import { hiddenBias } from './hidden.ts';

/** w − wZero[m] for weights [rows, taps]; `zeros` has length 1 or `rows`. */
export function differences(weights: Int32Array, zeros: readonly number[], rows: number): Int32Array {
  const taps = weights.length / rows;
  const out = new Int32Array(weights.length);
  for (let m = 0, at = 0; m < rows; m++) {
    const zero = zeros[zeros.length === 1 ? 0 : m] as number;
    for (let k = 0; k < taps; k++, at++) out[at] = (weights[at] as number) - zero;
  }
  return out;
}

/** A layer of constant weights, as the bounds of its accumulators need to know it. */
export type Layer = {
  readonly node: string;
  /** Output channels, the rows of `differences`. */
  readonly channels: number;
  /** Weight minus zero point, [channels, taps]. */
  readonly differences: Int32Array;
  /** Everything such a difference can be, by the type of the weights. */
  readonly difference: Interval;
  /** Everything an activation minus its zero point can be. */
  readonly activation: Interval;
  /** Length 0, 1 or channels. */
  readonly bias: Int32Array;
};

/**
 * The range of every channel's accumulator, bias included. Of hidden weights only types, shape and the declared bound of
 * the bias enter, so that ranges, and the step functions cut to them, tell nothing of the weights. Throws `MODEL_UNSAFE`.
 */
export function soundBounds(layer: Layer, hidden: boolean): Interval[] {
  const { node, channels, activation, bias } = layer;
  if (!hidden) {
    checkSound(layer.differences, channels, activation, bias, node);
    return accumulatorBounds(layer.differences, channels, activation, bias);
  }
  const taps = layer.differences.length / channels;
  const products = activation.flatMap((x) => layer.difference.map((w) => x * w));
  const offset: Interval = bias.length === 0 ? [0, 0] : hiddenBias;
  const bound: Interval = [taps * Math.min(...products) + offset[0], taps * Math.max(...products) + offset[1]];
  const widest = taps * Math.max(...products.map(Math.abs));
  if (widest + Math.abs(offset[0]) >= integerLimit) tooWide(node, widest, Math.abs(offset[0]));
  return Array.from({ length: channels }, () => bound);
}

/** The interval of x − zero, with 0 added when a tap may fall on padding. */
export function shifted([low, high]: Interval, zero: number, padded: boolean): Interval {
  const from = low - zero;
  const to = high - zero;
  return padded ? [Math.min(from, 0), Math.max(to, 0)] : [from, to];
}

/** Interval of Σ_k (x_k − xz)·d[m, k] + bias[m] for each m, over all x with x_k − xz in `x`. `bias` has length 0, 1 or rows. */
export function accumulatorBounds(d: Int32Array, rows: number, x: Interval, bias: Int32Array): Interval[] {
  const taps = d.length / rows;
  const out: Interval[] = [];
  for (let m = 0, at = 0; m < rows; m++) {
    let positive = 0;
    let negative = 0;
    for (let k = 0; k < taps; k++, at++) {
      const weight = d[at] as number;
      if (weight > 0) positive += weight;
      else negative += weight;
    }
    const offset = bias.length === 0 ? 0 : (bias[bias.length === 1 ? 0 : m] as number);
    out.push([positive * x[0] + negative * x[1] + offset, positive * x[1] + negative * x[0] + offset]);
  }
  return out;
}

/**
 * Refuses a layer whose sums could leave (−p/2, p/2), where a field element no longer names one integer: the widest
 * Σ|x − xz|·|d| plus the widest |bias|, as every backend bounds it.
 */
export function checkSound(d: Int32Array, rows: number, x: Interval, bias: Int32Array, where: string): void {
  const taps = d.length / rows;
  const reach = Math.max(Math.abs(x[0]), Math.abs(x[1]));
  let widest = 0;
  for (let m = 0, at = 0; m < rows; m++) {
    let sum = 0;
    for (let k = 0; k < taps; k++) sum += Math.abs(d[at++] as number);
    widest = Math.max(widest, sum * reach);
  }
  checkReach(widest, bias, where);
}

/** Refuses sums that may reach `widest` in absolute value when, with the widest bias, they leave (−p/2, p/2). */
export function checkReach(widest: number, bias: Int32Array, where: string): void {
  const offset = bias.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (widest + offset >= integerLimit) tooWide(where, widest, offset);
}

function tooWide(where: string, widest: number, offset: number): never {
  throw new ProvennError(
    'MODEL_UNSAFE',
    `node ${where}: its accumulators may reach ${widest} plus a bias of ${offset}, the limit is ${integerLimit}`,
    { where, next: 'Use fewer inputs per output, smaller weights, or a bias that is not saturated.' },
  );
}
