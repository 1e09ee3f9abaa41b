/** Base64 (RFC 4648, section 4), with one text for every byte string: padding is required and spare bits are zero. */
import { BytesError } from './bytes.ts';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const values = new Map(Array.from(alphabet, (letter, value) => [letter, value]));

export function toBase64(bytes: Uint8Array): string {
  let out = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const left = bytes.length - at;
    const bits = ((bytes[at] as number) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    out += alphabet[bits >> 18] as string;
    out += alphabet[(bits >> 12) & 63] as string;
    out += left > 1 ? alphabet[(bits >> 6) & 63] : '=';
    out += left > 2 ? alphabet[bits & 63] : '=';
  }
  return out;
}

/** Throws `BytesError` for anything that `toBase64` does not write. */
export function fromBase64(text: string): Uint8Array {
  if (text.length % 4 !== 0) throw new BytesError('base64 text of a broken length');
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const out = new Uint8Array((text.length / 4) * 3 - padding);
  let bits = 0;
  for (let i = 0; i < text.length; i++) {
    const value = i < text.length - padding ? values.get(text[i] as string) : 0;
    if (value === undefined) throw new BytesError('text that is not base64');
    bits = (bits << 6) | value;
    if (i % 4 !== 3) continue;
    const at = (i >> 2) * 3;
    for (let byte = 0; byte < 3; byte++) {
      const part = (bits >> (16 - 8 * byte)) & 255;
      if (at + byte < out.length) out[at + byte] = part;
      else if (part !== 0) throw new BytesError('base64 text with spare bits');
    }
    bits = 0;
  }
  return out;
}
