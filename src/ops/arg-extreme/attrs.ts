/** Attributes of ArgExtreme. */
import type { Json } from '../../base/canonical-json.ts';
import { AttributeReader } from '../attributes.ts';

/**
 * ArgMax and ArgMin; input [x] of bytes. The index, along `axis` counted from the front, of the first extreme or with `last`
 * of the last one; the axis stays as a dimension of size 1.
 */
export type ArgExtremeAttrs = { readonly axis: number; readonly smallest: boolean; readonly last: boolean };

export function readArgExtremeAttrs(raw: Json, node: string): ArgExtremeAttrs {
  const reader = new AttributeReader(raw, node, ['axis', 'smallest', 'last']);
  return { axis: reader.integer('axis', 0, 255), smallest: reader.boolean('smallest'), last: reader.boolean('last') };
}
