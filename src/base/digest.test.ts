import { describe, expect, it } from 'vitest';
import { toHex, utf8 } from './bytes.ts';
import { digest, digestLength, extendedDigest, keyedDigest, labelKey } from './digest.ts';

/** The official key, and official inputs: bytes counting up modulo 251. */
const key = utf8('whats the Elvish word for friend');

/** Length, hash, keyed hash, and bytes 99 to 131 of the extended output, as the Rust implementation gives them. */
const vectors: readonly (readonly [number, string, string, string])[] = [
  [
    0,
    'af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262',
    '92b2b75604ed3c761f9d6f62392c8a9227ad0ea3f09573e783f1498a4ed60d26',
    '2e159b402631f277ca96f2defdf1078282314e763699a31c5363165421cce14d',
  ],
  [
    1,
    '2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213',
    '6d7878dfff2f485635d39013278ae14f1454b8c0a3a2d34bc1ab38228a80c95b',
    '081cbcec3195c5871e6c23e2cc97d3c69a613eba131e5f1351f3f1da786545e5',
  ],
  [
    64,
    '4eed7141ea4a5cd4b788606bd23f46e212af9cacebacdc7d1f4c6dc7f2511b98',
    'ba8ced36f327700d213f120b1a207a3b8c04330528586f414d09f2f7d9ccb7e6',
    'b863174c33228924cdef7ae47559b10b294acd660666c4538833582b43f82d74',
  ],
  [
    1024,
    '42214739f095a406f3fc83deb889744ac00df831c10daa55189b5d121c855af7',
    '75c46f6f3d9eb4f55ecaaee480db732e6c2105546f1e675003687c31719c7ba4',
    '7f0b385c6df265e77003b85102967486ed57db5c5ca170ba441427ed9afa684e',
  ],
  [
    1025,
    'd00278ae47eb27b34faecf67b4fe263f82d5412916c1ffd97c8cb7fb814b8444',
    '357dc55de0c7e382c900fd6e320acc04146be01db6a8ce7210b7189bd664ea69',
    '55c98e1d5f9565a9194cad0c4285f93700062d9595adb992ae68ff12800ab67a',
  ],
  [
    3073,
    '7124b49501012f81cc7f11ca069ec9226cecb8a2c850cfe644e327d22d3e1cd3',
    '68dede9bef00ba89e43f31a6825f4cf433389fedae75c04ee9f0cf16a427c95a',
    '66486d9a91eba99059a98bd1cd25876b2af5a76c3e9eed554ed72ea952b603bf',
  ],
];

describe('BLAKE3 in the forms of provenn', () => {
  it.each(vectors)('agrees with the reference implementation on %i bytes', (length, hash, keyed, tail) => {
    const input = Uint8Array.from({ length }, (_, i) => i % 251);
    expect(toHex(digest(input))).toBe(hash);
    expect(toHex(keyedDigest(key, input))).toBe(keyed);
    const extended = extendedDigest(input, 131);
    expect(toHex(extended.subarray(0, 32))).toBe(hash);
    expect(toHex(extended.subarray(99))).toBe(tail);
  });

  it('gives digests of 32 bytes', () => expect(digest(new Uint8Array(5)).length).toBe(digestLength));

  it('labels become keys by hashing, so that different labels never share one', () => {
    expect(toHex(labelKey('provenn/leaf/1'))).toBe('c0fcffae3d114589057f89c3e205c7f2da15b5cd6f82c9df8b5dd627bf98a1c8');
    expect(labelKey('provenn/leaf/1')).toEqual(digest(utf8('provenn/leaf/1')));
    expect(labelKey('provenn/leaf/1')).not.toEqual(labelKey('provenn/node/1'));
  });

  it('a key of another length is refused', () => {
    expect(() => keyedDigest(new Uint8Array(31), new Uint8Array(0))).toThrow(RangeError);
    expect(() => keyedDigest(new Uint8Array(33), new Uint8Array(0))).toThrow(RangeError);
  });
});
