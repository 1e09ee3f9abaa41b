/** Byte strings: a little-endian writer, a bounds-checked reader, and the few helpers everything else needs. */

/** Raised by `ByteReader`; artefact decoders turn it into the error of their own file kind. */
export class BytesError extends Error {}

export class ByteWriter {
  private buffer: Uint8Array = new Uint8Array(256);
  private view: DataView = new DataView(this.buffer.buffer);
  private length = 0;

  private reserve(extra: number): number {
    const at = this.length;
    const need = at + extra;
    if (need > this.buffer.length) {
      const grown = new Uint8Array(Math.max(need, this.buffer.length * 2));
      grown.set(this.buffer);
      this.buffer = grown;
      this.view = new DataView(grown.buffer);
    }
    this.length = need;
    return at;
  }

  u8(value: number): this {
    const at = this.reserve(1);
    this.view.setUint8(at, value);
    return this;
  }

  u32(value: number): this {
    const at = this.reserve(4);
    this.view.setUint32(at, value, true);
    return this;
  }

  i32(value: number): this {
    const at = this.reserve(4);
    this.view.setInt32(at, value, true);
    return this;
  }

  /** A non-negative safe integer as u64. */
  u64(value: number | bigint): this {
    const at = this.reserve(8);
    this.view.setBigUint64(at, BigInt(value), true);
    return this;
  }

  f32(value: number): this {
    const at = this.reserve(4);
    this.view.setFloat32(at, value, true);
    return this;
  }

  raw(bytes: Uint8Array): this {
    const at = this.reserve(bytes.length);
    this.buffer.set(bytes, at);
    return this;
  }

  /** Length-prefixed bytes (u32). */
  blob(bytes: Uint8Array): this {
    return this.u32(bytes.length).raw(bytes);
  }

  /** Length-prefixed UTF-8. */
  text(value: string): this {
    return this.blob(utf8(value));
  }

  /** Values as little-endian u32 without a length. */
  words(values: ArrayLike<number>): this {
    const at = this.reserve(4 * values.length);
    for (let i = 0; i < values.length; i++) this.view.setUint32(at + 4 * i, values[i] as number, true);
    return this;
  }

  finish(): Uint8Array {
    return this.buffer.slice(0, this.length);
  }
}

export class ByteReader {
  readonly bytes: Uint8Array;
  private readonly view: DataView;
  offset = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get remaining(): number {
    return this.bytes.length - this.offset;
  }

  private advance(count: number): number {
    if (count < 0 || count > this.remaining)
      throw new BytesError(`truncated: ${count} bytes wanted at offset ${this.offset}, ${this.remaining} left`);
    const at = this.offset;
    this.offset += count;
    return at;
  }

  u8(): number {
    return this.view.getUint8(this.advance(1));
  }

  u32(): number {
    return this.view.getUint32(this.advance(4), true);
  }

  i32(): number {
    return this.view.getInt32(this.advance(4), true);
  }

  /** A u64 that must be a safe integer. */
  u64(): number {
    const value = this.view.getBigUint64(this.advance(8), true);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new BytesError('a 64-bit count is out of range');
    return Number(value);
  }

  f32(): number {
    return this.view.getFloat32(this.advance(4), true);
  }

  raw(count: number): Uint8Array {
    const at = this.advance(count);
    return this.bytes.slice(at, at + count);
  }

  blob(): Uint8Array {
    return this.raw(this.u32());
  }

  text(): string {
    const bytes = this.blob();
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      throw new BytesError('a text is not valid UTF-8');
    }
  }

  /** `count` little-endian u32 values. */
  words(count: number): Uint32Array {
    const at = this.advance(4 * count);
    const out = new Uint32Array(count);
    for (let i = 0; i < count; i++) out[i] = this.view.getUint32(at + 4 * i, true);
    return out;
  }

  /** A count of things that each take at least `unit` bytes: bounded by what is left, so no length can allocate more than the file holds. */
  count(unit: number): number {
    const value = this.u32();
    if (value * unit > this.remaining)
      throw new BytesError(`a count of ${value} does not fit in the ${this.remaining} bytes left`);
    return value;
  }

  end(): void {
    if (this.remaining !== 0) throw new BytesError(`${this.remaining} trailing bytes`);
  }
}

const encoder = new TextEncoder();

export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

export function toHex(bytes: Uint8Array): string {
  let out = '';
  for (const byte of bytes) out += byte.toString(16).padStart(2, '0');
  return out;
}

export function fromHex(text: string): Uint8Array {
  if (text.length % 2 !== 0 || !/^[0-9a-f]*$/.test(text)) throw new BytesError('not lower-case hexadecimal');
  return Uint8Array.from({ length: text.length / 2 }, (_, i) => Number.parseInt(text.slice(2 * i, 2 * i + 2), 16));
}
