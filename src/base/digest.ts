/** BLAKE3 (https://github.com/BLAKE3-team/BLAKE3-specs): the one hash of provenn, from @noble/hashes. */
import { blake3 } from '@noble/hashes/blake3.js';
import { utf8 } from './bytes.ts';

export const digestLength = 32;

/** 32-byte BLAKE3 digest. */
export function digest(bytes: Uint8Array): Uint8Array {
  return blake3(bytes);
}

/** BLAKE3 with a 32-byte key. */
export function keyedDigest(key: Uint8Array, bytes: Uint8Array): Uint8Array {
  return blake3(bytes, { key });
}

/** BLAKE3 with extended output. */
export function extendedDigest(bytes: Uint8Array, length: number): Uint8Array {
  return blake3(bytes, { dkLen: length });
}

/** A domain-separation key: the hash of a fixed ASCII label. */
export function labelKey(label: string): Uint8Array {
  return digest(utf8(label));
}
