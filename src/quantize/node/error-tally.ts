/** The error of one activation, sample by sample, in all and channel by channel. */
import { dequantizeLinear } from '../../base/rounding.ts';
import { product } from '../../base/tensor.ts';

export type TensorError = {
  /** 10·log₁₀(Σ x² / Σ (x − x̂)²); Infinity when nothing is lost. Free of the layer's scale, so layers compare. */
  readonly sqnr: number;
  /** The channel (axis 1) that loses most; null for tensors without channels. */
  readonly worstChannel: { readonly channel: number; readonly sqnr: number } | null;
  readonly maxAbsoluteError: number;
  readonly meanAbsoluteError: number;
  /** The largest error as a share of the range of the floats. */
  readonly maxRelativeError: number;
  readonly scale: number;
  readonly zeroPoint: number;
};

type Sums = { readonly signal: Float64Array; readonly noise: Float64Array };

export class ErrorTally {
  private readonly scale: number;
  private readonly zeroPoint: number;
  private channels: Sums | null = null;
  private worst = 0;
  private total = 0;
  private count = 0;
  private low = Infinity;
  private high = -Infinity;

  constructor({ scale, zeroPoint }: { readonly scale: number; readonly zeroPoint: number }) {
    this.scale = scale;
    this.zeroPoint = zeroPoint;
  }

  /** Floats of one sample and the bytes that stand for them; channels are along axis 1. */
  add(values: Float32Array, dims: readonly number[], bytes: ArrayLike<number>): void {
    const count = dims.length > 1 ? (dims[1] as number) : 1;
    this.channels ??= { signal: new Float64Array(count), noise: new Float64Array(count) };
    const { signal, noise } = this.channels;
    const inner = dims.length > 1 ? product(dims.slice(2)) : values.length;
    this.count += values.length;
    for (let i = 0; i < values.length; i++) {
      const value = values[i] as number;
      const error = value - dequantizeLinear(bytes[i] as number, this.scale, this.zeroPoint);
      const channel = Math.floor(i / inner) % count;
      signal[channel] = (signal[channel] as number) + value * value;
      noise[channel] = (noise[channel] as number) + error * error;
      this.worst = Math.max(this.worst, Math.abs(error));
      this.total += Math.abs(error);
      this.low = Math.min(this.low, value);
      this.high = Math.max(this.high, value);
    }
  }

  result(): TensorError {
    const { signal, noise } = this.channels ?? { signal: new Float64Array(1), noise: new Float64Array(1) };
    const byChannel = Array.from(signal, (power, channel) => decibels(power, noise[channel] as number));
    const channel = byChannel.reduce((worst, sqnr, i) => (sqnr < (byChannel[worst] as number) ? i : worst), 0);
    return {
      sqnr: decibels(sum(signal), sum(noise)),
      worstChannel: byChannel.length > 1 ? { channel, sqnr: byChannel[channel] as number } : null,
      maxAbsoluteError: this.worst,
      meanAbsoluteError: this.count === 0 ? 0 : this.total / this.count,
      maxRelativeError: this.worst === 0 ? 0 : this.worst / (this.high - this.low || 1),
      scale: this.scale,
      zeroPoint: this.zeroPoint,
    };
  }
}

function decibels(signal: number, noise: number): number {
  return noise === 0 ? Infinity : 10 * Math.log10(signal / noise);
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
