/** The edge's part of checking bundles. */
import { type Members, memberPaths } from '../audit/bundle.ts';
import type { AuditTools } from '../audit/checks/context.ts';
import { signerKeyOf, verifySignature } from '../audit/node/signatures.ts';
import { integersOf, labelsOf, remakeKey } from '../pipeline/audit.ts';
import { currentInstant } from '../pipeline/node/clock.ts';
import { packageVersion } from '../pipeline/node/platform.ts';
import { shippedPage } from '../pipeline/node/shipped.ts';
import { secondOpinion } from '../pipeline/second-opinion.ts';
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

export function auditTools(io: Io): AuditTools {
  return {
    verifySignature,
    signerKeyOf,
    remakeKey,
    labelsOf,
    integersOf,
    secondVerifier: secondOpinion,
    verifiers: shippedVerifiers(),
    version: packageVersion(),
    now: currentInstant(io.env),
  };
}
