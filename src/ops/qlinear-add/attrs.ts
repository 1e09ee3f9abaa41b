/** Attributes of QLinearAdd (com.microsoft). */
import type { Json } from '../../base/canonical-json.ts';
import { AttributeReader, type OutputQuantization, outputKeys } from '../attributes.ts';

/** QLinearAdd; inputs [a, b], both u8 or both s8, of shapes that broadcast. Scales are float32 values written as numbers. */
export type QLinearAddAttrs = OutputQuantization & {
  readonly aScale: number;
  readonly aZero: number;
  readonly bScale: number;
  readonly bZero: number;
};

const keys = ['aScale', 'aZero', 'bScale', 'bZero', ...outputKeys];

export function readQLinearAddAttrs(raw: Json, node: string): QLinearAddAttrs {
  const read = new AttributeReader(raw, node, keys);
  return {
    aScale: read.scale('aScale'),
    aZero: read.zero('aZero'),
    bScale: read.scale('bScale'),
    bZero: read.zero('bZero'),
    ...read.output(),
  };
}
