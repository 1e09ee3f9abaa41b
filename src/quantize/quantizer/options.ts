/** How a float model becomes int8. */
import type { ByteDtype } from '../../ops/attributes.ts';

/**
 * One scale per output channel, per tensor, or mixed: per channel for convolutions, per tensor for dense layers. Every
 * scale costs table rows in a proof, and a dense layer has as many channels as outputs.
 */
export type WeightScales = 'per-channel' | 'per-tensor' | 'mixed';

export type QuantizeOptions = {
  /** Element type of activations; asymmetric. Default u8. */
  readonly activations?: ByteDtype;
  /** How many scales the weights have; symmetric int8, zero point 0. Default mixed. */
  readonly weights?: WeightScales;
  /**
   * Weights in [−64, 64] instead of [−127, 127]. Costs accuracy; keeps onnxruntime exact on x86 processors without VNNI,
   * where u8 by s8 sums of two products saturate at 16 bits.
   */
  readonly reduceRange?: boolean;
};

export type ResolvedOptions = {
  readonly activations: ByteDtype;
  readonly weights: WeightScales;
  readonly weightLimit: number;
};

export function resolveOptions(options: QuantizeOptions): ResolvedOptions {
  return {
    activations: options.activations ?? 'u8',
    weights: options.weights ?? 'mixed',
    weightLimit: options.reduceRange === true ? 64 : 127,
  };
}
