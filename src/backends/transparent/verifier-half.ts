/** The transparent backend as `provenn/verify` sees it. */
import { invariant } from '../../base/errors.ts';
import type { BackendVerifier } from '../verifying.ts';
import { backendName } from './config.ts';
import { type AcceptedKey, verifyBody } from './verifier.ts';
import { acceptChain, acceptKey, commitmentsOf } from './verifier-key.ts';
import { acceptLink } from './verifier-link.ts';

export const transparentVerifier: BackendVerifier = {
  name: backendName,
  accept: acceptKey,
  acceptChain,
  acceptLink,
  setup: () => 'none',
  isZeroKnowledge: (key) => (key as AcceptedKey).system.mask !== null,
  commitments: (key, statement) => commitmentsOf(key as AcceptedKey, statement),
  verifyBody: (key, statement, body) => {
    const accepted = key as AcceptedKey;
    invariant(accepted.evidenceChecked, 'a key is used whose evidence nobody checked');
    verifyBody(accepted, statement, body);
  },
};
