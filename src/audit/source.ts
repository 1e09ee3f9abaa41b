/** One way from what a bundle is about to its `AuditSource`, for whoever makes a bundle and for whoever checks one. */
import { decodeVerifyingKey, type VerifyingKey } from '../artifact/keys.ts';
import { decodeProof, type Proof } from '../artifact/proof.ts';
import type { Claims } from '../artifact/verdict.ts';
import type { Accepted } from '../backends/verifying.ts';
import { ProvennError } from '../base/errors.ts';
import { prepareKey, verifyProof } from '../verify/index.ts';
import type { AuditSource } from './bundle.ts';
import { graphOf, runOf } from './rederive.ts';

/** A proof that its key accepts. */
export type Judged = {
  readonly key: VerifyingKey;
  readonly accepted: Accepted;
  readonly proof: Proof;
  readonly claims: Claims;
};

/** Keys of a development setup are accepted here, for what they are: whoever checks a bundle judges the setup on its own. */
export function judge(keyBytes: Uint8Array, proofBytes: Uint8Array): Judged {
  const key = decodeVerifyingKey(keyBytes);
  const proof = decodeProof(proofBytes);
  const { accepted } = prepareKey(key);
  const verdict = verifyProof({ accepted }, proof, { allowInsecureSetup: true });
  if (verdict.ok) return { key, accepted, proof, claims: verdict.claims };
  throw new ProvennError(
    'ARTIFACT_TAMPERED',
    `The proof is rejected (${verdict.reason.code}): ${verdict.reason.message}`,
    {
      next: 'A bundle can only be made of a proof that its key accepts.',
    },
  );
}

/** What nobody can derive. */
export type Given = Omit<AuditSource, 'graph' | 'key' | 'accepted' | 'proof' | 'claims' | 'trace'>;

/** Adds what follows from the key, the proof and the model. Throws what reading and running a model throws. */
export function sourceOf(given: Given, judged: Judged): AuditSource {
  const graph = given.int8 === null ? null : graphOf(given.int8);
  const trace = graph === null ? null : runOf(graph, judged.claims);
  return { ...given, ...judged, graph, trace };
}
