/** Signatures of audit bundles with the browser's cryptography, which answers later: what is asked is collected, then answered. */
import type { SignerKey } from '../audit/bundle.ts';
import { keyIdOf, type VerifySignature } from '../audit/dsse.ts';
import { fromBase64, toBase64 } from '../base/base64.ts';
import { BytesError, concatBytes, equalBytes, fromHex, toHex, utf8 } from '../base/bytes.ts';
import { digest } from '../base/digest.ts';
import { ProvennError } from '../base/errors.ts';

type Algorithm = SignerKey['algorithm'];

/** What stands before the point in a SubjectPublicKeyInfo (RFC 5480, RFC 8410), and how long the point is. */
const forms: readonly { readonly algorithm: Algorithm; readonly prefix: Uint8Array; readonly point: number }[] = [
  {
    algorithm: 'ecdsa-p256-sha256',
    prefix: fromHex('3059301306072a8648ce3d020106082a8648ce3d03010703420004'),
    point: 64,
  },
  { algorithm: 'ed25519', prefix: fromHex('302a300506032b6570032100'), point: 32 },
];

function derOf(pem: Uint8Array): Uint8Array | null {
  const text = new TextDecoder().decode(pem);
  const body = /^-----BEGIN PUBLIC KEY-----\r?\n([A-Za-z0-9+/=\r\n]+)-----END PUBLIC KEY-----\s*$/.exec(text)?.[1];
  if (body === undefined) return null;
  try {
    return fromBase64(body.replace(/[\r\n]/g, ''));
  } catch (error) {
    if (error instanceof BytesError) return null;
    throw error;
  }
}

function algorithmOf(der: Uint8Array): Algorithm | null {
  const form = forms.find(
    ({ prefix, point }) => der.length === prefix.length + point && equalBytes(der.subarray(0, prefix.length), prefix),
  );
  return form?.algorithm ?? null;
}

/** The public key in a PEM file, in the one form in which bundles hold it. Throws `FILE_MALFORMED`. */
export function signerKeyOf(pem: Uint8Array): SignerKey {
  const der = derOf(pem);
  const algorithm = der === null ? null : algorithmOf(der);
  if (der === null || algorithm === null) {
    throw new ProvennError(
      'FILE_MALFORMED',
      'The public key of the signer is no PEM key for ECDSA over P-256 or Ed25519.',
    );
  }
  const lines = toBase64(der).match(/.{1,64}/g) ?? [];
  const canonical = utf8(['-----BEGIN PUBLIC KEY-----', ...lines, '-----END PUBLIC KEY-----', ''].join('\n'));
  return { keyId: keyIdOf(canonical), algorithm, pem: canonical };
}

/** The two numbers of an ASN.1 ECDSA signature, 32 bytes each, as browsers take them; null for anything but DER. */
export function rawSignature(der: Uint8Array): Uint8Array | null {
  if (der[0] !== 0x30 || der[1] !== der.length - 2) return null;
  const out = new Uint8Array(64);
  let at = 2;
  for (const end of [32, 64]) {
    const length = der[at + 1] ?? 0;
    const number = der.subarray(at + 2, at + 2 + length);
    if (der[at] !== 2 || length === 0 || number.length !== length) return null;
    const [first = 0, second = 0] = number;
    if (first >= 128 || (first === 0 && length > 1 && second < 128)) return null; // negative, or longer than needed
    const digits = first === 0 ? number.subarray(1) : number;
    if (digits.length > 32) return null;
    out.set(digits, end - digits.length);
    at += 2 + length;
  }
  return at === der.length ? out : null;
}

type Asked = { readonly pem: Uint8Array; readonly message: Uint8Array; readonly signature: Uint8Array };
type State = ReturnType<VerifySignature>;

const parameters: Readonly<
  Record<Algorithm, { readonly name: string; readonly namedCurve?: string; readonly hash?: string }>
> = {
  'ecdsa-p256-sha256': { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  ed25519: { name: 'Ed25519' },
};

function unsupported(name: string): ProvennError {
  return new ProvennError('DEPENDENCY_MISSING', `This browser does not check ${name} signatures for this page.`, {
    next: 'Open the page from a disk or over https, in a current browser; or use: provenn audit check',
  });
}

async function answer({ pem, message, signature }: Asked): Promise<State> {
  const der = derOf(pem);
  const algorithm = der === null ? null : algorithmOf(der);
  if (der === null || algorithm === null) return 'unusable';
  const raw = algorithm === 'ed25519' ? signature : rawSignature(signature);
  if (raw === null) return 'invalid';
  const kind = parameters[algorithm];
  // Browsers withhold it from pages that came over an unprotected connection.
  const { subtle } = crypto as { readonly subtle: SubtleCrypto | undefined };
  if (subtle === undefined) throw unsupported(kind.name);
  try {
    const key = await subtle.importKey('spki', Uint8Array.from(der), kind, false, ['verify']);
    const isValid = await subtle.verify(kind, key, Uint8Array.from(raw), Uint8Array.from(message));
    return isValid ? 'valid' : 'invalid';
  } catch (error) {
    if (error instanceof Error && error.name === 'NotSupportedError') throw unsupported(kind.name);
    return 'unusable'; // a point that is on no curve
  }
}

/** A signature makes room for the next question, so there are few rounds; a model and a statement are signed. */
const maximumRounds = 4;

/**
 * Runs `work` with a verifier of signatures. The browser verifies only later: a run asks, and the next one has the answers,
 * until nothing new is asked. A signature that nobody answered for is never valid.
 */
export async function withSignatures<T>(work: (verify: VerifySignature) => Promise<T>): Promise<T> {
  const answers = new Map<string, State>();
  for (let round = 1; ; round++) {
    const asked = new Map<string, Asked>();
    const result = await work((pem, message, signature) => {
      const name = toHex(concatBytes(digest(pem), digest(message), digest(signature)));
      const known = answers.get(name);
      if (known === undefined) asked.set(name, { pem, message, signature });
      return known ?? 'unusable';
    });
    if (asked.size === 0 || round === maximumRounds) return result;
    for (const [name, question] of asked) answers.set(name, await answer(question));
  }
}
