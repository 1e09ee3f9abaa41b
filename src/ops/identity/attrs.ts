/** Attributes of Identity: none. */
import type { Json } from '../../base/canonical-json.ts';
import { AttributeReader } from '../attributes.ts';

/** Identity; input [x] of any type. The attributes are the empty object. */
export type IdentityAttrs = { readonly [key: string]: never };

export function readIdentityAttrs(raw: Json, node: string): IdentityAttrs {
  new AttributeReader(raw, node, []);
  return {};
}
