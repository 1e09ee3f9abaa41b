/** Random elements of the scalar field, from the system's generator. */
import { webcrypto } from 'node:crypto';
import { fromBytes, R } from '../prime-field.ts';

/** A uniform element other than 0. */
export function drawElement(): bigint {
  for (;;) {
    const value = fromBytes(webcrypto.getRandomValues(new Uint8Array(32))) & ((1n << 254n) - 1n);
    if (value > 0n && value < R) return value;
  }
}
