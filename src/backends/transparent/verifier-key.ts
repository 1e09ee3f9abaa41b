/** Accepting a verifying key as a whole: its structure, and the evidence for the commitments it fixes. */
import type { KeyCommitment, VerifyingKey } from '../../artifact/keys.ts';
import type { Statement } from '../../artifact/statement.ts';
import { BytesError } from '../../base/bytes.ts';
import { Rejected } from '../verifying.ts';
import { requiredBits } from './config.ts';
import { evidenceKey, linkCircuit, rangeCircuit } from './evidence.ts';
import { type AcceptedKey, acceptWithoutEvidence, refuse } from './key.ts';
import { descriptorsOf, rootsOf } from './matrix.ts';
import type { Soundness } from './soundness.ts';
import { verifyBody } from './verifier.ts';

/** Verifies the evidence of one commitment and returns its soundness. */
function checkEvidence(key: AcceptedKey, { matrix, root, evidence }: KeyCommitment): Soundness {
  const link = evidence.kind === 'link';
  const circuit = link ? linkCircuit(key.circuit, matrix) : rangeCircuit(key.circuit, matrix);
  const accepted = acceptWithoutEvidence(evidenceKey(circuit, key.parameters));
  const statement: Statement = {
    modelDigest: accepted.modelDigest,
    keyDigest: accepted.keyDigest,
    context: new Uint8Array(0),
    publics: [],
    commitments: link ? [evidence.previousRoot, root] : [root],
  };
  try {
    verifyBody(accepted, statement, evidence.proof);
  } catch (error) {
    if (!(error instanceof Rejected || error instanceof BytesError)) throw error;
    refuse(`the evidence for its commitment "${matrix}" does not hold: ${error.message}`);
  }
  return accepted.soundness;
}

/** The errors of a key and of its evidence add up. */
function withEvidence(own: Soundness, evidence: readonly Soundness[]): Soundness {
  if (evidence.length === 0) return own;
  const error = evidence.reduce((total, { bits }) => total + 2 ** -bits, 0);
  const bits = -Math.log2(2 ** -own.bits + error);
  return { ...own, bits, terms: [...own.terms, { name: 'evidence of the commitments', bits: -Math.log2(error) }] };
}

/**
 * Throws `KEY_REFUSED` for a key that is malformed, whose integers could wrap, that hides too little, whose commitments lack
 * evidence, or below 100 bits of soundness.
 */
export function acceptKey(key: VerifyingKey): AcceptedKey {
  const accepted = acceptWithoutEvidence(key);
  const soundness = withEvidence(
    accepted.soundness,
    key.commitments.map((commitment) => checkEvidence(accepted, commitment)),
  );
  if (!(soundness.bits >= requiredBits))
    refuse(
      `with its evidence the soundness is ${soundness.bits.toFixed(2)} bits; at least ${requiredBits} are required`,
    );
  return { ...accepted, soundness, evidenceChecked: true };
}

/** Descriptors of the commitments a proof is about, by matrix: the key's and the statement's. */
export function commitmentsOf(key: AcceptedKey, statement: Statement): ReadonlyMap<string, Uint8Array> {
  const descriptors = descriptorsOf(key.matrices, rootsOf(key.matrices, statement.commitments));
  return new Map(key.matrices.map(({ name }, i) => [name, descriptors[i] as Uint8Array]));
}
