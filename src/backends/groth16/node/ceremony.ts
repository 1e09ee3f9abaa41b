/**
 * Keys from a public ceremony: a powers-of-tau file that is pinned by its digest and verified, then contributions to the part
 * that belongs to the circuit. The transcript says who contributed and what to compare; its digest stands in the key.
 */
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { toHex, utf8 } from '../../../base/bytes.ts';
import { canonicalJson, type Json } from '../../../base/canonical-json.ts';
import { ProvennError } from '../../../base/errors.ts';
import type { SetupChoice } from '../../proving.ts';
import { knownCeremony } from './known-ceremonies.ts';
import { type MemoryFile, withSnarkjs } from './packages.ts';

export type CeremonyChoice = Extract<SetupChoice, { kind: 'ceremony' }>;

export type Contribution = { readonly name: string; readonly hash: string };

/** What happened, as the JSON that is kept beside the key. */
export type Transcript = {
  readonly format: 1;
  readonly powersOfTau: { readonly blake2b: string; readonly name: string | null };
  /** BLAKE2b digest of the circuit's key before the first contribution, as snarkjs prints it. */
  readonly circuitHash: string;
  readonly contributions: readonly Contribution[];
};

export function encodeTranscript(transcript: Transcript): Uint8Array {
  return utf8(`${canonicalJson(transcript as unknown as Json)}\n`);
}

/** A transcript with one more contribution. Throws `SETUP_REFUSED` when it is no transcript. */
export function withContribution(transcript: Uint8Array, contribution: Contribution): Uint8Array {
  let known: Transcript;
  try {
    known = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(transcript)) as Transcript;
  } catch (cause) {
    throw new ProvennError('SETUP_REFUSED', 'The transcript of the ceremony is malformed.', { cause });
  }
  return encodeTranscript({ ...known, contributions: [...known.contributions, contribution] });
}

/** BLAKE2b-512 of a file, read in pieces: ceremony files have gigabytes. */
async function blake2b(path: string): Promise<string> {
  const hash = createHash('blake2b512');
  for await (const piece of createReadStream(path)) hash.update(piece as Uint8Array);
  return hash.digest('hex');
}

function refuse(path: string, message: string, next: string): ProvennError {
  return new ProvennError('SETUP_REFUSED', message, { where: path, next });
}

/** A ceremony file by its digest, and by its name when it is one of the known ones. */
export type PinnedPtau = Transcript['powersOfTau'];

/** Digest and name of a ceremony file that is known, or pinned by the caller. Throws `FILE_NOT_FOUND` or `SETUP_REFUSED`. */
export async function pinPtau({ ptau: path, digest }: CeremonyChoice): Promise<PinnedPtau> {
  if (!existsSync(path))
    throw new ProvennError('FILE_NOT_FOUND', 'The powers-of-tau file does not exist.', { where: path });
  const found = await blake2b(path);
  const name = knownCeremony(found);
  if (digest !== null && digest !== found)
    throw refuse(
      path,
      `The powers-of-tau file has the digest ${found}, not the one that was given.`,
      'Download it again.',
    );
  if (name === null && digest === null)
    throw refuse(
      path,
      `The powers-of-tau file is none of the known ceremonies; its BLAKE2b digest is ${found}.`,
      'Use a file of the Hermez ceremony, or vouch for this one by giving its digest with --ptau-digest.',
    );
  return { blake2b: found, name };
}

/** One more contribution to a key; the secret exists only inside this call. */
export async function contribute(
  zkey: Uint8Array,
  name: string,
): Promise<{ readonly zkey: Uint8Array; readonly contribution: Contribution }> {
  return withSnarkjs(async ({ zKey }) => {
    const after: MemoryFile = { type: 'mem' };
    const hash = await zKey.contribute({ type: 'mem', data: zkey }, after, name, randomBytes(64).toString('hex'));
    return { zkey: after.data as Uint8Array, contribution: { name, hash: toHex(hash) } };
  });
}

/** A proving key with one contribution. Throws `FILE_NOT_FOUND` or `SETUP_REFUSED`. */
export async function ceremonyKey(
  r1cs: Uint8Array,
  { ptau, contributor }: CeremonyChoice,
  powersOfTau: PinnedPtau,
  onProgress: (share: number) => void,
): Promise<{ readonly zkey: Uint8Array; readonly transcript: Uint8Array }> {
  onProgress(0.1);
  const { initial, circuitHash } = await withSnarkjs(async ({ powersOfTau: tau, zKey }) => {
    if (!(await tau.verify(ptau)))
      throw refuse(ptau, 'The powers-of-tau file does not verify.', 'Download it again, or use another ceremony.');
    onProgress(0.4);
    const fresh: MemoryFile = { type: 'mem' };
    const hash = await zKey.newZKey({ type: 'mem', data: r1cs }, ptau, fresh);
    if (hash === -1 || fresh.data === undefined)
      throw refuse(ptau, 'The powers-of-tau file is too small for the circuit, or not prepared.', 'Use a larger one.');
    return { initial: fresh.data, circuitHash: toHex(hash) };
  });
  onProgress(0.6);
  const { zkey, contribution } = await contribute(initial, contributor);
  onProgress(0.8);
  const isValid = await withSnarkjs(({ zKey }) =>
    zKey.verifyFromR1cs({ type: 'mem', data: r1cs }, ptau, { type: 'mem', data: zkey }),
  );
  if (!isValid) throw refuse(ptau, 'The key does not verify against the ceremony.', 'Report this.');
  const transcript = encodeTranscript({ format: 1, powersOfTau, circuitHash, contributions: [contribution] });
  return { zkey, transcript };
}
