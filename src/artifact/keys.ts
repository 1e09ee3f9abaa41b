/**
 * Keys. A verifying key is a backend's name, its parameters, the circuit and the commitments to hidden weights; pinning its
 * digest pins the model, its weights and the soundness. A proving key adds the quantized model that the prover executes.
 */
import { ByteReader, BytesError, ByteWriter, utf8 } from '../base/bytes.ts';
import { digest, digestLength } from '../base/digest.ts';
import type { Circuit } from './circuit.ts';
import { circuitDigest, readCircuit, writeCircuit } from './circuit-codec.ts';
import { decodeCanonical, open, seal } from './envelope.ts';
import type { QuantGraph } from './quant-graph.ts';
import { readQuantGraph, writeQuantGraph } from './quant-graph-codec.ts';

/**
 * Why the cells behind a commitment lie in their declared intervals: a proof about the commitment itself, or one that its
 * cells equal those of an earlier commitment and lie there.
 */
export type RangeEvidence =
  | { readonly kind: 'range'; readonly proof: Uint8Array }
  | { readonly kind: 'link'; readonly previousRoot: Uint8Array; readonly proof: Uint8Array };

/** A long-lived matrix of the circuit that the key fixes: whoever pins the key pins its content without seeing it. */
export type KeyCommitment = { readonly matrix: string; readonly root: Uint8Array; readonly evidence: RangeEvidence };

export type VerifyingKey = {
  readonly backend: string;
  /** The backend's own bytes; the backend decodes and judges them. */
  readonly parameters: Uint8Array;
  readonly circuit: Circuit;
  /** One for each matrix of the circuit that no gadget confines, in the order of their first wires. */
  readonly commitments: readonly KeyCommitment[];
};

export type ProvingKey = {
  readonly verifyingKey: VerifyingKey;
  readonly model: QuantGraph;
  /** What the backend's prover needs besides: its own bytes, empty when circuit and parameters suffice. */
  readonly material: Uint8Array;
};

/** Bytes of a commitment with an empty name and an empty proof. */
const smallestCommitment = 4 + digestLength + 1 + 4;

const evidenceKinds = ['range', 'link'] as const;

function writeCommitment(out: ByteWriter, { matrix, root, evidence }: KeyCommitment): void {
  out.text(matrix).raw(root).u8(evidenceKinds.indexOf(evidence.kind));
  if (evidence.kind === 'link') out.raw(evidence.previousRoot);
  out.blob(evidence.proof);
}

function readCommitment(reader: ByteReader): KeyCommitment {
  const matrix = reader.text();
  const root = reader.raw(digestLength);
  const kind = evidenceKinds[reader.u8()];
  if (kind === undefined) throw new BytesError('unknown evidence for a commitment');
  if (kind === 'range') return { matrix, root, evidence: { kind, proof: reader.blob() } };
  const previousRoot = reader.raw(digestLength);
  return { matrix, root, evidence: { kind, previousRoot, proof: reader.blob() } };
}

function writeVerifyingKey(key: VerifyingKey, circuit: Uint8Array = writeCircuit(key.circuit)): Uint8Array {
  const out = new ByteWriter().text(key.backend).blob(key.parameters).raw(circuit);
  out.u32(key.commitments.length);
  for (const commitment of key.commitments) writeCommitment(out, commitment);
  return out.finish();
}

function readVerifyingKey(reader: ByteReader): VerifyingKey {
  const backend = reader.text();
  const parameters = reader.blob();
  const circuit = readCircuit(reader);
  const commitments = Array.from({ length: reader.count(smallestCommitment) }, () => readCommitment(reader));
  return { backend, parameters, circuit, commitments };
}

export function encodeVerifyingKey(key: VerifyingKey): Uint8Array {
  return seal('verifying-key', writeVerifyingKey(key));
}

/** Throws `ARTIFACT_TAMPERED` or `ARTIFACT_VERSION`; whether the key is sound is the backend's judgement. */
export function decodeVerifyingKey(bytes: Uint8Array): VerifyingKey {
  return decodeCanonical('verifying-key', open('verifying-key', bytes), readVerifyingKey, writeVerifyingKey);
}

/** The name of a key in every statement. */
export function verifyingKeyDigest(key: VerifyingKey): Uint8Array {
  return digest(writeVerifyingKey(key));
}

/**
 * The name of a model in every statement. Public weights are part of the circuit, whose digest then says it all; a circuit
 * with hidden weights is an architecture, which becomes a model by the commitments to them.
 */
export function modelDigest(key: VerifyingKey): Uint8Array {
  return modelDigestOf(circuitDigest(key.circuit), key);
}

/** The names of a key, its model and its circuit, which may hold millions of weights and is encoded once. */
export function keyDigests(key: VerifyingKey): {
  readonly circuitDigest: Uint8Array;
  readonly modelDigest: Uint8Array;
  readonly keyDigest: Uint8Array;
} {
  const circuit = writeCircuit(key.circuit);
  const architecture = digest(circuit);
  return {
    circuitDigest: architecture,
    modelDigest: modelDigestOf(architecture, key),
    keyDigest: digest(writeVerifyingKey(key, circuit)),
  };
}

/** The parameters belong to the name of hidden weights: under another row format the same root may open to other cells. */
function modelDigestOf(architecture: Uint8Array, { parameters, commitments }: VerifyingKey): Uint8Array {
  if (commitments.length === 0) return architecture;
  const out = new ByteWriter().raw(utf8('provenn/model/1')).raw(architecture).blob(parameters).u32(commitments.length);
  for (const { matrix, root } of commitments) out.text(matrix).raw(root);
  return digest(out.finish());
}

function writeProvingKey(key: ProvingKey): Uint8Array {
  const { verifyingKey, model, material } = key;
  return new ByteWriter().blob(writeVerifyingKey(verifyingKey)).blob(writeQuantGraph(model)).blob(material).finish();
}

function readProvingKey(reader: ByteReader): ProvingKey {
  const inner = new ByteReader(reader.blob());
  const verifyingKey = readVerifyingKey(inner);
  inner.end();
  const model = new ByteReader(reader.blob());
  const graph = readQuantGraph(model);
  model.end();
  return { verifyingKey, model: graph, material: reader.blob() };
}

export function encodeProvingKey(key: ProvingKey): Uint8Array {
  return seal('proving-key', writeProvingKey(key));
}

/** Throws `ARTIFACT_TAMPERED` or `ARTIFACT_VERSION`. */
export function decodeProvingKey(bytes: Uint8Array): ProvingKey {
  return decodeCanonical('proving-key', open('proving-key', bytes), readProvingKey, writeProvingKey);
}
