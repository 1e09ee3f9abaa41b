/** The one hash of provenn, BLAKE3, in the forms the artefacts and the proof system use. */
import { blake3 } from './blake3.ts';
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
  return blake3(bytes, { length });
}

/** A domain-separation key: the hash of a fixed ASCII label. */
export function labelKey(label: string): Uint8Array {
  return digest(utf8(label));
}
