/** Attributes of Cast. */
import type { Json } from '../../base/canonical-json.ts';
import { type Dtype, dtypeRange } from '../../base/tensor.ts';
import { AttributeReader } from '../attributes.ts';
import { refuse } from '../types.ts';

/** Cast; input [x]. The same integers as another type that holds them all. */
export type CastAttrs = { readonly to: Dtype };

export function readCastAttrs(raw: Json, node: string): CastAttrs {
  const to = new AttributeReader(raw, node, ['to']).text('to');
  if (!Object.hasOwn(dtypeRange, to)) refuse('MODEL_INVALID', node, `casts to ${to}`);
  return { to: to as Dtype };
}
