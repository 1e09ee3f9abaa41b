/**
 * Requantization of accumulators, rounding family A: clip(rhe(f32(f32(acc)·multiplier)) + zero).
 *
 * Every step is monotone in acc, so the whole is a step function. Source: onnxruntime's MLAS requantize kernels.
 */
import { ProvennError } from '../base/errors.ts';
import { clamp, f32, roundHalfEven } from '../base/rounding.ts';
import type { OutputQuantization } from './attributes.ts';

/** One float32 multiplier above 0 for all output channels or one per channel, then zero point and clip range. */
export type Requantization = {
  readonly multipliers: readonly number[];
  readonly zero: number;
  readonly low: number;
  readonly high: number;
};

/** f32(f32(x·w)/y) for each weight scale: the multipliers of QLinearConv and QLinearMatMul. */
export function requantization(xScale: number, wScales: readonly number[], output: OutputQuantization): Requantization {
  const multipliers = wScales.map((wScale) => f32(f32(xScale * wScale) / output.yScale));
  return { multipliers, zero: output.yZero, low: output.low, high: output.high };
}

/** Refuses scales whose quotient is 0 or infinite in float32: then the formula is no longer a rescaling. */
export function checkMultipliers({ multipliers }: Requantization, node: string): void {
  if (multipliers.every((multiplier) => multiplier > 0 && Number.isFinite(multiplier))) return;
  throw new ProvennError('MODEL_INVALID', `node ${node}: the quotient of its scales is not a float32 above 0`, {
    where: node,
  });
}

/** The formula itself; `acc` is an int32, `channel` selects the multiplier. */
export function requantize(acc: number, rule: Requantization, channel: number): number {
  const { multipliers, zero, low, high } = rule;
  const multiplier = multipliers[multipliers.length === 1 ? 0 : channel] as number;
  return clamp(roundHalfEven(f32(f32(acc) * multiplier)) + zero, low, high);
}

/** An accumulator as the int32 it must be; beyond that onnxruntime would wrap around and provenn refuses. */
export function checkedInt32(acc: number): number {
  if ((acc | 0) !== acc) throw new ProvennError('MODEL_UNSAFE', `an accumulator reaches ${acc}, which is not an int32`);
  return acc;
}
