/** Attributes of QLinearMatMul. */
import type { Json } from '../../base/canonical-json.ts';
import { AttributeReader, type OutputQuantization, outputKeys } from '../attributes.ts';

/**
 * QLinearMatMul; inputs [a, b], u8/s8: a [..., M, K] or [K]; b [..., K, N] or [K], leading dimensions broadcast.
 *
 * Scales are float32 values written as numbers. `bScale` and `bZero` each have length 1 or N (per column); `bZero`
 * has length 1 unless b is constant.
 */
export type QLinearMatMulAttrs = OutputQuantization & {
  readonly aScale: number;
  readonly aZero: number;
  readonly bScale: readonly number[];
  readonly bZero: readonly number[];
};

const keys = ['aScale', 'aZero', 'bScale', 'bZero', ...outputKeys];

export function readQLinearMatMulAttrs(raw: Json, node: string): QLinearMatMulAttrs {
  const read = new AttributeReader(raw, node, keys);
  return {
    aScale: read.scale('aScale'),
    aZero: read.zero('aZero'),
    bScale: read.scales('bScale'),
    bZero: read.zeros('bZero'),
    ...read.output(),
  };
}
