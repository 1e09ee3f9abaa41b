/** What a verifier asks of a proof system. The verifier decides everything about statements; a backend answers for bodies. */
import type { Circuit } from '../artifact/circuit.ts';
import type { KeyCommitment, VerifyingKey } from '../artifact/keys.ts';
import type { Link } from '../artifact/link.ts';
import type { Statement } from '../artifact/statement.ts';
import type { RejectionCode, Setup } from '../artifact/verdict.ts';

/** Soundness below which no key is made or accepted, nor any chain of links, in bits. */
export const requiredBits = 100;

/** Why a backend rejects a proof body. */
export class Rejected extends Error {
  readonly code: RejectionCode;

  constructor(code: RejectionCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** Bounds on what a cheating prover can do, as negative binary logarithms of probabilities. */
export type KeySoundness = {
  /** Of all terms together. */
  readonly bits: number;
  readonly terms: readonly { readonly name: string; readonly bits: number }[];
  /** The distance between a proof and what can be made without the secret; absent where it is zero by construction. */
  readonly zeroKnowledgeBits?: number;
};

/** A key that its backend has judged; the backend's own accepted keys say more. */
export type Accepted = {
  /** Name of the backend, by which its verifier is found. */
  readonly backend: string;
  readonly circuit: Circuit;
  readonly circuitDigest: Uint8Array;
  readonly modelDigest: Uint8Array;
  readonly keyDigest: Uint8Array;
  readonly commitments: readonly KeyCommitment[];
  readonly soundness: KeySoundness;
};

/** A link whose proof was checked: descriptors of the earlier and of the fresh commitment, which hold equal cells. */
export type AcceptedLink = { readonly from: Uint8Array; readonly to: Uint8Array; readonly bits: number };

/** The verifying half of a backend. */
export type BackendVerifier = {
  readonly name: string;
  /** Throws `KEY_REFUSED`. */
  accept(key: VerifyingKey): Accepted;
  /** The last of several keys, each linked to the one before it; null when the backend has no such links. */
  readonly acceptChain: ((keys: readonly VerifyingKey[]) => Accepted) | null;
  /** Checks a link between commitments; null when the backend has none. Throws `Rejected` or `BytesError`. */
  readonly acceptLink: ((link: Link) => AcceptedLink) | null;
  /** Where the secrets behind a key came from; `insecure` ones are refused unless the caller says otherwise. */
  setup(key: Accepted): Setup;
  /** Whether proofs under the key hide what is not public. */
  isZeroKnowledge(key: Accepted): boolean;
  /** Names of the commitments a statement is about, the key's and its own, by matrix. */
  commitments(key: Accepted, statement: Statement): ReadonlyMap<string, Uint8Array>;
  /**
   * Returns when the body establishes the statement under a key of this backend. Throws `Rejected`, or `BytesError` when the
   * body is malformed.
   */
  verifyBody(key: Accepted, statement: Statement, body: Uint8Array): void;
};
