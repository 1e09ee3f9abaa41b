/**
 * Signed statements: DSSE v1 envelopes in Sigstore bundles v0.3 with a public key of one's own. Nothing is sent anywhere, and no
 * transparency log is asked; whoever checks brings the key, or learns only that some key signed.
 */
import { fromBase64, toBase64 } from '../base/base64.ts';
import { concatBytes, toHex, utf8 } from '../base/bytes.ts';
import { canonicalJson, type Json, parseCanonicalJson } from '../base/canonical-json.ts';
import { sha256 } from '../base/sha256.ts';
import type { SignerKey } from './bundle.ts';

const mediaType = 'application/vnd.dev.sigstore.bundle.v0.3+json';
export const inTotoType = 'application/vnd.in-toto+json';

/** A key that signs, at the edge: ECDSA signatures are ASN.1 DER, those of Ed25519 64 bytes. */
export type Signer = { readonly key: SignerKey; readonly sign: (message: Uint8Array) => Uint8Array };

/** Checks one signature under a PEM public key, at the edge; a key that it cannot use is `unusable`. */
export type VerifySignature = (
  pem: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
) => 'valid' | 'invalid' | 'unusable';

/** Pre-authentication encoding: what is signed in place of the payload, so that no payload passes for one of another type. */
export function preAuthenticationEncoding(payloadType: string, payload: Uint8Array): Uint8Array {
  const type = utf8(payloadType);
  return concatBytes(utf8(`DSSEv1 ${type.length} `), type, utf8(` ${payload.length} `), payload);
}

/** The name of a public key in bundles: the SHA-256 of its PEM file. */
export function keyIdOf(pem: Uint8Array): string {
  return toHex(sha256(pem));
}

/** A Sigstore bundle over an in-toto statement. Without a signer it has no signature, and checkers say so. */
export function sealStatement(payload: Uint8Array, signer: Signer | null): Uint8Array {
  const message = preAuthenticationEncoding(inTotoType, payload);
  const signatures = signer === null ? [] : [{ keyid: '', sig: toBase64(signer.sign(message)) }];
  const bundle: Json = {
    mediaType,
    verificationMaterial: { publicKey: { hint: signer?.key.keyId ?? '' }, tlogEntries: [] },
    dsseEnvelope: { payload: toBase64(payload), payloadType: inTotoType, signatures },
  };
  return utf8(canonicalJson(bundle));
}

export type OpenedStatement = {
  readonly payload: Uint8Array;
  /** Name of the key that is said to have signed; empty when nobody has. */
  readonly hint: string;
  readonly signature: Uint8Array | null;
};

type Shape = {
  readonly verificationMaterial: { readonly publicKey: { readonly hint: string } };
  readonly dsseEnvelope: { readonly payload: string; readonly signatures: readonly { readonly sig: string }[] };
};

/** The statement in a bundle of the form that `sealStatement` writes; null for any other bytes. */
export function openStatement(bytes: Uint8Array): OpenedStatement | null {
  try {
    const { verificationMaterial, dsseEnvelope } = parseCanonicalJson(bytes) as unknown as Shape;
    const { hint } = verificationMaterial.publicKey;
    const payload = fromBase64(dsseEnvelope.payload);
    const [first, ...more] = dsseEnvelope.signatures.map(({ sig }) => fromBase64(sig));
    if (more.length > 0) return null;
    const signature = first ?? null;
    const key = { keyId: hint, algorithm: 'ed25519', pem: new Uint8Array(0) } as const;
    // One form for every statement: what is read is what would be written.
    const again = sealStatement(payload, signature === null ? null : { key, sign: () => signature });
    return canonicalText(again) === canonicalText(bytes) ? { payload, hint, signature } : null;
  } catch {
    return null;
  }
}

function canonicalText(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
}

export type SignatureState = 'unsigned' | 'valid' | 'invalid' | 'unusable';

/** Whether a statement is signed under this key. */
export function checkSignature(
  { payload, hint, signature }: OpenedStatement,
  pem: Uint8Array,
  verify: VerifySignature,
): SignatureState {
  if (signature === null) return 'unsigned';
  if (hint !== keyIdOf(pem)) return 'invalid';
  return verify(pem, preAuthenticationEncoding(inTotoType, payload), signature);
}
