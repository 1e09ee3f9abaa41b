/** provenn as a library: the sanctioned exports. A test holds the list. Verification alone: import `provenn/verify`. */
export type { Circuit } from './artifact/circuit.ts';
export { circuitDigest, decodeCircuit, encodeCircuit } from './artifact/circuit-codec.ts';
export type { Commitment, Lease, Opening } from './artifact/commitment.ts';
export { decodeCommitment, decodeOpening, encodeCommitment, encodeOpening } from './artifact/commitment.ts';
export type { ProvingKey, VerifyingKey } from './artifact/keys.ts';
export {
  decodeProvingKey,
  decodeVerifyingKey,
  encodeProvingKey,
  encodeVerifyingKey,
  verifyingKeyDigest,
} from './artifact/keys.ts';
export { decodeLink, encodeLink, type Link } from './artifact/link.ts';
export type { Proof } from './artifact/proof.ts';
export { decodeProof, encodeProof } from './artifact/proof.ts';
export type { Port, QuantGraph } from './artifact/quant-graph.ts';
export type { Trace } from './artifact/trace.ts';
export type { Claims, Expectation, PublicTensor, Rejection, RejectionCode, Verdict } from './artifact/verdict.ts';
export { type ErrorCode, errorCatalogue, exitCodes, ProvennError } from './base/errors.ts';
export type { IntTensor } from './base/tensor.ts';
export * from './pipeline/index.ts';
export { type PreparedKey, prepareChain, prepareKey, verify, verifyProof } from './verify/index.ts';
