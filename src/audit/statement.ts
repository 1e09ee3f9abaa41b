/**
 * The statement that is signed: an in-toto Statement v1 whose subjects are the proof and the values it shows. Its predicate says
 * what was proven and names every member of the bundle. A checker derives all of it again from the other members; only times,
 * audience and signer are the exporter's word.
 */
import type { HiddenTensor, PublicTensor } from '../artifact/verdict.ts';
import { toHex, utf8 } from '../base/bytes.ts';
import { canonicalJson, type Json, parseCanonicalJson } from '../base/canonical-json.ts';
import { sha256 } from '../base/sha256.ts';
import { type AuditSource, memberPaths } from './bundle.ts';
import { bundleSchema, type ManifestEntry, signedRootOf } from './manifest.ts';

const statementType = 'https://in-toto.io/Statement/v1';
const predicateType = 'urn:provenn:audit:1';

/** What the soundness of a proof rests on, by where the secrets behind its key came from. */
export const assumptions = {
  none: 'Error below 2^-bits for each hash query of a forger, with BLAKE3 as a random oracle. No setup.',
  ceremony: 'Knowledge of exponents over BN254, and one participant of the ceremony who destroyed their secret.',
  insecure: 'None: whoever made the key can forge proofs.',
} as const;

function portJson({ name, dims, dtype, quantization }: PublicTensor | HiddenTensor): Record<string, Json> {
  return { name, dims: [...dims], dtype, quantization: quantization === null ? null : { ...quantization } };
}

/** Every port with who learns it; intermediate tensors are never shown. */
function tensorsJson({ claims }: AuditSource): Json {
  const shown = (side: string, tensors: readonly PublicTensor[]): Json[] =>
    tensors.map((tensor) => ({ ...portJson(tensor), side, visibility: 'public', commitment: null, sample: null }));
  const hidden = claims.hidden.map((tensor) => ({
    ...portJson(tensor),
    side: tensor.side,
    visibility: tensor.commitment === null ? 'private' : 'committed',
    commitment: tensor.commitment,
    sample: tensor.sample === undefined ? null : { ...tensor.sample },
  }));
  return [...shown('input', claims.inputs), ...shown('output', claims.outputs), ...hidden];
}

/** Rounded down: a statement may promise less than there is, never more. */
function tenths(bits: number): number {
  return Math.floor(bits * 10) / 10;
}

/** Text when the context is one, so that people can read a nonce. */
function textOf(context: Uint8Array): string | null {
  const text = new TextDecoder('utf-8').decode(context);
  return /^[^\p{C}\ufffd]*$/u.test(text) ? text : null;
}

function hashOf(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : toHex(sha256(bytes));
}

function predicateOf(source: AuditSource, entries: readonly ManifestEntry[]): Json {
  const { claims, proof, key, accepted } = source;
  const digests = new Map(entries.map(({ path, sha256: digest }) => [path, digest]));
  return {
    model: {
      name: claims.model,
      digest: claims.modelDigest,
      onnx: hashOf(source.int8),
      float: hashOf(source.float),
      weights: claims.weights.length === 0 ? 'public' : 'committed',
      commitments: claims.weights.map((weights) => ({ ...weights })),
    },
    quantization: { profile: claims.profile, record: digests.get(memberPaths.quantization) ?? null },
    circuit: claims.circuitDigest,
    key: { digest: claims.keyDigest, file: hashOf(source.keyBytes) },
    proofSystem: {
      name: claims.backend,
      parameters: toHex(key.parameters),
      setup: claims.setup,
      soundnessBits: tenths(accepted.soundness.bits),
      assumption: assumptions[claims.setup],
      zeroKnowledge: claims.zeroKnowledge,
    },
    tensors: tensorsJson(source),
    context: { hex: claims.context, text: textOf(proof.statement.context) },
    audience: source.audience,
    createdAt: source.createdAt,
    expiresAt: source.expiresAt,
    bundle: {
      schema: bundleSchema,
      signedRoot: signedRootOf(entries),
      members: entries
        .filter(({ path }) => path !== memberPaths.statement)
        .map(({ path, sha256: digest }) => ({ path, sha256: digest })),
    },
  };
}

function subject(name: string, entries: readonly ManifestEntry[]): Json[] {
  return entries.filter(({ path }) => path === name).map((entry) => ({ name, digest: { sha256: entry.sha256 } }));
}

/** Bytes of the statement about a source and the members made from it. */
export function makeStatement(source: AuditSource, entries: readonly ManifestEntry[]): Uint8Array {
  return utf8(
    canonicalJson({
      _type: statementType,
      subject: [...subject(memberPaths.proof, entries), ...subject(memberPaths.values, entries)],
      predicateType,
      predicate: predicateOf(source, entries),
    }),
  );
}

/** What only the exporter knows, and the members it says there are. */
export type StatementWords = {
  readonly createdAt: string;
  readonly expiresAt: string | null;
  readonly audience: string | null;
  readonly members: ReadonlyMap<string, string>;
};

const instant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;

/** True for RFC 3339 in UTC with whole seconds: the one spelling of times in bundles, so that they compare as texts. */
export function isInstant(value: unknown): value is string {
  if (typeof value !== 'string' || !instant.test(value)) return false;
  const [year, month, day, hour, minute, second] = value.split(/[-T:Z]/).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
  return month >= 1 && month <= 12 && day >= 1 && day <= days && hour < 24 && minute < 60 && second < 60;
}

type Predicate = {
  readonly createdAt?: unknown;
  readonly expiresAt?: unknown;
  readonly audience?: unknown;
  readonly bundle?: { readonly members?: readonly { readonly path?: unknown; readonly sha256?: unknown }[] };
};

/** The exporter's words in a statement; null when it is not one of these. */
export function readStatement(payload: Uint8Array): StatementWords | null {
  try {
    const { predicate } = parseCanonicalJson(payload) as unknown as { readonly predicate: Predicate };
    const { createdAt, expiresAt, audience, bundle } = predicate;
    if (!isInstant(createdAt) || !(expiresAt === null || isInstant(expiresAt))) return null;
    if (!(audience === null || typeof audience === 'string')) return null;
    const members = new Map((bundle?.members ?? []).map(({ path, sha256: digest }) => [String(path), String(digest)]));
    return { createdAt, expiresAt, audience, members };
  } catch {
    return null;
  }
}
