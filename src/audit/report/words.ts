/** Numbers and shapes as people read them. Nothing here asks for a locale: a report has the same bytes everywhere. */
import type { Port } from '../../artifact/quant-graph.ts';
import type { SignerKey } from '../bundle.ts';

/** 12345 → 12,345. */
export function count(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** A fixed number of decimals, with a minus sign that is as wide as a plus. */
export function decimal(value: number, digits: number): string {
  return value.toFixed(digits).replace('-', '−');
}

const raised = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];

/** 2⁻¹⁰². */
export function power(base: number, exponent: number): string {
  const digits = Array.from(String(Math.abs(exponent)), (digit) => raised[Number(digit)] as string);
  return `${base}${exponent < 0 ? '⁻' : ''}${digits.join('')}`;
}

/** Three or four significant digits; powers of ten only where there would be many zeros. */
export function measure(value: number): string {
  if (Number.isInteger(value)) return count(value).replace('-', '−');
  const size = Math.abs(value);
  if (size >= 1e-4 && size < 1e6) return String(Number(value.toPrecision(4))).replace('-', '−');
  const [mantissa = '', exponent = '0'] = value.toExponential(2).split('e');
  return `${mantissa.replace('-', '−')} · ${power(10, Number(exponent))}`;
}

/** The name, or its beginning when it would fill the page. */
export function brief(name: string, length = 60): string {
  const letters = Array.from(name);
  return letters.length <= length ? name : `${letters.slice(0, length - 1).join('')}…`;
}

/** 1 × 28 × 28; a batch of one is not worth mentioning. */
export function shape(dims: readonly number[]): string {
  const own = dims.length > 1 && dims[0] === 1 ? dims.slice(1) : dims;
  return own.length === 0 ? '1' : own.join(' × ');
}

/** How a port of the model reads numbers. */
export function kindOf({ dtype, quantization }: Pick<Port, 'dtype' | 'quantization'>): string {
  const names = { u8: 'uint8', s8: 'int8', s32: 'int32', s64: 'int64' } as const;
  return quantization === null ? names[dtype] : 'float32';
}

/** Signature algorithms as people call them. */
export const algorithmWords: { readonly [algorithm in SignerKey['algorithm']]: string } = {
  'ecdsa-p256-sha256': 'ECDSA P-256',
  ed25519: 'Ed25519',
};

/** “a, b and c”. */
export function listed(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`;
}

/** Bytes of UTF-8 as text, or hexadecimal when they are none that can be read. */
export function contextWords(hex: string): string {
  const bytes = Uint8Array.from({ length: hex.length / 2 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16));
  const text = new TextDecoder('utf-8').decode(bytes);
  return /^[^\p{C}\ufffd]*$/u.test(text) ? text : `0x${hex}`;
}
