/** The edge's part of checking bundles. */
import { type Members, memberPaths } from '../audit/bundle.ts';
import type { AuditTools, SecondOpinion } from '../audit/checks/context.ts';
import { signerKeyOf, verifySignature } from '../audit/node/signatures.ts';
import { integersOf, labelsOf, remakeKey } from '../pipeline/audit.ts';
import { currentInstant } from '../pipeline/node/clock.ts';
import { packageVersion } from '../pipeline/node/platform.ts';
import { shippedPage } from '../pipeline/node/shipped.ts';
import { secondVerify } from '../second/index.ts';
import type { Io } from './io.ts';

/** Single-file verifiers of this installation, as far as it has them. */
export function shippedVerifiers(): Members {
  const members = new Map<string, Uint8Array>();
  for (const path of [memberPaths.verifierPage, memberPaths.verifierProgram]) {
    const bytes = shippedPage(path);
    if (bytes !== null) members.set(path, bytes);
  }
  return members;
}

function secondVerifier(key: Uint8Array, proof: Uint8Array): SecondOpinion {
  const answer = secondVerify(key, proof);
  if (answer.ok) return answer;
  const reason = `${answer.message.charAt(0).toUpperCase()}${answer.message.slice(1)}.`;
  return answer.reason === 'not-covered' ? { ok: null, reason } : { ok: false, reason };
}

export function auditTools(io: Io): AuditTools {
  return {
    verifySignature,
    signerKeyOf,
    remakeKey,
    labelsOf,
    integersOf,
    secondVerifier,
    verifiers: shippedVerifiers(),
    version: packageVersion(),
    now: currentInstant(io.env),
  };
}
