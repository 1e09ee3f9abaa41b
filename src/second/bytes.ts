/** Writing bytes: what is hashed and what is compared. */

export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** An unsigned integer, little-endian, in `width` bytes. */
export function uint(value: number, width: number): Uint8Array {
  const out = new Uint8Array(width);
  let rest = value;
  for (let i = 0; i < width; i++) {
    out[i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return out;
}

export const u8 = (value: number): Uint8Array => uint(value, 1);
export const u32 = (value: number): Uint8Array => uint(value, 4);
export const u64 = (value: number): Uint8Array => uint(value, 8);
export const i32 = (value: number): Uint8Array => uint(value < 0 ? value + 2 ** 32 : value, 4);

export function blob(bytes: Uint8Array): Uint8Array {
  return concat(u32(bytes.length), bytes);
}

export function text(value: string): Uint8Array {
  return blob(utf8(value));
}

export function list<T>(items: readonly T[], write: (item: T) => Uint8Array): Uint8Array {
  return concat(u32(items.length), ...items.map(write));
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
