/** Attributes of Select. */
import type { Json } from '../../base/canonical-json.ts';
import { AttributeReader } from '../attributes.ts';

/**
 * Slice, Split, Gather, Expand, Tile, nearest Resize and the non-constant modes of Pad; input [x] of any type. Output index i
 * of dimension d reads input index `indices[d][i]`; null stands for the whole dimension as it is.
 */
export type SelectAttrs = { readonly indices: readonly (readonly number[] | null)[] };

export function readSelectAttrs(raw: Json, node: string): SelectAttrs {
  return { indices: new AttributeReader(raw, node, ['indices']).optionalLists('indices', 0, 2 ** 31 - 1) };
}
