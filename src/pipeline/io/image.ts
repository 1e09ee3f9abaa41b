/** An image as a model input: size and channels checked against preprocess.json, then scaled. No resizing, ever. */
import { ProvennError } from '../../base/errors.ts';
import type { FileArray } from './array.ts';
import type { Image } from './png.ts';
import { imageDims, type Preprocessing, scalePixels } from './preprocess.ts';

function mismatch(where: string, message: string, next: string): ProvennError {
  return new ProvennError('INPUT_MISMATCH', message, { where, next });
}

/** Colour samples per pixel once an opaque alpha is dropped and a colourless RGB counts as grey. */
function usableChannels(image: Image, where: string): readonly number[] {
  const { channels, data } = image;
  const hasAlpha = channels === 2 || channels === 4;
  const pixels = data.length / channels;
  if (hasAlpha) {
    for (let i = 0; i < pixels; i++) {
      if (data[i * channels + channels - 1] !== 255) {
        throw mismatch(where, 'The image is partly transparent.', 'Save it without an alpha channel.');
      }
    }
  }
  return hasAlpha ? [...Array(channels - 1).keys()] : [...Array(channels).keys()];
}

function isColourless(image: Image): boolean {
  const { channels, data } = image;
  for (let i = 0; i < data.length; i += channels) {
    if (data[i] !== data[i + 1] || data[i] !== data[i + 2]) return false;
  }
  return true;
}

/** The pixels the model reads, channels in order, in the layout of the preprocessing. */
export function pixelsOf(image: Image, preprocessing: Preprocessing, where: string): Uint8Array {
  const { width, height, channels, layout } = preprocessing;
  if (image.width !== width || image.height !== height) {
    const message = `The image has ${image.width} × ${image.height} pixels; the model reads ${width} × ${height}.`;
    throw mismatch(where, message, 'Scale or crop it first: provenn proves exactly the pixels it is given.');
  }
  let source = usableChannels(image, where);
  if (source.length === 3 && channels === 1 && isColourless(image)) source = [0];
  if (source.length !== channels) {
    const message = `The image has ${source.length} colour channels; the model reads ${channels}.`;
    throw mismatch(where, message, channels === 1 ? 'Convert it to greyscale first.' : 'Convert it first.');
  }
  const out = new Uint8Array(width * height * channels);
  for (let pixel = 0; pixel < width * height; pixel++) {
    source.forEach((from, channel) => {
      const to = layout === 'NCHW' ? channel * width * height + pixel : pixel * channels + channel;
      out[to] = image.data[pixel * image.channels + from] as number;
    });
  }
  return out;
}

/** One image as the float32 array of the model's single input. */
export function imageArray(image: Image, preprocessing: Preprocessing, where: string): FileArray {
  const values = scalePixels(pixelsOf(image, preprocessing, where), preprocessing);
  return { name: null, dims: imageDims(preprocessing), type: 'float32', quantized: false, values };
}
