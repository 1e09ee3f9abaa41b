/** A public input as a picture, when its shape is that of one. */
import type { PublicTensor } from '../artifact/verdict.ts';
import { dtypeRange } from '../base/tensor.ts';

export type Picture = {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
};

type Layout = { readonly width: number; readonly height: number; readonly channels: number; readonly planar: boolean };

const largestSide = 4096;

function isSide(length: number | undefined): length is number {
  return length !== undefined && length >= 4 && length <= largestSide;
}

function isColour(channels: number | undefined): channels is number {
  return channels === 1 || channels === 3;
}

/** [1, C, H, W] or [1, H, W, C] or [H, W], grey or coloured. */
function layoutOf(dims: readonly number[]): Layout | null {
  const [a, b, c, d] = dims;
  if (dims.length === 2 && isSide(a) && isSide(b)) return { width: b, height: a, channels: 1, planar: true };
  if (dims.length !== 4 || a !== 1) return null;
  if (isColour(b) && isSide(c) && isSide(d)) return { width: d, height: c, channels: b, planar: true };
  if (isSide(b) && isSide(c) && isColour(d)) return { width: c, height: b, channels: d, planar: false };
  return null;
}

/**
 * The integers of the tensor as grey or colour values. Eight-bit integers span black to white as they are; others are no
 * picture.
 */
export function pictureOf({ dims, dtype, integers }: PublicTensor): Picture | null {
  const layout = layoutOf(dims);
  if (layout === null || (dtype !== 'u8' && dtype !== 's8')) return null;
  const { width, height, channels, planar } = layout;
  const [low] = dtypeRange[dtype];
  const area = width * height;
  const rgba = new Uint8ClampedArray(4 * area).fill(255);
  for (let pixel = 0; pixel < area; pixel++) {
    for (let colour = 0; colour < 3; colour++) {
      const channel = channels === 1 ? 0 : colour;
      const at = planar ? channel * area + pixel : pixel * channels + channel;
      rgba[4 * pixel + colour] = (integers[at] as number) - low;
    }
  }
  return { width, height, rgba };
}
