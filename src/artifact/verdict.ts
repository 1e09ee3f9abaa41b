/** Verdict: the verifier's answer, made only of what the verifier itself derived. */
import type { Dtype, Shape } from '../base/tensor.ts';
import type { Quantization } from './quant-graph.ts';

/** Why a proof was rejected. Codes are stable; `message` is for people. */
export const rejectionCodes = [
  'malformed',
  'backend',
  'key',
  'setup',
  'model',
  'statement',
  'context',
  'input',
  'output',
  'relation',
  'proof-of-work',
  'opening',
  'commitment',
  'link',
] as const;

export type RejectionCode = (typeof rejectionCodes)[number];

/**
 * Where the secrets behind a key came from: there are none; a ceremony, sound while one participant destroyed theirs; or one
 * party who could keep them and prove anything.
 */
export type Setup = 'none' | 'ceremony' | 'insecure';

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

/** One port whose integers the proof is about and does not show. */
export type HiddenTensor = {
  readonly side: 'input' | 'output';
  readonly name: string;
  readonly tensor: string;
  readonly dims: Shape;
  readonly dtype: Dtype;
  readonly quantization: Quantization | null;
  /** Hexadecimal descriptor of the commitment that holds the integers; null when only this proof knows them. */
  readonly commitment: string | null;
  /** The commitment that was expected, when links with equal cells lead from it to the one above. */
  readonly linkedFrom?: string;
  /** Present when the integers are one sample of a committed data set. */
  readonly sample?: Sample;
};

/** `index` counts from 0; null when the proof does not say which of the `count` samples it is about. */
export type Sample = { readonly count: number; readonly index: number | null };

/** Hidden weights: the name of their matrix in the circuit and the hexadecimal descriptor of the commitment the key fixes. */
export type HiddenWeights = { readonly matrix: string; readonly commitment: string };

/** What an accepted proof establishes, and what it does not. */
export type Claims = {
  readonly backend: string;
  readonly model: string;
  /** Integer semantics of the network. */
  readonly profile: string;
  /** Names the architecture, and with it the model unless weights are hidden. */
  readonly circuitDigest: string;
  /** Names the model: the circuit digest while weights are public, else a digest of it and of the commitments to them. */
  readonly modelDigest: string;
  readonly keyDigest: string;
  /** Digest of the pinned key, when the proof's key was re-keyed from it and the links were followed. */
  readonly linkedFrom?: string;
  readonly context: string;
  /** Ports whose integers are claimed. */
  readonly inputs: readonly PublicTensor[];
  readonly outputs: readonly PublicTensor[];
  /** Ports whose integers are not shown: the proof says that there are some. */
  readonly hidden: readonly HiddenTensor[];
  /** Empty when the weights are public, part of the circuit. */
  readonly weights: readonly HiddenWeights[];
  readonly setup: Setup;
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
  /** Hexadecimal model digest. */
  readonly model?: string;
  /** Hexadecimal descriptors of commitments, by the name of the matrix in the circuit. */
  readonly commitments?: ReadonlyMap<string, string>;
};
