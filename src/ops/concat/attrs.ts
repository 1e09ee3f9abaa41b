/** Attributes of Concat. */
import type { Json } from '../../base/canonical-json.ts';
import { AttributeReader } from '../attributes.ts';

/** Concat; one or more inputs of one type and scale, equal in every dimension but `axis`, which is counted from the front. */
export type ConcatAttrs = { readonly axis: number };

export function readConcatAttrs(raw: Json, node: string): ConcatAttrs {
  return { axis: new AttributeReader(raw, node, ['axis']).integer('axis', 0, 255) };
}
