/** Compact canonical encoding of int32 arrays: the shortest of fixed widths and delta varints. */
import { type ByteReader, BytesError, ByteWriter } from './bytes.ts';

const widths = { 1: 1, 2: 1, 3: 2, 4: 4 } as const;
const fits = {
  1: (x: number): boolean => x >= -128 && x <= 127,
  2: (x: number): boolean => x >= 0 && x <= 255,
  3: (x: number): boolean => x >= -32768 && x <= 32767,
  4: (): boolean => true,
} as const;
const deltaTag = 5;
type FixedTag = keyof typeof widths;
const fixedTags: readonly FixedTag[] = [1, 2, 3, 4];

function zigzag(x: number): number {
  return x >= 0 ? 2 * x : -2 * x - 1;
}

function writeVarint(out: ByteWriter, value: number): void {
  let rest = value;
  while (rest >= 128) {
    out.u8((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  out.u8(rest);
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

function deltas(values: ArrayLike<number>): Uint8Array {
  const out = new ByteWriter();
  let previous = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    writeVarint(out, zigzag(value - previous));
    previous = value;
  }
  return out.finish();
}

/** Tag byte, length u32, then the shortest encoding; of equally short ones the lowest tag. */
export function writeInts(out: ByteWriter, values: ArrayLike<number>): void {
  const list = Array.from(values);
  const tag = fixedTags.find((candidate) => list.every(fits[candidate])) as FixedTag;
  const packed = deltas(values);
  const useDeltas = packed.length < widths[tag] * list.length;
  out.u8(useDeltas ? deltaTag : tag).u32(list.length);
  if (useDeltas) {
    out.raw(packed);
    return;
  }
  for (const value of list) {
    if (widths[tag] === 4) out.i32(value);
    else for (let byte = 0; byte < widths[tag]; byte++) out.u8((value >> (8 * byte)) & 255);
  }
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
  for (let i = 0; i < count; i++) {
    if (tag === 1) out[i] = (reader.u8() << 24) >> 24;
    else if (tag === 2) out[i] = reader.u8();
    else if (tag === 3) out[i] = ((reader.u8() | (reader.u8() << 8)) << 16) >> 16;
    else if (tag === 4) out[i] = reader.i32();
    else throw new BytesError(`unknown integer encoding ${tag}`);
  }
  return out;
}
