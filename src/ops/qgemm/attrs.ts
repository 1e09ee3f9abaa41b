/** Attributes of QGemm (com.microsoft). */
import type { Json } from '../../base/canonical-json.ts';
import { AttributeReader, type OutputQuantization, outputKeys } from '../attributes.ts';

/**
 * QGemm with transA = 0 and a quantized output; inputs [a, b, c?]:
 * a u8/s8 [M, K]; b u8/s8 [K, N], or constant [N, K] with `transB`; c s32 constant [N], [1, N] or [1].
 *
 * Scales are float32 values written as numbers. `bScale` and `bZero` each have length 1 or N (per column). `alpha`, above 0,
 * is part of the multiplier; c is added to the accumulator as it is, hence counts in units of alpha·aScale·bScale.
 */
export type QGemmAttrs = OutputQuantization & {
  readonly aScale: number;
  readonly aZero: number;
  readonly bScale: readonly number[];
  readonly bZero: readonly number[];
  readonly alpha: number;
  readonly transB: boolean;
};

const keys = ['aScale', 'aZero', 'bScale', 'bZero', 'alpha', 'transB', ...outputKeys];

export function readQGemmAttrs(raw: Json, node: string): QGemmAttrs {
  const read = new AttributeReader(raw, node, keys);
  return {
    aScale: read.scale('aScale'),
    aZero: read.zero('aZero'),
    bScale: read.scales('bScale'),
    bZero: read.zeros('bZero'),
    alpha: read.scale('alpha'),
    transB: read.boolean('transB'),
    ...read.output(),
  };
}
