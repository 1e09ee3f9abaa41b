/** Signatures with the system's cryptography: ECDSA over P-256, which model-signing tools expect, and Ed25519. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { utf8 } from '../../base/bytes.ts';
import { ProvennError } from '../../base/errors.ts';
import type { SignerKey } from '../bundle.ts';
import { keyIdOf, type Signer, type VerifySignature } from '../dsse.ts';

export const signatureAlgorithms = ['ecdsa-p256-sha256', 'ed25519'] as const;

/** The algorithm a key is for; null for keys of other kinds. */
function algorithmOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): SignerKey['algorithm'] | null {
  if (asymmetricKeyType === 'ed25519') return 'ed25519';
  return asymmetricKeyType === 'ec' && asymmetricKeyDetails?.namedCurve === 'prime256v1' ? 'ecdsa-p256-sha256' : null;
}

/** Ed25519 hashes for itself. */
function hashOf(algorithm: SignerKey['algorithm']): string | null {
  return algorithm === 'ed25519' ? null : 'sha256';
}

/** By way of the coordinates: a point of a curve has three encodings (SEC 1, section 2.3.3), and a key here has one file. */
function publicPem(key: KeyObject): Uint8Array {
  const same = createPublicKey({ key: key.export({ format: 'jwk' }), format: 'jwk' });
  return utf8(same.export({ type: 'spki', format: 'pem' }).toString());
}

/** A fresh key pair as PEM files: PKCS #8 and SubjectPublicKeyInfo. */
export function makeSigningKey(algorithm: SignerKey['algorithm']): {
  readonly secret: Uint8Array;
  readonly pem: Uint8Array;
} {
  const { privateKey, publicKey } =
    algorithm === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { secret: utf8(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()), pem: publicPem(publicKey) };
}

function unusable(what: string, cause?: unknown): ProvennError {
  return new ProvennError(
    'FILE_MALFORMED',
    `The ${what} cannot be used: it is no PEM key for ECDSA over P-256 or Ed25519.`,
    {
      next: 'Make a pair with: provenn audit keygen -o DIR',
      cause,
    },
  );
}

/** The signer with a secret key in PEM. Throws `FILE_MALFORMED`. */
export function signerOf(secret: Uint8Array): Signer {
  let key: KeyObject;
  try {
    key = createPrivateKey(Buffer.from(secret));
  } catch (cause) {
    throw unusable('signing key', cause);
  }
  const algorithm = algorithmOf(key);
  if (algorithm === null) throw unusable('signing key');
  const pem = publicPem(createPublicKey(key));
  return {
    key: { keyId: keyIdOf(pem), algorithm, pem },
    sign: (message) => Uint8Array.from(sign(hashOf(algorithm), message, key)),
  };
}

function readPublicKey(pem: Uint8Array): KeyObject | null {
  try {
    const text = new TextDecoder().decode(pem);
    // A secret key would give its public one.
    return /^-----BEGIN PUBLIC KEY-----\r?\n/.test(text) ? createPublicKey(text) : null;
  } catch {
    return null;
  }
}

/** The public key in a PEM file, in the one form in which bundles hold it. Throws `FILE_MALFORMED`. */
export function signerKeyOf(pem: Uint8Array): SignerKey {
  const key = readPublicKey(pem);
  const algorithm = key === null ? null : algorithmOf(key);
  if (key === null || algorithm === null) throw unusable('public key of the signer');
  const canonical = publicPem(key);
  return { keyId: keyIdOf(canonical), algorithm, pem: canonical };
}

export const verifySignature: VerifySignature = (pem, message, signature) => {
  const key = readPublicKey(pem);
  const algorithm = key === null ? null : algorithmOf(key);
  if (key === null || algorithm === null) return 'unusable';
  try {
    return verify(hashOf(algorithm), message, key, signature) ? 'valid' : 'invalid';
  } catch {
    return 'invalid';
  }
};
