/** Activation ranges as calibration finds them, and the quantization parameters that follow. */
import { clamp, f32, roundHalfEven } from '../base/rounding.ts';
import { dtypeRange } from '../base/tensor.ts';
import type { ByteDtype } from '../ops/attributes.ts';
import type { ByteQuantization } from './formula.ts';

/** Closed interval of float32 values an activation took during calibration. */
export type ActivationRange = { readonly min: number; readonly max: number };

/** Ranges by tensor name of the float model. */
export type CalibrationRanges = ReadonlyMap<string, ActivationRange>;

/** Smallest normal float32: below it a scale loses precision and its reciprocal overflows. */
const smallestScale = 2 ** -126;

/**
 * Asymmetric parameters of a range, which is first widened to hold 0 so that 0 is exact: scale = f32((max − min) / 255),
 * zero point = the integer nearest to lowest − min / scale. A range of zero width gets scale 1.
 */
export function activationParameters(range: ActivationRange, dtype: ByteDtype): ByteQuantization {
  const [low, high] = dtypeRange[dtype];
  const min = f32(Math.min(0, range.min));
  const max = f32(Math.max(0, range.max));
  const scale = f32(f32(max - min) / (high - low));
  if (!(scale >= smallestScale)) return { scale: 1, zeroPoint: low, dtype };
  return { scale, zeroPoint: clamp(low + roundHalfEven(f32(-min / scale)), low, high), dtype };
}
