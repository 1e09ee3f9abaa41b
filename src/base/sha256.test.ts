import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { utf8 } from './bytes.ts';
import { sha256, sha256Hex } from './sha256.ts';

describe('sha256', () => {
  it('gives the digests of the examples NIST published with the standard', () => {
    expect(sha256Hex(utf8('abc'))).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    expect(sha256Hex(utf8('abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq'))).toBe(
      '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
    );
    expect(sha256Hex(new Uint8Array(0))).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });

  it('agrees with OpenSSL on every length around its blocks, at any offset in a buffer', () => {
    const buffer = Uint8Array.from({ length: 400 }, (_, i) => (i * 167 + (i >> 3)) & 255);
    for (let length = 0; length <= 260; length++) {
      const bytes = buffer.subarray(length % 7, (length % 7) + length);
      expect(Array.from(sha256(bytes))).toEqual(Array.from(createHash('sha256').update(bytes).digest()));
    }
  });
});
