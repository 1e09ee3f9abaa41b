import { demand, refuse } from './refusal.ts';

/** docs/formats.md: reads building blocks from bytes. Whatever is not there, or not canonical, is `malformed`. */
export class Reader {
  private readonly bytes: Uint8Array;
  private at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  take(length: number): Uint8Array {
    demand(length <= this.bytes.length - this.at, 'malformed', 'the bytes end too early');
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  /** Reads something without a length of its own, and gives its bytes too. */
  spanned<T>(item: () => T): { value: T; bytes: Uint8Array } {
    const start = this.at;
    const value = item();
    return { value, bytes: this.bytes.subarray(start, this.at) };
  }

  end(): void {
    demand(this.at === this.bytes.length, 'malformed', 'there are bytes after the end');
  }

  private uint(width: number): number {
    const part = this.take(width);
    let value = 0;
    for (let i = width - 1; i >= 0; i--) value = value * 256 + (part[i] as number);
    return value;
  }

  u8(): number {
    return this.uint(1);
  }

  u16(): number {
    return this.uint(2);
  }

  u32(): number {
    return this.uint(4);
  }

  u64(): number {
    const value = this.uint(8);
    demand(value <= Number.MAX_SAFE_INTEGER, 'malformed', 'a length is out of reach');
    return value;
  }

  i32(): number {
    return this.uint(4) | 0;
  }

  f32(): number {
    const part = this.take(4);
    return new DataView(part.buffer, part.byteOffset, 4).getFloat32(0, true);
  }

  flag(): boolean {
    const value = this.u8();
    demand(value <= 1, 'malformed', 'a flag is neither 0 nor 1');
    return value === 1;
  }

  digest(): Uint8Array {
    return this.take(32);
  }

  blob(): Uint8Array {
    return this.take(this.u32());
  }

  text(): string {
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(this.blob());
    } catch {
      return refuse('malformed', 'a text is no UTF-8');
    }
  }

  /** Every item takes at least one byte, so no count can exceed what is left. */
  list<T>(item: () => T): T[] {
    const count = this.u32();
    demand(count <= this.bytes.length - this.at, 'malformed', 'a list is longer than its file');
    return Array.from({ length: count }, item);
  }

  sizes(): number[] {
    return this.list(() => this.u32());
  }

  /** An integer array. The shortest encoding is the only valid one, of equally short ones the lowest tag. */
  integers(): Int32Array {
    const tag = this.u8();
    const count = this.u32();
    demand(count <= this.bytes.length - this.at, 'malformed', 'an array is longer than its file');
    const start = this.at;
    const values = new Int32Array(count);
    if (tag === 5) this.differences(values);
    else {
      const width = [0, 1, 1, 2, 4][tag] ?? 0;
      demand(width > 0, 'malformed', 'an array has an unknown tag');
      const part = this.take(width * count);
      const view = new DataView(part.buffer, part.byteOffset, part.length);
      for (let i = 0; i < count; i++) values[i] = fixedWidth(view, tag, i);
    }
    demand(tag === shortestTag(values), 'malformed', 'an array is not in its shortest encoding');
    demand(tag !== 5 || this.at - start === differencesLength(values), 'malformed', 'a difference is padded');
    return values;
  }

  private differences(values: Int32Array): void {
    let value = 0;
    for (let i = 0; i < values.length; i++) {
      let zigzag = 0;
      let weight = 1;
      for (let byte = 128; byte >= 128; weight *= 128) {
        demand(weight <= 2 ** 28, 'malformed', 'a difference is too large');
        byte = this.u8();
        zigzag += (byte % 128) * weight;
      }
      value += zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
      demand(value === (value | 0), 'malformed', 'an integer exceeds 32 bits');
      values[i] = value;
    }
  }
}

function fixedWidth(view: DataView, tag: number, i: number): number {
  if (tag === 1) return view.getInt8(i);
  if (tag === 2) return view.getUint8(i);
  return tag === 3 ? view.getInt16(2 * i, true) : view.getInt32(4 * i, true);
}

function differencesLength(values: Int32Array): number {
  let length = 0;
  let before = 0;
  for (const value of values) {
    const difference = value - before;
    let zigzag = difference >= 0 ? 2 * difference : -2 * difference - 1;
    for (length++; zigzag >= 128; length++) zigzag = Math.floor(zigzag / 128);
    before = value;
  }
  return length;
}

function shortestTag(values: Int32Array): number {
  const within = (low: number, high: number): boolean => values.every((value) => value >= low && value <= high);
  const width = within(-128, 127) || within(0, 255) ? 1 : within(-32768, 32767) ? 2 : 4;
  if (differencesLength(values) < width * values.length) return 5;
  if (width === 1) return within(-128, 127) ? 1 : 2;
  return width === 2 ? 3 : 4;
}
