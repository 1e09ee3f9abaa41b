/** Symmetric int8 weights and the int32 bias that goes with them. */
import { clamp, f32, roundHalfEven } from '../../base/rounding.ts';
import { product, type Shape } from '../../base/tensor.ts';
import { quantizeBias } from '../formula.ts';

/** `scales` has one entry, or one per index of `axis`; zero points are all 0. */
export type QuantizedWeights = { readonly integers: Int8Array; readonly scales: Float32Array };

/** Largest bias in accumulator units: leaves room below 2³⁰ for the sum of products. */
const biasLimit = 2 ** 29;

/** Keeps every product of scales a normal float32. */
const smallestScale = 2 ** -60;

/** Flat index → index along `axis`. */
function coordinate(dims: Shape, axis: number): (index: number) => number {
  const inner = product(dims.slice(axis + 1));
  const size = dims[axis] as number;
  return (index) => Math.floor(index / inner) % size;
}

/** Float weights of one node: `axis` counts output channels, `bias` has one entry per channel. */
export type FloatWeights = {
  readonly data: Float32Array;
  readonly dims: Shape;
  readonly axis: number;
  readonly bias: Float32Array | null;
};

/**
 * q = clip(rhe(f32(w / scale))), scale = f32(max|w| / limit) over the tensor or over each output channel.
 *
 * A scale grows when the channel's bias would not fit the accumulator otherwise; a channel of zeros takes the scale of the
 * whole tensor, so that its bias keeps a useful resolution.
 */
export function quantizeWeights(
  { data, dims, axis, bias }: FloatWeights,
  xScale: number,
  { perChannel, limit }: { readonly perChannel: boolean; readonly limit: number },
): QuantizedWeights {
  const channelOf = coordinate(dims, axis);
  const peaks = channelPeaks(data, channelOf, dims[axis] as number);
  // A tensor of zeros gets scale 1: any scale represents it.
  const peak = peaks.reduce((a, b) => Math.max(a, b), 0) || limit;
  const least = peaks.map((own, m) => leastScale((perChannel && own > 0 ? own : peak) / limit, bias?.[m] ?? 0, xScale));
  const scales = perChannel ? least : Float32Array.of(least.reduce((a, b) => Math.max(a, b)));
  const integers = Int8Array.from(data, (value, i) => {
    const scale = scales[perChannel ? channelOf(i) : 0] as number;
    return clamp(roundHalfEven(f32(value / scale)), -limit, limit);
  });
  return { integers, scales };
}

/** Largest magnitude of each channel. */
function channelPeaks(data: Float32Array, channelOf: (index: number) => number, channels: number): Float32Array {
  const peaks = new Float32Array(channels);
  data.forEach((value, i) => {
    const m = channelOf(i);
    peaks[m] = Math.max(peaks[m] as number, Math.abs(value));
  });
  return peaks;
}

function leastScale(wanted: number, bias: number, xScale: number): number {
  return f32(Math.max(wanted, Math.abs(bias) / (xScale * biasLimit), smallestScale));
}

/** bias / (xScale · wScale) in int32, with the scales it is measured in. */
export function quantizeBiases(
  bias: Float32Array,
  xScale: number,
  scales: Float32Array,
): { readonly integers: Int32Array; readonly scales: Float32Array } {
  const scaleOf = (m: number): number => scales[scales.length === 1 ? 0 : m] as number;
  return {
    integers: Int32Array.from(bias, (value, m) => quantizeBias(value, xScale, scaleOf(m))),
    scales: scales.map((scale) => xScale * scale),
  };
}
