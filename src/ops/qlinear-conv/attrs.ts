/** Attributes of QLinearConv. */
import type { Json } from '../../base/canonical-json.ts';
import { AttributeReader, type OutputQuantization, outputKeys } from '../attributes.ts';
import { type ConvolutionAttrs, convolutionKeys, readConvolution } from '../convolution.ts';

/**
 * QLinearConv over one to three spatial dimensions; inputs [x, w, bias?]:
 * x u8/s8 [N, C, spatial…]; w u8/s8 constant [M, C/group, kernel…]; bias s32 constant [M].
 *
 * Scales are float32 values written as numbers. `wScale` has length 1 or M.
 */
export type QLinearConvAttrs = OutputQuantization &
  ConvolutionAttrs & { readonly xScale: number; readonly wScale: readonly number[] };

export function readQLinearConvAttrs(raw: Json, node: string): QLinearConvAttrs {
  const read = new AttributeReader(raw, node, ['xScale', 'wScale', ...convolutionKeys, ...outputKeys]);
  return { xScale: read.scale('xScale'), wScale: read.scales('wScale'), ...readConvolution(read), ...read.output() };
}
