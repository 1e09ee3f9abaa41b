import { blake3 as oracle } from '@noble/hashes/blake3.js';
import { describe, expect, test } from 'vitest';
import { blake3, leadingZeros } from './blake3.ts';
import { toHex, utf8 } from './bytes.ts';

/** Input of the official vectors: bytes counting up modulo 251. */
function counting(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => i % 251);
}

const lengths = [
  0, 1, 31, 32, 63, 64, 65, 127, 128, 1023, 1024, 1025, 2048, 2049, 3072, 3073, 4096, 5120, 7169, 16384, 31744,
];
const key = utf8('whats the Elvish word for friend');

describe('blake3', () => {
  test('gives the published digest of the empty input', () => {
    expect(toHex(blake3(new Uint8Array(0)))).toBe('af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262');
  });

  test.each(lengths)('agrees with another implementation on %i bytes, plain, keyed and extended', (length) => {
    const input = counting(length);
    expect(toHex(blake3(input))).toBe(toHex(oracle(input)));
    expect(toHex(blake3(input, { key }))).toBe(toHex(oracle(input, { key })));
    expect(toHex(blake3(input, { key, length: 131 }))).toBe(toHex(oracle(input, { key, dkLen: 131 })));
  });

  test('a longer output begins with the shorter one', () => {
    const input = counting(100);
    expect(blake3(input, { length: 200 }).slice(0, 70)).toEqual(blake3(input, { length: 70 }));
  });

  test('refuses a key that is not 32 bytes long', () => {
    expect(() => blake3(new Uint8Array(3), { key: new Uint8Array(31) })).toThrow(RangeError);
  });

  test.each([0, 1, 40, 41, 63, 64])('counts the leading zero bits of the hash of %i bytes', (length) => {
    let zeros = 0;
    for (let first = 0; first < 300; first++) {
      const input = counting(length);
      if (length > 0) input[0] = first;
      const bits = [...blake3(input).slice(0, 8)].map((byte) => byte.toString(2).padStart(8, '0')).join('');
      expect(leadingZeros(input)).toBe(bits.indexOf('1'));
      zeros = Math.max(zeros, leadingZeros(input));
    }
    if (length > 0) expect(zeros).toBeGreaterThan(4);
  });
});
