/**
 * Keys. A verifying key is a backend's name, its parameters and the circuit; pinning its digest pins the model, the
 * public weights and the soundness. A proving key adds the quantized model that the prover executes.
 */
import { ByteReader, ByteWriter } from '../base/bytes.ts';
import { digest } from '../base/digest.ts';
import type { Circuit } from './circuit.ts';
import { readCircuit, writeCircuit } from './circuit-codec.ts';
import { decodeCanonical, open, seal } from './envelope.ts';
import type { QuantGraph } from './quant-graph.ts';
import { readQuantGraph, writeQuantGraph } from './quant-graph-codec.ts';

/** `parameters` are the backend's own bytes; the backend decodes and judges them. */
export type VerifyingKey = { readonly backend: string; readonly parameters: Uint8Array; readonly circuit: Circuit };

export type ProvingKey = { readonly verifyingKey: VerifyingKey; readonly model: QuantGraph };

function writeVerifyingKey(key: VerifyingKey): Uint8Array {
  return new ByteWriter().text(key.backend).blob(key.parameters).raw(writeCircuit(key.circuit)).finish();
}

function readVerifyingKey(reader: ByteReader): VerifyingKey {
  const backend = reader.text();
  const parameters = reader.blob();
  return { backend, parameters, circuit: readCircuit(reader) };
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

function writeProvingKey(key: ProvingKey): Uint8Array {
  return new ByteWriter().blob(writeVerifyingKey(key.verifyingKey)).blob(writeQuantGraph(key.model)).finish();
}

function readProvingKey(reader: ByteReader): ProvingKey {
  const inner = new ByteReader(reader.blob());
  const verifyingKey = readVerifyingKey(inner);
  inner.end();
  const model = new ByteReader(reader.blob());
  const graph = readQuantGraph(model);
  model.end();
  return { verifyingKey, model: graph };
}

export function encodeProvingKey(key: ProvingKey): Uint8Array {
  return seal('proving-key', writeProvingKey(key));
}

/** Throws `ARTIFACT_TAMPERED` or `ARTIFACT_VERSION`. */
export function decodeProvingKey(bytes: Uint8Array): ProvingKey {
  return decodeCanonical('proving-key', open('proving-key', bytes), readProvingKey, writeProvingKey);
}
