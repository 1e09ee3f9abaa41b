/** Attributes of QLinearGlobalAveragePool. */
import type { Json } from '../../base/canonical-json.ts';
import { AttributeReader, type OutputQuantization, outputKeys } from '../attributes.ts';

/** QLinearGlobalAveragePool (com.microsoft); input [x], u8/s8 [N, C, spatial…]. Scales are float32 values. */
export type QLinearGlobalAveragePoolAttrs = OutputQuantization & {
  readonly xScale: number;
  readonly xZero: number;
};

export function readQLinearGlobalAveragePoolAttrs(raw: Json, node: string): QLinearGlobalAveragePoolAttrs {
  const read = new AttributeReader(raw, node, ['xScale', 'xZero', ...outputKeys]);
  return { xScale: read.scale('xScale'), xZero: read.zero('xZero'), ...read.output() };
}
