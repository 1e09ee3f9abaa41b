import { describe, expect, it } from 'vitest';
import { type ByteReader, ByteWriter, concatBytes, utf8 } from '../base/bytes.ts';
import { digest } from '../base/digest.ts';
import { ProvennError } from '../base/errors.ts';
import { decodeCanonical, isEnvelope, type Kind, kinds, open, openAny, seal } from './envelope.ts';

const payload = Uint8Array.from({ length: 40 }, (_, i) => 7 * i);
const names = Object.keys(kinds) as Kind[];

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof ProvennError) return error.code;
    throw error;
  }
  return 'accepted';
}

/** An envelope written by hand, its digest right. */
function envelope(kind: number, version: number, length: number | bigint, body: Uint8Array): Uint8Array {
  const head = new ByteWriter()
    .raw(utf8('provenn\0'))
    .u8(kind & 255)
    .u8(kind >> 8)
    .u8(version & 255)
    .u8(version >> 8)
    .u64(length)
    .raw(body)
    .finish();
  return concatBytes(head, digest(head));
}

describe('seal and open', () => {
  it.each(names)('round trip a %s', (kind) => {
    expect(open(kind, seal(kind, payload))).toEqual(payload);
    expect(openAny(seal(kind, payload))).toEqual({ kind, version: kinds[kind].version, payload });
    expect(open(kind, seal(kind, new Uint8Array(0)))).toEqual(new Uint8Array(0));
  });

  it('write magic, kind, version, length, payload and digest, in this order', () => {
    expect(seal('proof', payload)).toEqual(envelope(5, 1, 40, payload));
  });

  it('kind numbers are distinct and stay what they are', () => {
    expect(Object.fromEntries(names.map((name) => [name, kinds[name].code]))).toEqual({
      'quantized-model': 1,
      circuit: 2,
      'verifying-key': 3,
      'proving-key': 4,
      proof: 5,
      trace: 6,
      commitment: 7,
      opening: 8,
      link: 9,
    });
  });

  it('refuse every single changed bit', () => {
    const bytes = seal('proof', payload);
    for (let at = 0; at < bytes.length; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const changed = Uint8Array.from(bytes);
        changed[at] = (changed[at] as number) ^ (1 << bit);
        expect(codeOf(() => open('proof', changed))).toMatch(/^ARTIFACT_(TAMPERED|VERSION)$/);
      }
    }
  });

  it('refuse every truncation and every trailing byte', () => {
    const bytes = seal('proof', payload);
    for (let length = 0; length < bytes.length; length++)
      expect(codeOf(() => openAny(bytes.slice(0, length)))).toBe('ARTIFACT_TAMPERED');
    for (const extra of [1, 8, 32, 33])
      expect(codeOf(() => openAny(concatBytes(bytes, new Uint8Array(extra))))).toBe('ARTIFACT_TAMPERED');
  });

  it('refuse another kind, and name both', () => {
    const bytes = seal('circuit', payload);
    expect(codeOf(() => open('proof', bytes))).toBe('ARTIFACT_VERSION');
    expect(() => open('proof', bytes)).toThrow(/circuit.*proof/);
  });

  it.each([0, 10, 256, 65535])('refuse the unknown kind %i', (kind) => {
    expect(codeOf(() => openAny(envelope(kind, 1, 40, payload)))).toBe('ARTIFACT_VERSION');
  });

  it.each([0, 2, 257])('refuse format version %i', (version) => {
    expect(codeOf(() => openAny(envelope(5, version, 40, payload)))).toBe('ARTIFACT_VERSION');
  });

  it.each([0, 39, 41, 2 ** 40, 2n ** 63n])('refuse a stated length of %s for 40 bytes', (length) => {
    expect(codeOf(() => openAny(envelope(5, 1, length, payload)))).toBe('ARTIFACT_TAMPERED');
  });

  it('refuse the digest of the payload alone', () => {
    const bytes = seal('proof', payload);
    bytes.set(digest(payload), bytes.length - 32);
    expect(codeOf(() => openAny(bytes))).toBe('ARTIFACT_TAMPERED');
  });
});

describe('isEnvelope', () => {
  it('looks at the magic alone', () => {
    expect(isEnvelope(seal('trace', payload))).toBe(true);
    expect(isEnvelope(utf8('provenn\0'))).toBe(true);
    expect(isEnvelope(utf8('provenn '))).toBe(false);
    expect(isEnvelope(utf8('provenn'))).toBe(false);
    expect(isEnvelope(new Uint8Array(0))).toBe(false);
  });
});

describe('decodeCanonical', () => {
  const decode = (reader: ByteReader): number => reader.u8() % 2;
  const encode = (value: number): Uint8Array => Uint8Array.of(value);

  it('accepts the one encoding and refuses others of the same value', () => {
    expect(decodeCanonical('trace', Uint8Array.of(1), decode, encode)).toBe(1);
    expect(codeOf(() => decodeCanonical('trace', Uint8Array.of(3), decode, encode))).toBe('ARTIFACT_TAMPERED');
  });

  it('refuses short and long payloads', () => {
    expect(codeOf(() => decodeCanonical('trace', new Uint8Array(0), decode, encode))).toBe('ARTIFACT_TAMPERED');
    expect(codeOf(() => decodeCanonical('trace', Uint8Array.of(1, 0), decode, encode))).toBe('ARTIFACT_TAMPERED');
  });

  it('lets errors that are not about bytes through', () => {
    const broken = (): never => {
      throw new RangeError('a bug');
    };
    expect(() => decodeCanonical('trace', Uint8Array.of(1), broken, encode)).toThrow(RangeError);
  });
});
