/**
 * The audit bundle: what its members are called, what they are made from, and what a check says about them.
 *
 * Everything here is a plain value. Clock, environment, files and signatures come from the edge; whoever checks a bundle
 * rebuilds an `AuditSource` from its members and makes the derived ones again, byte for byte.
 */

import type { VerifyingKey } from '../artifact/keys.ts';
import type { Proof } from '../artifact/proof.ts';
import type { QuantGraph } from '../artifact/quant-graph.ts';
import type { Trace } from '../artifact/trace.ts';
import type { Claims } from '../artifact/verdict.ts';
import type { Accepted } from '../backends/verifying.ts';
import { equalBytes } from '../base/bytes.ts';

/** Content by path. Paths are relative, with `/` between parts; the order of a bundle is that of their UTF-16 code units. */
export type Members = ReadonlyMap<string, Uint8Array>;

/** Every path a bundle may have. What is not listed here does not belong in one. */
export const memberPaths = {
  manifest: 'manifest.json',
  statement: 'statement.sigstore.json',
  signer: 'keys/signer.pem',
  verifyingKey: 'keys/verifying.key',
  proof: 'proof/answer.proof',
  int8Model: 'model/model.int8.onnx',
  floatModel: 'model/model.onnx',
  modelSignature: 'model/model.sig',
  weightsCommitment: 'model/weights.commitment',
  values: 'io/values.json',
  commitments: 'io/commitments.json',
  preprocessing: 'io/preprocess.json',
  image: 'io/input.png',
  circuit: 'circuit/circuit.bin',
  circuitListing: 'circuit/listing.txt',
  circuitCounts: 'circuit/counts.json',
  quantization: 'quantization.json',
  bom: 'bom.cdx.json',
  environment: 'environment.json',
  events: 'events.jsonl',
  report: 'report.html',
  instructions: 'VERIFY.md',
  verifierPage: 'verify.html',
  verifierProgram: 'verify.mjs',
} as const;

/** What the machine and the program were, as the edge saw them. */
export type Environment = {
  readonly provenn: string;
  /** Name and version of the JavaScript engine's host, such as `node 24.1.0`. */
  readonly runtime: string;
  readonly platform: string;
  readonly processor: string;
  /** Sorted names of processor features; null where they could not be read. */
  readonly features: readonly string[] | null;
  /** SHA-256 of the lock file of the installation, hexadecimal; null when there is none. */
  readonly lockfileDigest: string | null;
};

/** Something that happened before the bundle was made; digests are hexadecimal, by the name of what they are of. */
export type AuditEvent = {
  readonly kind: string;
  /** RFC 3339 in UTC; null when nobody wrote it down. */
  readonly time: string | null;
  readonly digests: { readonly [name: string]: string };
};

/** Error that quantization brought to one activation, measured over the calibration samples. */
export type LayerError = {
  readonly name: string;
  readonly op: string;
  readonly maxError: number;
  readonly meanError: number;
  /** Signal to quantization noise in decibels; null when there was no noise. */
  readonly sqnr: number | null;
};

/** How the int8 model compares with the float model it was made from. Measured with onnxruntime, not provable. */
export type FloatComparison = {
  /** SHA-256 of the calibration file, hexadecimal. */
  readonly calibrationDigest: string;
  readonly samples: number;
  /** Share of samples on which both models give the same class. */
  readonly agreement: number;
  readonly layers: readonly LayerError[];
};

/** A public key for signatures. */
export type SignerKey = {
  /** SHA-256 of the PEM file, hexadecimal: what `sha256sum` prints for it. */
  readonly keyId: string;
  readonly algorithm: 'ecdsa-p256-sha256' | 'ed25519';
  /** The key as a PEM file (SubjectPublicKeyInfo). */
  readonly pem: Uint8Array;
};

/** Everything members are made from. A checker builds the same value from the bundle, so derived members can be compared. */
export type AuditSource = {
  /** RFC 3339, UTC, whole seconds. */
  readonly createdAt: string;
  readonly expiresAt: string | null;
  /** Whom the exporter means the bundle for; what the proof itself is bound to is its context. */
  readonly audience: string | null;
  readonly environment: Environment;
  readonly events: readonly AuditEvent[];
  /** The ONNX file; null when weights are hidden, also for the one who knows them. */
  readonly int8: Uint8Array | null;
  readonly float: Uint8Array | null;
  /** The commitment file of hidden weights, where the backend has one. */
  readonly weightsCommitment: Uint8Array | null;
  readonly comparison: FloatComparison | null;
  /** The int8 model as exact integer arithmetic; null when weights are hidden. */
  readonly graph: QuantGraph | null;
  readonly key: VerifyingKey;
  readonly keyBytes: Uint8Array;
  /** The key as its backend judged it: circuit, digests, soundness. */
  readonly accepted: Accepted;
  readonly proof: Proof;
  readonly proofBytes: Uint8Array;
  /** What the verifier derived. */
  readonly claims: Claims;
  /** Every tensor of the run, when the model and all its inputs are public; otherwise null. */
  readonly trace: Trace | null;
  /** preprocess.json as it was given. */
  readonly preprocessing: Uint8Array | null;
  /** Names of the classes, from the preprocessing. */
  readonly labels: readonly string[] | null;
  /** The input as a PNG file, when inputs are public and it was one. */
  readonly image: Uint8Array | null;
  /** Who signs; null for an unsigned bundle. */
  readonly signer: SignerKey | null;
};

export type Outcome = 'pass' | 'fail' | 'not-checked';

/** One line of the verdict on a bundle. */
export type Finding = {
  /** What is claimed, such as "the circuit is the one the model compiles to". */
  readonly claim: string;
  /** Path of the member concerned; null when the claim is about the whole. */
  readonly member: string | null;
  readonly outcome: Outcome;
  /** What was compared, or why it failed or was not checked: one sentence. */
  readonly detail: string;
};

export type AuditVerdict = {
  /** False as soon as one finding is a failure. */
  readonly ok: boolean;
  readonly findings: readonly Finding[];
};

/** A group of derived members: how they are made, and what a checker finds out about them. */
export type MemberGroup = {
  readonly paths: readonly string[];
  /** The members of this group that the source allows to make. */
  make(source: AuditSource): Members;
  /** `source` was rebuilt from the members; whoever checks trusts none of them yet. */
  check(members: Members, source: AuditSource): readonly Finding[];
};

/** A derived member against what it must be: whatever is not those bytes, absent included, is a failure. */
export function compareMember(
  claim: string,
  member: string,
  members: Members,
  expected: Uint8Array | undefined,
): Finding {
  const found = members.get(member);
  const isSame = found === undefined || expected === undefined ? found === expected : equalBytes(found, expected);
  if (isSame) return { claim, member, outcome: 'pass', detail: 'Made again from the other members, byte for byte.' };
  const detail =
    found === undefined
      ? 'It is missing.'
      : expected === undefined
        ? 'It has no place in this bundle.'
        : 'Made again from the other members, it is different.';
  return { claim, member, outcome: 'fail', detail };
}

/** One failure makes the verdict fail; what was not checked does not, but stands in it. */
export function auditVerdict(findings: readonly Finding[]): AuditVerdict {
  return { ok: findings.every(({ outcome }) => outcome !== 'fail'), findings };
}
