/** Verdict: the verifier's answer, made only of what the verifier itself derived. */
import type { Dtype, Shape } from '../base/tensor.ts';
import type { Quantization } from './quant-graph.ts';

/** Why a proof was rejected. Codes are stable; `message` is for people. */
export const rejectionCodes = [
  'malformed',
  'backend',
  'key',
  'model',
  'statement',
  'context',
  'input',
  'output',
  'relation',
  'proof-of-work',
  'opening',
  'commitment',
] as const;

export type RejectionCode = (typeof rejectionCodes)[number];

export type Rejection = { readonly code: RejectionCode; readonly message: string };

/** One public tensor as the verifier recomputed it. */
export type PublicTensor = {
  readonly name: string;
  readonly tensor: string;
  readonly dims: Shape;
  readonly dtype: Dtype;
  readonly quantization: Quantization | null;
  /** The exact integers, row-major. */
  readonly integers: Int32Array;
  /** The verifier's own dequantisation when the port is float. */
  readonly values: Float32Array | null;
};

/** What an accepted proof establishes, and what it does not. */
export type Claims = {
  readonly backend: string;
  readonly model: string;
  /** Integer semantics of the network. */
  readonly profile: string;
  readonly circuitDigest: string;
  readonly keyDigest: string;
  readonly context: string;
  readonly inputs: readonly PublicTensor[];
  readonly outputs: readonly PublicTensor[];
  /** −log₂ of the soundness error, computed from the actual key. */
  readonly soundnessBits: number;
  /** False until the proof system masks its messages: whatever is not public may leak from the proof. */
  readonly zeroKnowledge: boolean;
};

export type Verdict =
  | { readonly ok: true; readonly claims: Claims }
  | { readonly ok: false; readonly reason: Rejection };

/** What the caller demands beyond a valid proof. Absent members are not checked. */
export type Expectation = {
  readonly context?: Uint8Array;
  /** Integers by input port name. */
  readonly inputs?: ReadonlyMap<string, ArrayLike<number>>;
  /** Integers by output port name. */
  readonly outputs?: ReadonlyMap<string, ArrayLike<number>>;
  /** Hexadecimal circuit digest. */
  readonly model?: string;
};
