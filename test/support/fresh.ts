/** Randomness for proofs that ordinary verifiers are to judge: drawn afresh, as the command line draws it. */
import { freshRandomness } from '../../src/pipeline/node/randomness.ts';

export function fresh(): { readonly randomness: Uint8Array } {
  return { randomness: freshRandomness() };
}
