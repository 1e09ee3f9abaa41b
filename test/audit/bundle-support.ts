/** Sealed bundles and their checks, for tests. */
import type { AuditSource, AuditVerdict, Members } from '../../src/audit/bundle.ts';
import { checkBundle } from '../../src/audit/check.ts';
import type { AuditExpectation, AuditTools } from '../../src/audit/checks/context.ts';
import type { Signer } from '../../src/audit/dsse.ts';
import { makeSigningKey, signerKeyOf, signerOf, verifySignature } from '../../src/audit/node/signatures.ts';
import { sealBundle } from '../../src/audit/seal.ts';
import { integersOf, labelsOf, remakeKey } from '../../src/pipeline/audit.ts';

export const expectNothing: AuditExpectation = {
  signer: null,
  key: null,
  model: null,
  context: null,
  audience: null,
  allowInsecureSetup: false,
};

export const tools: AuditTools = {
  verifySignature,
  signerKeyOf,
  remakeKey,
  labelsOf,
  integersOf,
  secondVerifier: null,
  verifiers: new Map(),
  version: '0.1.0',
  now: '2026-06-01T00:00:00Z',
};

export const signer: Signer = signerOf(makeSigningKey('ecdsa-p256-sha256').secret);

export function seal(source: AuditSource, by: Signer | null = signer): Map<string, Uint8Array> {
  return sealBundle({ ...source, signer: by?.key ?? null }, new Map(), by);
}

export function check(
  members: Members,
  expected: Partial<AuditExpectation> = {},
  other: Partial<AuditTools> = {},
): Promise<AuditVerdict> {
  return checkBundle({ members, expected: { ...expectNothing, ...expected }, tools: { ...tools, ...other } });
}

/** Members that a verdict fails, each once. */
export function failing({ findings }: AuditVerdict): (string | null)[] {
  return [...new Set(findings.flatMap(({ outcome, member }) => (outcome === 'fail' ? [member] : [])))];
}

/** The outcome and the reason of the finding with that claim. */
export function outcomeOf({ findings }: AuditVerdict, claim: string): string {
  const found = findings.filter((finding) => finding.claim === claim);
  return found.map(({ outcome, detail }) => `${outcome}: ${detail}`).join('\n');
}

export function withMember(members: Members, path: string, bytes: Uint8Array): Map<string, Uint8Array> {
  return new Map([...members, [path, bytes]]);
}

export function without(members: Members, ...paths: readonly string[]): Map<string, Uint8Array> {
  return new Map([...members].filter(([path]) => !paths.includes(path)));
}
