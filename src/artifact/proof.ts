/** Proof file: the backend's name, the statement, and the backend's own bytes. */
import { type ByteReader, ByteWriter } from '../base/bytes.ts';
import { decodeCanonical, open, seal } from './envelope.ts';
import { readStatement, type Statement, writeStatement } from './statement.ts';

export type Proof = { readonly backend: string; readonly statement: Statement; readonly body: Uint8Array };

function writeProof(proof: Proof): Uint8Array {
  const out = new ByteWriter().text(proof.backend);
  writeStatement(out, proof.statement);
  return out.blob(proof.body).finish();
}

function readProof(reader: ByteReader): Proof {
  const backend = reader.text();
  const statement = readStatement(reader);
  return { backend, statement, body: reader.blob() };
}

export function encodeProof(proof: Proof): Uint8Array {
  return seal('proof', writeProof(proof));
}

/** Throws `ARTIFACT_TAMPERED` or `ARTIFACT_VERSION`. */
export function decodeProof(bytes: Uint8Array): Proof {
  return decodeCanonical('proof', open('proof', bytes), readProof, writeProof);
}
