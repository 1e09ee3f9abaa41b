/** Accepting a Groth16 key: the circuit is sound as integers, the points are in their groups, and their number fits. */
import { circuitDigest } from '../../artifact/circuit-codec.ts';
import { modelDigest, type VerifyingKey, verifyingKeyDigest } from '../../artifact/keys.ts';
import { matricesOf } from '../../artifact/matrices.ts';
import { BytesError } from '../../base/bytes.ts';
import { ProvennError } from '../../base/errors.ts';
import { CircuitProblem, checkCircuit } from '../../gadgets/check.ts';
import type { Accepted } from '../verifying.ts';
import { rootOf } from './commitment.ts';
import { backendName, decodeParameters, keySoundness, maximumSignals, type Parameters, weakness } from './config.ts';
import { countSignals, packBits, statementBits } from './layout.ts';

export type AcceptedKey = Accepted & { readonly parameters: Parameters };

function refuse(message: string): never {
  throw new ProvennError('KEY_REFUSED', `The verifying key is refused: ${message}.`, {
    next: 'Use the key published by whoever compiled the model, or compile it again.',
  });
}

/**
 * Why the commitments of a key do not fit its circuit, or null. Their ranges need no evidence: every proof confines the cells it
 * commits to. Roots are canonical, so that no two keys fix the same commitment.
 */
function commitmentProblem({ circuit, commitments }: VerifyingKey): string | null {
  const matrices = matricesOf(circuit);
  if (matrices.some(({ imported }) => !imported)) return 'this backend has no commitments to inputs and outputs';
  if (matrices.length !== commitments.length) return 'it fixes other commitments than the circuit has';
  const fits = commitments.every(({ matrix, evidence }, i) => {
    return matrix === matrices[i]?.name && evidence.kind === 'range' && evidence.proof.length === 0;
  });
  if (!fits) return 'its commitments are not those of the circuit, or carry evidence that this backend does not have';
  for (const { root } of commitments) rootOf(root);
  return null;
}

/** Throws `KEY_REFUSED`. Keys of an insecure setup are accepted here and refused by `verify` unless it is told to trust them. */
export function acceptKey(key: VerifyingKey): AcceptedKey {
  if (key.backend !== backendName) refuse(`it belongs to the backend "${key.backend}"`);
  try {
    const parameters = decodeParameters(key.parameters);
    const weak = weakness(parameters);
    if (weak !== null) refuse(weak);
    checkCircuit(key.circuit);
    const problem = commitmentProblem(key);
    if (problem !== null) refuse(problem);
    if (statementBits(key.circuit) > maximumSignals * packBits) refuse('its statement has too many integers');
    if (parameters.key.ic.length !== 1 + countSignals(key.circuit)) refuse('its points belong to another circuit');
    return {
      backend: backendName,
      circuit: key.circuit,
      parameters,
      circuitDigest: circuitDigest(key.circuit),
      modelDigest: modelDigest(key),
      keyDigest: verifyingKeyDigest(key),
      commitments: key.commitments,
      soundness: keySoundness,
    };
  } catch (error) {
    if (error instanceof BytesError || error instanceof CircuitProblem) refuse(error.message);
    throw error;
  }
}
