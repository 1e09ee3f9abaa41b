/** Attributes of QLinearAveragePool. */
import type { Json } from '../../base/canonical-json.ts';
import { AttributeReader, type OutputQuantization, outputKeys } from '../attributes.ts';

/**
 * QLinearAveragePool (com.microsoft) over one to three spatial dimensions; input [x], u8/s8 [N, C, spatial…].
 *
 * Lists have one entry per spatial dimension; `pads` is [begin…, end…] (auto_pad already resolved). `countIncludePad`
 * divides by the size of the kernel instead of the number of cells that lie in the image.
 */
export type QLinearAveragePoolAttrs = OutputQuantization & {
  readonly xScale: number;
  readonly xZero: number;
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly pads: readonly number[];
  readonly ceilMode: boolean;
  readonly countIncludePad: boolean;
};

const keys = ['xScale', 'xZero', 'kernel', 'strides', 'pads', 'ceilMode', 'countIncludePad', ...outputKeys];
const limit = 2 ** 24;

export function readQLinearAveragePoolAttrs(raw: Json, node: string): QLinearAveragePoolAttrs {
  const read = new AttributeReader(raw, node, keys);
  return {
    xScale: read.scale('xScale'),
    xZero: read.zero('xZero'),
    kernel: read.integers('kernel', 1, limit),
    strides: read.integers('strides', 1, limit),
    pads: read.integers('pads', 0, limit),
    ceilMode: read.boolean('ceilMode'),
    countIncludePad: read.boolean('countIncludePad'),
    ...read.output(),
  };
}
