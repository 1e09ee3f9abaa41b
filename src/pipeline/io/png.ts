/**
 * PNG images, decoded by fast-png behind bounds of our own: only the critical chunks reach the decoder, and the pixel
 * data are first unpacked with a limit, so that no small file can demand a large memory.
 *
 * Source: W3C Portable Network Graphics (Third Edition), sections 5 (chunks), 11.2.1 (IHDR), 10 (compression).
 */
import { decode } from 'fast-png';
import { Unzlib } from 'fflate';
import { concatBytes, equalBytes } from '../../base/bytes.ts';
import { crc32 } from '../../base/crc32.ts';
import { ProvennError } from '../../base/errors.ts';
import { malformed } from './array.ts';

const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
/** Chunks without which there is no picture. */
const critical: readonly string[] = ['IHDR', 'PLTE', 'IDAT', 'IEND'];
const maximumPixels = 1 << 26;
const next = 'Save the image as an ordinary 8-bit PNG.';

/** Samples per pixel by PNG colour type. */
const samples: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** 8-bit pixels, row-major, `channels` interleaved: 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA. */
export type Image = {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Uint8Array;
};

type Chunk = { readonly type: string; readonly whole: Uint8Array; readonly data: Uint8Array };

export function isPng(bytes: Uint8Array): boolean {
  return bytes.length >= signature.length && equalBytes(bytes.subarray(0, signature.length), signature);
}

function readChunks(bytes: Uint8Array, where: string): Chunk[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks: Chunk[] = [];
  let at = signature.length;
  for (;;) {
    if (at + 12 > bytes.length) throw malformed(where, 'The PNG is truncated.', next);
    const length = view.getUint32(at, false);
    const end = at + 12 + length;
    if (end > bytes.length) throw malformed(where, 'The PNG is truncated.', next);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (crc32(bytes.subarray(at + 4, end - 4)) !== view.getUint32(end - 4, false)) {
      throw malformed(where, `The PNG is damaged: the checksum of chunk ${JSON.stringify(type)} is wrong.`, next);
    }
    chunks.push({ type, whole: bytes.subarray(at, end), data: bytes.subarray(at + 8, end - 4) });
    if (type === 'IEND') return chunks;
    at = end;
  }
}

type Header = { readonly width: number; readonly height: number; readonly depth: number; readonly colour: number };

function readHeader(chunks: readonly Chunk[], where: string): Header {
  const first = chunks[0];
  const repeated = chunks.filter((chunk) => chunk.type === 'IHDR').length !== 1;
  if (first === undefined || first.type !== 'IHDR' || first.data.length !== 13 || repeated) {
    throw malformed(where, 'The PNG has no proper header.', next);
  }
  const view = new DataView(first.data.buffer, first.data.byteOffset, 13);
  const header = {
    width: view.getUint32(0),
    height: view.getUint32(4),
    depth: view.getUint8(8),
    colour: view.getUint8(9),
  };
  if (!(header.width * header.height <= maximumPixels)) {
    throw new ProvennError('RESOURCE_LIMIT', `The image has ${header.width} × ${header.height} pixels.`, {
      where,
      next: 'Scale it down to the size the model reads.',
    });
  }
  if (header.depth !== 8 || samples[header.colour] === undefined) {
    throw malformed(where, `The PNG has ${header.depth} bits per sample; 8 are read.`, next);
  }
  return header;
}

/** Unpacks the pixel data only to count them; stops as soon as they exceed what the header allows. */
function checkUnpackedSize(chunks: readonly Chunk[], header: Header, where: string): void {
  const row = header.width * (samples[header.colour] as number) + 1;
  const allowed = row * header.height * 2 + 4096; // interlacing adds at most one filter byte per row of each pass
  let total = 0;
  const inflator = new Unzlib((part) => {
    total += part.length;
    if (total > allowed) throw malformed(where, 'The PNG unpacks to more pixels than its header states.', next);
  });
  const data = chunks.filter((chunk) => chunk.type === 'IDAT').map((chunk) => chunk.data);
  for (const piece of data) {
    for (let at = 0; at < piece.length; at += 65536) inflator.push(piece.subarray(at, at + 65536));
  }
}

function expandPalette(indices: Uint8Array, palette: readonly (readonly number[])[], where: string): Uint8Array {
  const out = new Uint8Array(indices.length * 3);
  indices.forEach((index, i) => {
    const colour = palette[index];
    if (colour === undefined) throw malformed(where, 'A pixel names a colour that the palette lacks.', next);
    out.set(colour.slice(0, 3), 3 * i);
  });
  return out;
}

/**
 * The same picture without whatever else a PNG can hold: words, places, colour profiles, other frames, and what follows its
 * end. What is left is what is decoded, so no viewer shows another picture. Throws `FILE_MALFORMED`.
 */
export function plainPng(bytes: Uint8Array, where: string): Uint8Array {
  const kept = readChunks(bytes, where).filter(({ type }) => critical.includes(type));
  if (!/^IHDR(PLTE)?(IDAT)+IEND$/.test(kept.map(({ type }) => type).join('')))
    throw malformed(where, 'The chunks of the PNG are not in order.', next);
  return concatBytes(signature, ...kept.map(({ whole }) => whole));
}

/** Decodes an 8-bit PNG of any colour type. Throws `FILE_MALFORMED` or `RESOURCE_LIMIT`. */
export function decodePng(bytes: Uint8Array, where: string): Image {
  const chunks = readChunks(bytes, where);
  const header = readHeader(chunks, where);
  if (chunks.some((chunk) => chunk.type === 'tRNS')) throw malformed(where, 'The PNG has a transparent colour.', next);
  try {
    checkUnpackedSize(chunks, header, where);
    const read = chunks.filter((chunk) => critical.includes(chunk.type));
    const png = decode(concatBytes(signature, ...read.map((chunk) => chunk.whole)));
    const { width, height } = header;
    const data = Uint8Array.from(png.data);
    if (png.palette !== undefined) return { width, height, channels: 3, data: expandPalette(data, png.palette, where) };
    return { width, height, channels: png.channels, data };
  } catch (error) {
    if (error instanceof ProvennError) throw error;
    const reason = error instanceof Error ? error.message : 'damaged';
    throw malformed(where, `The PNG does not decode: ${reason}.`, next);
  }
}
