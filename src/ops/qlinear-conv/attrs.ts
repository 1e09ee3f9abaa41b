/** Attributes of QLinearConv. */
import type { Json } from '../../base/canonical-json.ts';
import { AttributeReader, type OutputQuantization, outputKeys } from '../attributes.ts';

/**
 * QLinearConv over one or two spatial dimensions; inputs [x, w, bias?]:
 * x u8/s8 [N, C, (H,) W]; w u8/s8 constant [M, C/group, (KH,) KW]; bias s32 constant [M].
 *
 * Scales are float32 values written as numbers. `wScale` and `wZero` each have length 1 or M. The lists below have one
 * entry per spatial dimension; `pads` is [begin…, end…] (auto_pad already resolved).
 */
export type QLinearConvAttrs = OutputQuantization & {
  readonly xScale: number;
  readonly xZero: number;
  readonly wScale: readonly number[];
  readonly wZero: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly pads: readonly number[];
  readonly group: number;
};

const keys = ['xScale', 'xZero', 'wScale', 'wZero', 'strides', 'dilations', 'pads', 'group', ...outputKeys];
const limit = 2 ** 24;

export function readQLinearConvAttrs(raw: Json, node: string): QLinearConvAttrs {
  const read = new AttributeReader(raw, node, keys);
  return {
    xScale: read.scale('xScale'),
    xZero: read.zero('xZero'),
    wScale: read.scales('wScale'),
    wZero: read.zeros('wZero'),
    strides: read.integers('strides', 1, limit),
    dilations: read.integers('dilations', 1, limit),
    pads: read.integers('pads', 0, limit),
    group: read.integer('group', 1, limit),
    ...read.output(),
  };
}
