/**
 * Parameters of a Groth16 key: how it was set up, and the points that verify proofs. They are part of the verifying key, so the
 * key's digest names them and no mark can be taken off.
 *
 * Layout: setup u8, R1CS digest (32), transcript digest (32), α (64), β, γ, δ (128 each), number of further points u32, points (64 each).
 */
import { ByteReader, BytesError, ByteWriter, equalBytes } from '../../base/bytes.ts';
import type { KeySoundness } from '../verifying.ts';
import { equal2, type Fp2, g1Bytes, g2Bytes, generator2, readG1, readG2, writeG1, writeG2 } from './bn254.ts';

/** The proof system and its version. */
export const backendName = 'groth16/1';

/**
 * `ceremony`: a public powers-of-tau file and at least one contribution; sound while one participant destroyed their secret.
 * `insecure`: made by one party that could keep the secret and prove anything.
 */
export type Setup = 'ceremony' | 'insecure';

const setups: readonly Setup[] = ['ceremony', 'insecure'];

type Point1 = { readonly x: bigint; readonly y: bigint };
type Point2 = { readonly x: Fp2; readonly y: Fp2 };

/** The verifying key of the pairing equation. */
export type Groth16Key = {
  readonly alpha: Point1;
  readonly beta: Point2;
  readonly gamma: Point2;
  readonly delta: Point2;
  /** One point for the constant and one per public signal. */
  readonly ic: readonly Point1[];
};

export type Parameters = {
  readonly setup: Setup;
  /** BLAKE3 of the R1CS file that the circuit lowers to: what a ceremony's transcript is checked against. */
  readonly r1csDigest: Uint8Array;
  /** BLAKE3 of the ceremony transcript; zeros without one. */
  readonly transcriptDigest: Uint8Array;
  readonly key: Groth16Key;
};

/** Most public signals of a key, each 252 bits of statement: what a verifier may be made to add up in about a second. */
export const maximumSignals = 1024;

export function encodeParameters({ setup, r1csDigest, transcriptDigest, key }: Parameters): Uint8Array {
  const out = new ByteWriter().u8(setups.indexOf(setup)).raw(r1csDigest).raw(transcriptDigest).raw(writeG1(key.alpha));
  for (const point of [key.beta, key.gamma, key.delta]) out.raw(writeG2(point));
  out.u32(key.ic.length);
  for (const point of key.ic) out.raw(writeG1(point));
  return out.finish();
}

/** Throws `BytesError` for anything that is not canonical or not in the groups. */
export function decodeParameters(bytes: Uint8Array): Parameters {
  const reader = new ByteReader(bytes);
  const setup = setups[reader.u8()];
  if (setup === undefined) throw new BytesError('the kind of setup is unknown');
  const r1csDigest = reader.raw(32);
  const transcriptDigest = reader.raw(32);
  const alpha = readG1(reader.raw(g1Bytes));
  const [beta, gamma, delta] = [readG2(reader.raw(g2Bytes)), readG2(reader.raw(g2Bytes)), readG2(reader.raw(g2Bytes))];
  const count = reader.count(g1Bytes);
  if (count > maximumSignals + 1) throw new BytesError('the key has too many public signals');
  const ic = Array.from({ length: count }, () => readG1(reader.raw(g1Bytes)));
  reader.end();
  return { setup, r1csDigest, transcriptDigest, key: { alpha, beta, gamma, delta, ic } };
}

/**
 * Why a key can be forged by anybody who sees it, or null. A ceremony begins with δ = γ = the generator; without a contribution
 * to δ, what belongs to the private wires could be passed off as public and the other way round.
 */
export function weakness({ setup, transcriptDigest, key: { gamma, delta } }: Parameters): string | null {
  const same = (a: Point2, b: Point2): boolean => equal2(a.x, b.x) && equal2(a.y, b.y);
  if (same(delta, gamma) || same(delta, generator2)) return 'nobody contributed to its second phase';
  const noTranscript = equalBytes(transcriptDigest, new Uint8Array(32));
  if (setup === 'ceremony' && noTranscript) return 'it claims a ceremony and names no transcript';
  return null;
}

/**
 * Security of BN254 against computing discrete logarithms, in bits: about 100 after the improved number field sieves
 * (Barbulescu and Duquesne, "Updating key size estimations for pairings", 2019). Not information-theoretic soundness: Groth16 is
 * sound for provers who cannot break the curve, in the generic group model.
 */
const securityBits = 100;

/** The one term there is: everything rests on the curve. */
export const keySoundness: KeySoundness = {
  bits: securityBits,
  terms: [{ name: 'discrete logarithms in BN254', bits: securityBits }],
};
