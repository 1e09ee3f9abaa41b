/** Attributes of Pad. */
import type { Json } from '../../base/canonical-json.ts';
import { AttributeReader } from '../attributes.ts';

/** Pad with a constant; input [x] of any type. `begins` and `ends` have one entry per dimension, `value` is an integer of x's type. */
export type PadAttrs = { readonly begins: readonly number[]; readonly ends: readonly number[]; readonly value: number };

export function readPadAttrs(raw: Json, node: string): PadAttrs {
  const reader = new AttributeReader(raw, node, ['begins', 'ends', 'value']);
  return {
    begins: reader.integers('begins', 0, 2 ** 31 - 1),
    ends: reader.integers('ends', 0, 2 ** 31 - 1),
    value: reader.integer('value', -(2 ** 31), 2 ** 31 - 1),
  };
}
