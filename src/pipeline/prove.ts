/** Prove: execute → assign → prove → verify our own proof. */
import type { ProvingKey } from '../artifact/keys.ts';
import type { Proof } from '../artifact/proof.ts';
import { maximumContextLength } from '../artifact/statement.ts';
import type { Trace } from '../artifact/trace.ts';
import type { Claims } from '../artifact/verdict.ts';
import { acceptKey, proveWitness } from '../backends/transparent/index.ts';
import { ProvennError } from '../base/errors.ts';
import type { IntTensor } from '../base/tensor.ts';
import { assignWitness } from '../compile/witness.ts';
import { execute } from '../runtime/execute.ts';
import { verifyProof } from '../verify/index.ts';

export type ProveStage = 'key' | 'execute' | 'assign' | 'commit' | 'lookups' | 'contractions' | 'opening' | 'verify';

export type ProveOptions = {
  /** 32 bytes from the system's generator, used for this proof and never again: they hide everything that is not public. */
  readonly randomness: Uint8Array;
  /** Session, audience or nonce the proof is bound to; at most 1024 bytes. */
  readonly context?: Uint8Array;
  /** Told when a stage begins, before its work. */
  readonly onStage?: (stage: ProveStage) => void;
};

export type Proven = { readonly proof: Proof; readonly trace: Trace; readonly claims: Claims };

/**
 * Runs the model on `inputs` (by port name, the integers behind each port) and proves the run. The proof is verified before
 * it is returned. Throws `INPUT_MISMATCH`, `USAGE` for a long context or short randomness, or `PROOF_SELF_CHECK`.
 */
export function proveInference(key: ProvingKey, inputs: ReadonlyMap<string, IntTensor>, options: ProveOptions): Proven {
  const context = options.context ?? new Uint8Array(0);
  if (context.length > maximumContextLength) {
    throw new ProvennError(
      'USAGE',
      `The context has ${context.length} bytes; at most ${maximumContextLength} are allowed.`,
      { next: 'Give a digest of it instead.' },
    );
  }
  if (options.randomness?.length !== 32) {
    throw new ProvennError('USAGE', 'A proof needs 32 fresh random bytes.', {
      next: 'Pass randomness: crypto.getRandomValues(new Uint8Array(32)), new ones for every proof.',
    });
  }
  const stage = options.onStage ?? ((): void => {});
  stage('key');
  const accepted = acceptKey(key.verifyingKey);
  stage('execute');
  const trace = execute(key.model, inputs);
  stage('assign');
  const witness = assignWitness(accepted.circuit, trace);
  const proof = proveWitness(accepted, witness, context, { randomness: options.randomness, onStage: stage });
  stage('verify');
  const verdict = verifyProof({ accepted }, proof);
  if (!verdict.ok) {
    throw new ProvennError(
      'PROOF_SELF_CHECK',
      `The proof does not verify (${verdict.reason.code}): ${verdict.reason.message}`,
      {
        next: 'The proving key is damaged or provenn has a fault: compile again, and report it if it persists.',
      },
    );
  }
  return { proof, trace, claims: verdict.claims };
}
