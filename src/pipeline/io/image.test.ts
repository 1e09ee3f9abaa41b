import { encode } from 'fast-png';
import { zlibSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { concatBytes, utf8 } from '../../base/bytes.ts';
import { crc32 } from '../../base/crc32.ts';
import { ProvennError } from '../../base/errors.ts';
import { imageArray, pixelsOf } from './image.ts';
import { decodePng } from './png.ts';
import { decodePreprocessing, type Preprocessing, scalePixels } from './preprocess.ts';

const gray: Preprocessing = {
  width: 3,
  height: 2,
  channels: 1,
  layout: 'NCHW',
  scale: [1 / 255],
  offset: [0],
  labels: null,
};
const colour: Preprocessing = { ...gray, channels: 3, scale: [1, 2, 4], offset: [0, -1, 0.5] };

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof ProvennError) return error.code;
    throw error;
  }
  return 'none';
}

function png(channels: number, data: readonly number[], width = 3, height = 2): Uint8Array {
  return encode({ width, height, channels: channels as 1, depth: 8, data: Uint8Array.from(data) });
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const body = concatBytes(utf8(type), data);
  const out = new Uint8Array(body.length + 8);
  const view = new DataView(out.buffer);
  view.setUint32(0, data.length);
  out.set(body, 4);
  view.setUint32(out.length - 4, crc32(body));
  return out;
}

const six = [0, 51, 102, 153, 204, 255];
const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

describe('images', () => {
  it('reads grey pixels and rounds the scaled value once to float32', () => {
    const array = imageArray(decodePng(png(1, six), 'x.png'), gray, 'x.png');
    expect(array.dims).toEqual([1, 1, 2, 3]);
    expect(Array.from(array.values)).toEqual(six.map((pixel) => Math.fround(pixel * (1 / 255))));
  });

  it('lays colour out by channel, or keeps it interleaved', () => {
    const image = decodePng(png(3, [...Array(18).keys()]), 'x.png');
    expect([...pixelsOf(image, colour, 'x')]).toEqual([0, 3, 6, 9, 12, 15, 1, 4, 7, 10, 13, 16, 2, 5, 8, 11, 14, 17]);
    expect([...pixelsOf(image, { ...colour, layout: 'NHWC' }, 'x')]).toEqual([...Array(18).keys()]);
    expect([...scalePixels(Uint8Array.of(1, 1, 1), { ...colour, layout: 'NHWC' })]).toEqual([1, 1, 4.5]);
    expect([...scalePixels(Uint8Array.of(1, 1, 1), { ...colour, width: 1, height: 1 })]).toEqual([1, 1, 4.5]);
  });

  it('takes opaque alpha and colourless RGB for what they are, and nothing else', () => {
    const withAlpha = six.flatMap((pixel) => [pixel, 255]);
    expect([...pixelsOf(decodePng(png(2, withAlpha), 'x'), gray, 'x')]).toEqual(six);
    const rgb = six.flatMap((pixel) => [pixel, pixel, pixel]);
    expect([...pixelsOf(decodePng(png(3, rgb), 'x'), gray, 'x')]).toEqual(six);
    const half = six.flatMap((pixel) => [pixel, 128]);
    expect(codeOf(() => pixelsOf(decodePng(png(2, half), 'x'), gray, 'x'))).toBe('INPUT_MISMATCH');
    expect(codeOf(() => pixelsOf(decodePng(png(3, [...Array(18).keys()]), 'x'), gray, 'x'))).toBe('INPUT_MISMATCH');
    expect(codeOf(() => pixelsOf(decodePng(png(1, six), 'x'), colour, 'x'))).toBe('INPUT_MISMATCH');
  });

  it('refuses another size instead of scaling', () => {
    expect(codeOf(() => imageArray(decodePng(png(1, six, 2, 3), 'x'), gray, 'x'))).toBe('INPUT_MISMATCH');
  });

  it('notices every altered byte', () => {
    const good = png(1, six);
    for (let at = 8; at < good.length; at++) {
      const bytes = good.slice();
      bytes[at] = (bytes[at] as number) ^ 1;
      expect(
        codeOf(() => decodePng(bytes, 'x.png')),
        `byte ${at}`,
      ).toBe('FILE_MALFORMED');
    }
    for (let length = 8; length < good.length; length++) {
      expect(codeOf(() => decodePng(good.subarray(0, length), 'x.png'))).toBe('FILE_MALFORMED');
    }
  });

  it('stops at a small file that unpacks to a large one', () => {
    const header = chunk('IHDR', Uint8Array.of(0, 0, 0, 3, 0, 0, 0, 2, 8, 0, 0, 0, 0));
    const data = chunk('IDAT', zlibSync(new Uint8Array(1 << 24)));
    const bomb = concatBytes(signature, header, data, chunk('IEND', new Uint8Array(0)));
    expect(codeOf(() => decodePng(bomb, 'x.png'))).toBe('FILE_MALFORMED');
    const wide = chunk('IHDR', Uint8Array.of(0, 0xff, 0, 0, 0, 0xff, 0, 0, 8, 0, 0, 0, 0));
    expect(codeOf(() => decodePng(concatBytes(signature, wide, data, chunk('IEND', new Uint8Array(0))), 'x'))).toBe(
      'RESOURCE_LIMIT',
    );
  });

  it('reads palettes', () => {
    const header = chunk('IHDR', Uint8Array.of(0, 0, 0, 3, 0, 0, 0, 2, 8, 3, 0, 0, 0));
    const palette = chunk('PLTE', Uint8Array.of(9, 9, 9, 7, 7, 7));
    const rows = (last: number): Uint8Array => zlibSync(Uint8Array.of(0, 0, 1, 0, 0, 1, 1, last));
    const file = (last: number): Uint8Array =>
      concatBytes(signature, header, palette, chunk('IDAT', rows(last)), chunk('IEND', new Uint8Array(0)));
    expect([...pixelsOf(decodePng(file(0), 'x'), gray, 'x')]).toEqual([9, 7, 9, 7, 7, 9]);
    expect(codeOf(() => decodePng(file(2), 'x'))).toBe('FILE_MALFORMED');
  });
});

describe('preprocess.json', () => {
  const good = {
    kind: 'image',
    width: 3,
    height: 2,
    channels: 1,
    layout: 'NCHW',
    scale: [1],
    offset: [0],
    labels: ['a'],
  };
  const read = (document: unknown): string =>
    codeOf(() => decodePreprocessing(utf8(JSON.stringify(document)), 'p.json'));

  it('reads a complete file', () => {
    expect(decodePreprocessing(utf8(JSON.stringify(good)), 'p.json').labels).toEqual(['a']);
    expect(read({ ...good, labels: undefined })).toBe('none');
  });

  it.each([
    ['an unknown key', { ...good, mean: [0] }],
    ['another kind', { ...good, kind: 'audio' }],
    ['a size of zero', { ...good, width: 0 }],
    ['a fractional size', { ...good, width: 1.5 }],
    ['too few scales', { ...good, channels: 3 }],
    ['an unknown layout', { ...good, layout: 'CHW' }],
    ['labels that are not texts', { ...good, labels: [1] }],
    ['a list', [good]],
  ])('refuses %s', (_, document) => {
    expect(read(document)).toBe('FILE_MALFORMED');
  });
});
