/**
 * preprocess.json: how the pixels of an image become the model's float input, and what the classes are called.
 *
 * value = fround(pixel · scale[channel] + offset[channel]), in double precision with one rounding to float32.
 */
import type { Shape } from '../../base/tensor.ts';
import { malformed } from './array.ts';
import { isObject, type JsonObject, own, parseJson, unknownKey } from './bounded-json.ts';

export type Preprocessing = {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly layout: 'NCHW' | 'NHWC';
  /** One per channel. */
  readonly scale: readonly number[];
  readonly offset: readonly number[];
  /** Class names in the order of the model's output; null when the file has none. */
  readonly labels: readonly string[] | null;
};

const keys = ['kind', 'width', 'height', 'channels', 'layout', 'scale', 'offset', 'labels'];
const maximumSide = 16384;
const next = 'See artifacts/lenet5/preprocess.json for an example.';

function readCount(object: JsonObject, key: string, highest: number, where: string): number {
  const value = own(object, key);
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > highest) {
    throw malformed(where, `"${key}" must be an integer from 1 to ${highest}.`, next);
  }
  return value;
}

function readPerChannel(object: JsonObject, key: string, channels: number, where: string): readonly number[] {
  const value = own(object, key);
  const finite = (item: unknown): boolean => typeof item === 'number' && Number.isFinite(item);
  if (!Array.isArray(value) || value.length !== channels || !value.every(finite)) {
    throw malformed(where, `"${key}" must be a list of ${channels} finite numbers, one per channel.`, next);
  }
  return value as number[];
}

function readLabels(object: JsonObject, where: string): readonly string[] | null {
  const value = own(object, 'labels');
  if (value === undefined) return null;
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) {
    throw malformed(where, '"labels" must be a list of texts.', next);
  }
  return value as string[];
}

/** Throws `FILE_MALFORMED`. */
export function decodePreprocessing(bytes: Uint8Array, where: string): Preprocessing {
  const object = parseJson(bytes, where);
  if (!isObject(object)) throw malformed(where, 'The JSON is not an object.', next);
  const extra = unknownKey(object, keys);
  if (extra !== undefined) throw malformed(where, `The key "${extra}" is unknown.`, next);
  if (own(object, 'kind') !== 'image') throw malformed(where, '"kind" must be "image".', next);
  const layout = own(object, 'layout');
  if (layout !== 'NCHW' && layout !== 'NHWC') throw malformed(where, '"layout" must be "NCHW" or "NHWC".', next);
  const channels = readCount(object, 'channels', 4, where);
  return {
    width: readCount(object, 'width', maximumSide, where),
    height: readCount(object, 'height', maximumSide, where),
    channels,
    layout,
    scale: readPerChannel(object, 'scale', channels, where),
    offset: readPerChannel(object, 'offset', channels, where),
    labels: readLabels(object, where),
  };
}

/** Shape of one preprocessed image. */
export function imageDims(preprocessing: Preprocessing): Shape {
  const { width, height, channels, layout } = preprocessing;
  return layout === 'NCHW' ? [1, channels, height, width] : [1, height, width, channels];
}

/** Applies the scaling to pixels that already lie in the layout's order: [N, …] images, row-major. Any N. */
export function scalePixels(pixels: Uint8Array, preprocessing: Preprocessing): Float32Array {
  const { width, height, channels, layout, scale, offset } = preprocessing;
  const plane = layout === 'NCHW' ? width * height : 1;
  const out = new Float32Array(pixels.length);
  for (let i = 0; i < pixels.length; i++) {
    const channel = Math.floor(i / plane) % channels;
    out[i] = (pixels[i] as number) * (scale[channel] as number) + (offset[channel] as number);
  }
  return out;
}
