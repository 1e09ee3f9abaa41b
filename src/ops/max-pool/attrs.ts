/** Attributes of MaxPool. */
import type { Json } from '../../base/canonical-json.ts';
import { AttributeReader } from '../attributes.ts';

/**
 * MaxPool on integers over one to three spatial dimensions; input [x], u8/s8 [N, C, spatial…].
 *
 * Lists have one entry per spatial dimension; `pads` is [begin…, end…] (auto_pad already resolved), each below the kernel.
 */
export type MaxPoolAttrs = {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly pads: readonly number[];
  readonly ceilMode: boolean;
};

const keys = ['kernel', 'strides', 'dilations', 'pads', 'ceilMode'];
const limit = 2 ** 24;

export function readMaxPoolAttrs(raw: Json, node: string): MaxPoolAttrs {
  const read = new AttributeReader(raw, node, keys);
  return {
    kernel: read.integers('kernel', 1, limit),
    strides: read.integers('strides', 1, limit),
    dilations: read.integers('dilations', 1, limit),
    pads: read.integers('pads', 0, limit),
    ceilMode: read.boolean('ceilMode'),
  };
}
