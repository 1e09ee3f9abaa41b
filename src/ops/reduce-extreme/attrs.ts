/** Attributes of ReduceExtreme. */
import type { Json } from '../../base/canonical-json.ts';
import { AttributeReader } from '../attributes.ts';

/**
 * ReduceMax and ReduceMin; input [x] of bytes. The extreme over the dimensions `axes`, at least one, counted from the front;
 * they stay as dimensions of size 1.
 */
export type ReduceExtremeAttrs = { readonly axes: readonly number[]; readonly smallest: boolean };

export function readReduceExtremeAttrs(raw: Json, node: string): ReduceExtremeAttrs {
  const reader = new AttributeReader(raw, node, ['axes', 'smallest']);
  return { axes: reader.integers('axes', 0, 255), smallest: reader.boolean('smallest') };
}
