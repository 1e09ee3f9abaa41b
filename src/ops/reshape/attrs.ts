/** Attributes of Reshape. */
import type { Json } from '../../base/canonical-json.ts';
import { AttributeReader } from '../attributes.ts';

/**
 * Reshape, Flatten, Squeeze and Unsqueeze; input [x] of any type. `dims` is the output shape, fully resolved: every entry is
 * at least 1 (the importer has replaced 0 and −1).
 */
export type ReshapeAttrs = { readonly dims: readonly number[] };

export function readReshapeAttrs(raw: Json, node: string): ReshapeAttrs {
  return { dims: new AttributeReader(raw, node, ['dims']).integers('dims', 1, 2 ** 31) };
}
