/** The one place that draws randomness for proofs: the system's generator. */

/** 32 bytes nobody else knows, for one proof. */
export function freshRandomness(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(32));
}
