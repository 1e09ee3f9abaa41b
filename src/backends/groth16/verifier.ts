/**
 * The Groth16 verifier, without any dependency: e(A, B) = e(α, β) · e(Σ sᵢ ICᵢ, γ) · e(C, δ), s₀ = 1 and the other sᵢ the public
 * signals, which are computed here from the statement and never read from a proof.
 */
import type { Statement } from '../../artifact/statement.ts';
import { type BackendVerifier, Rejected } from '../verifying.ts';
import { combine1, negate1 } from './bn254.ts';
import { backendName, type Groth16Key } from './config.ts';
import { type AcceptedKey, acceptKey } from './key.ts';
import { pairingProductIsOne } from './pairing.ts';
import { decodeBody, type Groth16Proof } from './proof.ts';
import { signalsOf } from './signals.ts';

/** Whether the pairing equation holds for these signals. */
export function checkEquation(key: Groth16Key, signals: readonly bigint[], { a, b, c }: Groth16Proof): boolean {
  const combined = combine1(key.ic, [1n, ...signals]);
  return pairingProductIsOne([
    [negate1(a), b],
    [key.alpha, key.beta],
    [combined, key.gamma],
    [c, key.delta],
  ]);
}

export function verifyBody(key: AcceptedKey, statement: Statement, body: Uint8Array): void {
  const proof = decodeBody(body);
  if (!checkEquation(key.parameters.key, signalsOf(key, statement), proof))
    throw new Rejected('relation', 'The pairing equation does not hold for what is stated.');
}

/** The Groth16 backend as `provenn/verify` sees it. Groth16 proofs hide the witness; the prover draws fresh randomness for each. */
export const groth16Verifier: BackendVerifier = {
  name: backendName,
  accept: acceptKey,
  acceptChain: null,
  acceptLink: null,
  setup: (key) => (key as AcceptedKey).parameters.setup,
  isZeroKnowledge: () => true,
  // A root names itself: the circuit digest stands in its domain.
  commitments: (key) => new Map(key.commitments.map(({ matrix, root }) => [matrix, root])),
  verifyBody: (key, statement, body) => verifyBody(key as AcceptedKey, statement, body),
};
