/** What every check is handed: the bundle, what the checker knows already, and what only the edge can do. */
import type { VerifyingKey } from '../../artifact/keys.ts';
import type { Port } from '../../artifact/quant-graph.ts';
import type { IntTensor } from '../../base/tensor.ts';
import type { Finding, Members, SignerKey } from '../bundle.ts';
import type { VerifySignature } from '../dsse.ts';

/** What the checker brings from elsewhere; null where nothing is expected. */
export type AuditExpectation = {
  /** Whoever is supposed to have signed. */
  readonly signer: SignerKey | null;
  /** Bytes of the verifying key. */
  readonly key: Uint8Array | null;
  /** Hexadecimal model digest. */
  readonly model: string | null;
  readonly context: Uint8Array | null;
  readonly audience: string | null;
  readonly allowInsecureSetup: boolean;
};

/** The answer of another verifier that shares no code with the first. */
export type SecondOpinion =
  /** Hexadecimal digests of what it took key and model for. */
  | { readonly ok: true; readonly keyDigest: string; readonly modelDigest: string }
  | { readonly ok: false; readonly reason: string }
  /** It does not know this proof system. */
  | { readonly ok: null; readonly reason: string };

export type AuditTools = {
  readonly verifySignature: VerifySignature;
  /** What kind of key a PEM file holds. Throws `FILE_MALFORMED`. */
  readonly signerKeyOf: (pem: Uint8Array) => SignerKey;
  /**
   * The key that the backend of a key makes from the key's circuit; null when it is not a function of the circuit: the weights
   * are hidden, or a setup went into it.
   */
  readonly remakeKey: (key: VerifyingKey) => Promise<Uint8Array | null>;
  /** Names of the classes in a preprocess.json. Throws `FILE_MALFORMED`. */
  readonly labelsOf: (preprocessing: Uint8Array) => readonly string[] | null;
  /** Integers behind the ports that read an image. Throws `FILE_MALFORMED` or `INPUT_MISMATCH`. */
  readonly integersOf: (
    image: Uint8Array,
    preprocessing: Uint8Array,
    ports: readonly Port[],
  ) => ReadonlyMap<string, IntTensor>;
  readonly secondVerifier: ((key: Uint8Array, proof: Uint8Array) => SecondOpinion) | null;
  /** The single-file verifiers of this installation, by path of the member. */
  readonly verifiers: Members;
  /** Version of this installation. */
  readonly version: string;
  /** The time of the check, as bundles spell it. */
  readonly now: string;
};

export type CheckContext = {
  readonly members: Members;
  readonly expected: AuditExpectation;
  readonly tools: AuditTools;
};

export function pass(claim: string, member: string | null, detail: string): Finding {
  return { claim, member, outcome: 'pass', detail };
}

export function fail(claim: string, member: string | null, detail: string): Finding {
  return { claim, member, outcome: 'fail', detail };
}

export function notChecked(claim: string, member: string | null, detail: string): Finding {
  return { claim, member, outcome: 'not-checked', detail };
}

/** What went wrong as a sentence: bundles are hostile, so even a fault of our own must not end the check without a verdict. */
export function sentenceOf(error: unknown): string {
  const text = error instanceof Error ? error.message : 'something that is no error was thrown';
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** The value, or a finding that says why there is none. */
export function attempt<T>(
  claim: string,
  member: string | null,
  act: () => T,
): { readonly value: T } | { readonly value: undefined; readonly finding: Finding } {
  try {
    return { value: act() };
  } catch (error) {
    return { value: undefined, finding: fail(claim, member, sentenceOf(error)) };
  }
}
