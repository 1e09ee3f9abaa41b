/** Compact canonical encoding of int32 arrays: the shortest of fixed widths and delta varints. */
import { type ByteReader, BytesError, type ByteWriter } from './bytes.ts';

const widths = { 1: 1, 2: 1, 3: 2, 4: 4 } as const;
/** The least and the greatest value of each width. */
const ranges: { readonly [tag in keyof typeof widths]: readonly [number, number] } = {
  1: [-128, 127],
  2: [0, 255],
  3: [-32768, 32767],
  4: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
};
const deltaTag = 5;
type FixedTag = keyof typeof widths;
const fixedTags: readonly FixedTag[] = [1, 2, 3, 4];

function zigzag(x: number): number {
  return x >= 0 ? 2 * x : -2 * x - 1;
}

function readVarint(reader: ByteReader): number {
  let value = 0;
  let unit = 1;
  for (let i = 0; i < 6; i++) {
    const byte = reader.u8();
    value += (byte % 128) * unit;
    if (byte < 128) return value;
    unit *= 128;
  }
  throw new BytesError('an integer is too long');
}

/** Bytes of the differences as varints of 7 bits, or `limit` when they are not fewer. */
function deltaLength(values: Int32Array, limit: number): number {
  let length = 0;
  let previous = 0;
  for (let i = 0; i < values.length && length < limit; i++) {
    const value = values[i] as number;
    const code = zigzag(value - previous);
    length += code < 2 ** 7 ? 1 : code < 2 ** 14 ? 2 : code < 2 ** 21 ? 3 : code < 2 ** 28 ? 4 : 5;
    previous = value;
  }
  return Math.min(length, limit);
}

function writeDeltas(out: ByteWriter, values: Int32Array, length: number): void {
  const bytes = new Uint8Array(length);
  let at = 0;
  let previous = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    let rest = zigzag(value - previous);
    for (; rest >= 128; rest = Math.floor(rest / 128)) bytes[at++] = (rest % 128) + 128;
    bytes[at++] = rest;
    previous = value;
  }
  out.raw(bytes);
}

function writeFixed(out: ByteWriter, values: Int32Array, width: number): void {
  const bytes = new Uint8Array(width * values.length);
  if (width === 1) bytes.set(values);
  else
    for (let i = 0, at = 0; i < values.length; i++)
      for (let byte = 0; byte < width; byte++) bytes[at++] = (values[i] as number) >> (8 * byte);
  out.raw(bytes);
}

/** Tag byte, length u32, then the shortest encoding; of equally short ones the lowest tag. */
export function writeInts(out: ByteWriter, integers: ArrayLike<number>): void {
  const values = integers instanceof Int32Array ? integers : Int32Array.from(integers);
  let low = 0;
  let high = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const tag = fixedTags.find((candidate) => low >= ranges[candidate][0] && high <= ranges[candidate][1]) as FixedTag;
  const fixed = widths[tag] * values.length;
  // A difference takes a byte at least: integers of one byte are never shorter as differences.
  const packed = fixed === values.length ? fixed : deltaLength(values, fixed);
  out.u8(packed < fixed ? deltaTag : tag).u32(values.length);
  if (packed < fixed) writeDeltas(out, values, packed);
  else writeFixed(out, values, widths[tag]);
}

export function readInts(reader: ByteReader): Int32Array {
  const tag = reader.u8();
  const count = reader.count(1);
  const out = new Int32Array(count);
  if (tag === deltaTag) {
    let previous = 0;
    for (let i = 0; i < count; i++) {
      const code = readVarint(reader);
      previous += code % 2 === 0 ? code / 2 : -(code + 1) / 2;
      if (previous !== (previous | 0)) throw new BytesError('an integer does not fit 32 bits');
      out[i] = previous;
    }
    return out;
  }
  const width = tag in widths ? widths[tag as FixedTag] : null;
  if (width === null) throw new BytesError(`unknown integer encoding ${tag}`);
  const bytes = reader.raw(width * count);
  if (tag === 1) out.set(new Int8Array(bytes.buffer, bytes.byteOffset, count));
  else if (tag === 2) out.set(bytes);
  else {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let i = 0; i < count; i++) out[i] = tag === 3 ? view.getInt16(2 * i, true) : view.getInt32(4 * i, true);
  }
  return out;
}
