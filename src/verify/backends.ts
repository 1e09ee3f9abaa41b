/** The proof systems a verifier knows, by name. */
import { groth16Verifier } from '../backends/groth16/verifier.ts';
import { transparentVerifier } from '../backends/transparent/verifier-half.ts';
import type { BackendVerifier } from '../backends/verifying.ts';
import { ProvennError } from '../base/errors.ts';

const verifiers: readonly BackendVerifier[] = [transparentVerifier, groth16Verifier];

/** The verifier of a backend, if this version has one. */
export function findVerifier(backend: string): BackendVerifier | undefined {
  return verifiers.find(({ name }) => name === backend);
}

/** The verifier of a key. Throws `KEY_REFUSED` for a backend that this version does not know. */
export function verifierOf(backend: string): BackendVerifier {
  const found = findVerifier(backend);
  if (found !== undefined) return found;
  throw new ProvennError('KEY_REFUSED', `The verifying key is refused: its backend "${backend}" is not known.`, {
    next: `Use a version of provenn that has it; this one knows ${verifiers.map(({ name }) => name).join(' and ')}.`,
  });
}
