/** Attributes of Transpose. */
import type { Json } from '../../base/canonical-json.ts';
import { AttributeReader } from '../attributes.ts';

/** Transpose; input [x] of any type. Output dimension i is input dimension perm[i]; `perm` is written out even if default. */
export type TransposeAttrs = { readonly perm: readonly number[] };

export function readTransposeAttrs(raw: Json, node: string): TransposeAttrs {
  return { perm: new AttributeReader(raw, node, ['perm']).integers('perm', 0, 255) };
}
