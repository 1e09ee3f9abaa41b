/** Prove: execute → assign → prove → verify our own proof. */
import type { ProvingKey } from '../artifact/keys.ts';
import type { Proof } from '../artifact/proof.ts';
import { maximumContextLength } from '../artifact/statement.ts';
import type { Trace } from '../artifact/trace.ts';
import type { Claims } from '../artifact/verdict.ts';
import { acceptKey, proveWitness } from '../backends/transparent/index.ts';
import type { Accepted } from '../backends/verifying.ts';
import { ProvennError } from '../base/errors.ts';
import type { IntTensor } from '../base/tensor.ts';
import { assignWitness } from '../compile/witness.ts';
import { execute } from '../runtime/execute.ts';
import { prepareKey, verifyProof } from '../verify/index.ts';
import { backendOf } from './backends.ts';

/** Stages of every proof, and of the transparent and the groth16 backend between them. */
export type ProveStage =
  | 'key'
  | 'execute'
  | 'assign'
  | 'commit'
  | 'lookups'
  | 'contractions'
  | 'opening'
  | 'witness'
  | 'points'
  | 'verify';

export type ProveOptions = {
  /** 32 bytes from the system's generator, used for this proof and never again: they hide everything that is not public. */
  readonly randomness: Uint8Array;
  /** Session, audience or nonce the proof is bound to; at most 1024 bytes. */
  readonly context?: Uint8Array;
  /** Told when a stage begins, before its work. */
  readonly onStage?: (stage: ProveStage) => void;
};

export type Proven = { readonly proof: Proof; readonly trace: Trace; readonly claims: Claims };

/** Throws `USAGE` for a context that is too long and for randomness that is too short. */
function contextOf({ context = new Uint8Array(0), randomness }: ProveOptions): Uint8Array {
  if (randomness?.length !== 32) {
    throw new ProvennError('USAGE', 'A proof needs 32 fresh random bytes.', {
      next: 'Pass randomness: crypto.getRandomValues(new Uint8Array(32)), new ones for every proof.',
    });
  }
  if (context.length <= maximumContextLength) return context;
  throw new ProvennError(
    'USAGE',
    `The context has ${context.length} bytes; at most ${maximumContextLength} are allowed.`,
    { next: 'Give a digest of it instead.' },
  );
}

/** What an own proof claims. Throws `PROOF_SELF_CHECK` when it does not verify. */
function claimsOf(accepted: Accepted, proof: Proof): Claims {
  // Our own key: whoever made it is whoever proves, and `verify` judges its setup again.
  const verdict = verifyProof({ accepted }, proof, { allowInsecureSetup: true });
  if (verdict.ok) return verdict.claims;
  throw new ProvennError(
    'PROOF_SELF_CHECK',
    `The proof does not verify (${verdict.reason.code}): ${verdict.reason.message}`,
    {
      next: 'The proving key is damaged or provenn has a fault: compile again, and report it if it persists.',
    },
  );
}

/**
 * Runs the model on `inputs` (by port name, the integers behind each port) and proves the run with the transparent backend. The
 * proof is verified before it is returned. Throws `INPUT_MISMATCH`, `USAGE` for a long context or short randomness, or `PROOF_SELF_CHECK`.
 */
export function proveInference(key: ProvingKey, inputs: ReadonlyMap<string, IntTensor>, options: ProveOptions): Proven {
  const context = contextOf(options);
  const stage = options.onStage ?? ((): void => {});
  stage('key');
  const accepted = acceptKey(key.verifyingKey);
  stage('execute');
  const trace = execute(key.model, inputs);
  stage('assign');
  const witness = assignWitness(accepted.circuit, trace);
  const proof = proveWitness(accepted, witness, context, { randomness: options.randomness, onStage: stage });
  stage('verify');
  return { proof, trace, claims: claimsOf(accepted, proof) };
}

/** The same with the backend that the key belongs to, whichever it is. Throws `DEPENDENCY_MISSING` and `KEY_REFUSED` besides. */
export async function proveFor(
  key: ProvingKey,
  inputs: ReadonlyMap<string, IntTensor>,
  options: ProveOptions,
): Promise<Proven> {
  const context = contextOf(options);
  const onStage = options.onStage ?? ((): void => {});
  onStage('key');
  const backend = await backendOf(key.verifyingKey.backend);
  const { accepted } = prepareKey(key.verifyingKey);
  onStage('execute');
  const trace = execute(key.model, inputs);
  onStage('assign');
  const witness = assignWitness(accepted.circuit, trace);
  const proof = await backend.prove(key, witness, context, { randomness: options.randomness, onStage });
  onStage('verify');
  return { proof, trace, claims: claimsOf(accepted, proof) };
}
