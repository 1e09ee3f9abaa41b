/** Attributes of QLinearMul (com.microsoft). */
import type { Json } from '../../base/canonical-json.ts';
import { AttributeReader, type OutputQuantization, outputKeys } from '../attributes.ts';

/** QLinearMul; inputs [a, b], both u8 or both s8, of shapes that broadcast. Scales are float32 values written as numbers. */
export type QLinearMulAttrs = OutputQuantization & {
  readonly aScale: number;
  readonly aZero: number;
  readonly bScale: number;
  readonly bZero: number;
};

const keys = ['aScale', 'aZero', 'bScale', 'bZero', ...outputKeys];

export function readQLinearMulAttrs(raw: Json, node: string): QLinearMulAttrs {
  const read = new AttributeReader(raw, node, keys);
  return {
    aScale: read.scale('aScale'),
    aZero: read.zero('aZero'),
    bScale: read.scale('bScale'),
    bZero: read.zero('bZero'),
    ...read.output(),
  };
}
