/** An audit bundle, checked as `provenn audit check` checks it: everything in it is derived again, in this page. */

import { encodeVerifyingKey, type VerifyingKey } from '../artifact/keys.ts';
import { type AuditVerdict, type Members, memberPaths } from '../audit/bundle.ts';
import { checkBundle } from '../audit/check.ts';
import type { AuditExpectation, AuditTools } from '../audit/checks/context.ts';
import { readZip } from '../audit/zip.ts';
import { utf8 } from '../base/bytes.ts';
import { ProvennError } from '../base/errors.ts';
import { integersOf, labelsOf } from '../pipeline/audit.ts';
import { transparentKey } from '../pipeline/backends.ts';
import { secondOpinion } from '../pipeline/second-opinion.ts';
import { type Check, type Judgement, judge, type NamedFile } from './judge.ts';
import { signerKeyOf, withSignatures } from './signatures.ts';

export type BundleQuestion = {
  readonly bundle: NamedFile;
  /** The verifying key that the reader brings; null when none is expected. */
  readonly key: Uint8Array | null;
  /** PEM file of whoever should have signed. */
  readonly signer: NamedFile | null;
  /** Hexadecimal model digest; empty when none is expected. */
  readonly model: string;
  /** Empty when none is expected. */
  readonly context: string;
};

/** The key of the circuit, when it is a function of the circuit alone. */
async function remakeKey(key: VerifyingKey): Promise<Uint8Array | null> {
  if (key.commitments.length > 0) return null;
  const made = transparentKey(key.circuit).verifyingKey;
  return made.backend === key.backend ? encodeVerifyingKey(made) : null;
}

function now(): string {
  return new Date().toISOString().replace(/\.\d+Z$/, 'Z');
}

type Edge = Pick<AuditTools, 'verifySignature' | 'version'>;

function toolsOf({ verifySignature, version }: Edge): AuditTools {
  // Whoever opened this page cannot compare it with the one in the bundle; nor the program beside it.
  const verifiers = new Map<string, Uint8Array>();
  return {
    verifySignature,
    signerKeyOf,
    remakeKey,
    labelsOf,
    integersOf,
    secondVerifier: secondOpinion,
    verifiers,
    version,
    now: now(),
  };
}

function expectationOf({ key, signer, model, context }: BundleQuestion): AuditExpectation {
  return {
    signer: signer === null ? null : signerKeyOf(signer.bytes),
    key,
    model: model === '' ? null : model,
    context: context === '' ? null : utf8(context),
    audience: null,
    allowInsecureSetup: false,
  };
}

function checksOf({ findings }: AuditVerdict): Check[] {
  return findings.map(({ claim, member, outcome, detail }) => ({
    claim: `${claim.charAt(0).toUpperCase()}${claim.slice(1)}`,
    member,
    outcome,
    detail,
  }));
}

/** What the proof in the bundle shows, for the picture and the scores: nothing unless it is accepted. */
function shown(members: Members): Pick<Judgement, 'claims' | 'labels'> {
  const key = members.get(memberPaths.verifyingKey);
  const proof = members.get(memberPaths.proof);
  if (key === undefined || proof === undefined) return { claims: null, labels: null };
  const bytes = members.get(memberPaths.preprocessing);
  const preprocessing = bytes === undefined ? null : { name: memberPaths.preprocessing, bytes };
  const { claims, labels } = judge({ key, proof, preprocessing, input: null, model: '', context: '' });
  return { claims, labels };
}

/** Judges whatever it is given; only faults of this program throw. */
export async function judgeBundle(question: BundleQuestion, version: string): Promise<Judgement> {
  try {
    const members = readZip(question.bundle.bytes);
    const expected = expectationOf(question);
    const verdict = await withSignatures((verifySignature) =>
      checkBundle({ members, expected, tools: toolsOf({ verifySignature, version }) }),
    );
    return { ok: verdict.ok, checks: checksOf(verdict), ...shown(members) };
  } catch (error) {
    if (!(error instanceof ProvennError)) throw error;
    const check = { claim: 'The bundle can be checked', outcome: 'fail', detail: error.message } as const;
    return { ok: false, checks: [check], claims: null, labels: null };
  }
}
