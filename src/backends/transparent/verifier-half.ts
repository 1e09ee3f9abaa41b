/** The transparent backend as `provenn/verify` sees it. */
import type { BackendVerifier } from '../verifying.ts';
import { backendName } from './config.ts';
import { type AcceptedKey, acceptKey, verifyBody } from './verifier.ts';

export const transparentVerifier: BackendVerifier = {
  name: backendName,
  accept: acceptKey,
  setup: () => 'none',
  isZeroKnowledge: () => false,
  verifyBody: (key, statement, body) => verifyBody(key as AcceptedKey, statement, body),
};
