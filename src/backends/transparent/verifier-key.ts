/** Accepting a verifying key as a whole: its structure, and the evidence for the commitments it fixes. */
import { writeCircuit } from '../../artifact/circuit-codec.ts';
import type { KeyCommitment, VerifyingKey } from '../../artifact/keys.ts';
import { matricesOf } from '../../artifact/matrices.ts';
import type { Statement } from '../../artifact/statement.ts';
import { BytesError, equalBytes } from '../../base/bytes.ts';
import { Rejected } from '../verifying.ts';
import { requiredBits } from './config.ts';
import { evidenceKey, evidenceStatement, linkCircuit, rangeCircuit, tensorsOfMatrix } from './evidence.ts';
import { type AcceptedKey, acceptWithoutEvidence, maximumEvidenceRows, refuse } from './key.ts';
import { descriptorsOf, rootsOf } from './matrix.ts';
import type { Soundness } from './soundness.ts';
import { verifyBody } from './verifier.ts';

/** Verifies the evidence of one commitment and returns its soundness. */
function checkEvidence(key: AcceptedKey, { matrix, root, evidence }: KeyCommitment): Soundness {
  const link = evidence.kind === 'link';
  const tensors = tensorsOfMatrix(key.circuit, matrix);
  const circuit = link ? linkCircuit(matrix, tensors) : rangeCircuit(matrix, tensors);
  const accepted = acceptWithoutEvidence(evidenceKey(circuit, key.parameters));
  const statement = evidenceStatement(accepted, link ? [evidence.previousRoot, root] : [root]);
  try {
    verifyBody(accepted, statement, evidence.proof);
  } catch (error) {
    if (!(error instanceof Rejected || error instanceof BytesError)) throw error;
    refuse(`the evidence for its commitment "${matrix}" does not hold: ${error.message}`);
  }
  return accepted.soundness;
}

const evidenceTerm = 'evidence of the commitments';

/** The errors of a key and of its evidence add up. */
function withEvidence(own: Soundness, evidence: readonly Soundness[]): Soundness {
  if (evidence.length === 0) return own;
  const error = evidence.reduce((total, { bits }) => total + 2 ** -bits, 0);
  const bits = -Math.log2(2 ** -own.bits + error);
  return { ...own, bits, terms: [...own.terms, { name: evidenceTerm, bits: -Math.log2(error) }] };
}

/** The tables that all evidence together makes a verifier evaluate; the proofs are one after the other. */
function refuseRows({ circuit }: AcceptedKey): void {
  const rows = matricesOf(circuit)
    .flatMap(({ wires, imported }) => (imported ? wires : []))
    .map((id) => circuit.wires[id]?.interval ?? [0, 0])
    .reduce((total, [low, high]) => total + high - low + 1, 0);
  if (rows > maximumEvidenceRows) refuse('the evidence for its commitments needs tables of more than 2^22 rows in all');
}

/**
 * Throws `KEY_REFUSED` for a key that is malformed, whose integers could wrap, that hides too little, whose commitments lack
 * evidence, or below 100 bits of soundness.
 */
export function acceptKey(key: VerifyingKey): AcceptedKey {
  const accepted = acceptWithoutEvidence(key);
  refuseRows(accepted);
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

/** Whether a key differs from the one before in nothing but commitments that it links to those. */
function followsFrom(key: VerifyingKey, before: VerifyingKey): boolean {
  const same =
    key.backend === before.backend &&
    equalBytes(key.parameters, before.parameters) &&
    equalBytes(writeCircuit(key.circuit), writeCircuit(before.circuit)) &&
    key.commitments.length === before.commitments.length;
  return (
    same &&
    key.commitments.every(({ matrix, root, evidence }, i) => {
      const earlier = before.commitments[i] as KeyCommitment;
      if (earlier.matrix !== matrix) return false;
      return (
        equalBytes(earlier.root, root) || (evidence.kind === 'link' && equalBytes(evidence.previousRoot, earlier.root))
      );
    })
  );
}

/**
 * Accepts the last of several keys, each re-keyed from the one before: whoever pinned the first knows that the last is about
 * the same weights. The errors of all links add up. Throws `KEY_REFUSED`.
 */
export function acceptChain(keys: readonly VerifyingKey[]): AcceptedKey {
  keys.forEach((key, i) => {
    if (i > 0 && !followsFrom(key, keys[i - 1] as VerifyingKey))
      refuse(`key ${i + 1} of the chain is not a re-keying of the one before`);
  });
  const accepted = keys.map(acceptKey);
  const last = accepted.at(-1) as AcceptedKey;
  const links = accepted.slice(1, -1).map(({ soundness }) => ({ ...soundness, bits: evidenceBits(soundness) }));
  const soundness = withEvidence(last.soundness, links);
  if (!(soundness.bits >= requiredBits))
    refuse(`over so many links the soundness is ${soundness.bits.toFixed(2)} bits: pin a later key`);
  return { ...last, soundness };
}

function evidenceBits({ terms }: Soundness): number {
  return terms.find(({ name }) => name === evidenceTerm)?.bits ?? Number.POSITIVE_INFINITY;
}

/** Descriptors of the commitments a proof is about, by matrix: the key's and the statement's. */
export function commitmentsOf(key: AcceptedKey, statement: Statement): ReadonlyMap<string, Uint8Array> {
  const descriptors = descriptorsOf(key.matrices, rootsOf(key.matrices, statement.commitments));
  return new Map(key.matrices.map(({ name }, i) => [name, descriptors[i] as Uint8Array]));
}
