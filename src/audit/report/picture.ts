/**
 * The input as a picture, drawn from the integers that were proven and not from any picture file: what is seen is what the
 * network saw. BMP, because it needs no compressor.
 */
import type { PublicTensor } from '../../artifact/verdict.ts';
import { ByteWriter } from '../../base/bytes.ts';

export type Picture = { readonly width: number; readonly height: number; readonly dataUrl: string };

/** How pixels became inputs, as far as a picture needs to know it. */
type Preprocessing = {
  readonly layout: 'NCHW' | 'NHWC';
  readonly scale: readonly number[];
  readonly offset: readonly number[];
};

const largestSide = 512;

function isNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'number' && Number.isFinite(item));
}

/** The rules of a preprocess.json; null when it has none that make sense, for then there is no picture to draw. */
function rulesOf(bytes: Uint8Array): Preprocessing | null {
  try {
    const { layout, scale, offset } = JSON.parse(new TextDecoder().decode(bytes)) as {
      readonly [key: string]: unknown;
    };
    if (layout !== 'NCHW' && layout !== 'NHWC') return null;
    return isNumbers(scale) && isNumbers(offset) && scale.every((s) => s !== 0) ? { layout, scale, offset } : null;
  } catch {
    return null;
  }
}

type Grid = { readonly channels: number; readonly height: number; readonly width: number };

function gridOf(dims: readonly number[], layout: Preprocessing['layout']): Grid | null {
  const [batch, a = 0, b = 0, c = 0, ...more] = dims;
  if (batch !== 1 || more.length > 0 || c === 0) return null;
  const grid = layout === 'NCHW' ? { channels: a, height: b, width: c } : { channels: c, height: a, width: b };
  const fits = (side: number): boolean => side >= 1 && side <= largestSide;
  return (grid.channels === 1 || grid.channels === 3) && fits(grid.height) && fits(grid.width) ? grid : null;
}

/** The byte of a pixel: the preprocessing undone. */
function pixelReader(
  tensor: PublicTensor,
  rules: Preprocessing,
  grid: Grid,
): (y: number, x: number, channel: number) => number {
  const values = tensor.values ?? tensor.integers;
  const { channels, height, width } = grid;
  return (y, x, channel) => {
    const at = rules.layout === 'NCHW' ? (channel * height + y) * width + x : (y * width + x) * channels + channel;
    const { [channel]: scale = 1 } = rules.scale;
    const { [channel]: offset = 0 } = rules.offset;
    return Math.min(255, Math.max(0, Math.round(((values[at] as number) - offset) / scale)));
  };
}

/** A Windows bitmap of 24 bits per pixel, lowest row first, rows padded to four bytes. */
function bitmap(
  { height, width, channels }: Grid,
  pixel: (y: number, x: number, channel: number) => number,
): Uint8Array {
  const row = Math.ceil((3 * width) / 4) * 4;
  const out = new ByteWriter()
    .u8(0x42)
    .u8(0x4d)
    .u32(54 + row * height)
    .u32(0)
    .u32(54);
  out
    .u32(40)
    .i32(width)
    .i32(height)
    .u8(1)
    .u8(0)
    .u8(24)
    .u8(0)
    .u32(0)
    .u32(row * height);
  out.u32(2835).u32(2835).u32(0).u32(0);
  for (let y = height - 1; y >= 0; y--) {
    for (let x = 0; x < width; x++) for (const channel of [2, 1, 0]) out.u8(pixel(y, x, channels === 1 ? 0 : channel));
    out.raw(new Uint8Array(row - 3 * width));
  }
  return out.finish();
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

export function base64(bytes: Uint8Array): string {
  let out = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const [a = 0, b = 0, c = 0] = bytes.subarray(i, i + 3);
    const bits = (a << 16) | (b << 8) | c;
    const digits = [18, 12, 6, 0].map((shift) => alphabet[(bits >> shift) & 63] as string);
    out += digits.map((digit, place) => (i + place > bytes.length ? '=' : digit)).join('');
  }
  return out;
}

/** A picture of a public input that the preprocessing says is one; null for anything else. */
export function pictureOf(tensor: PublicTensor, preprocessing: Uint8Array | null): Picture | null {
  const rules = preprocessing === null ? null : rulesOf(preprocessing);
  const grid = rules === null ? null : gridOf(tensor.dims, rules.layout);
  if (rules === null || grid === null) return null;
  const { width, height } = grid;
  const bytes = bitmap(grid, pixelReader(tensor, rules, grid));
  return { width, height, dataUrl: `data:image/bmp;base64,${base64(bytes)}` };
}
