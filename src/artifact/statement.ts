/** Statement: what a proof claims, in the integers of the public wires. Everything else about it the verifier derives. */
import type { ByteReader, ByteWriter } from '../base/bytes.ts';
import { digestLength } from '../base/digest.ts';
import { readInts, writeInts } from '../base/int-array.ts';

export type Statement = {
  /** Which model: see `modelDigest`. */
  readonly modelDigest: Uint8Array;
  /** BLAKE3 of the verifying key's payload: which model under which parameters. */
  readonly keyDigest: Uint8Array;
  /** Session, audience or nonce chosen by whoever asked for the proof; empty when nobody did. At most 1024 bytes. */
  readonly context: Uint8Array;
  /** Integers of each public wire in the order of the circuit's wires, row-major. */
  readonly publics: readonly Int32Array[];
  /** Roots of the circuit's matrices that the key does not fix, such as committed inputs, in the order of their first wires. */
  readonly commitments: readonly Uint8Array[];
};

export const maximumContextLength = 1024;

export function writeStatement(out: ByteWriter, statement: Statement): void {
  out.raw(statement.modelDigest).raw(statement.keyDigest).blob(statement.context).u32(statement.publics.length);
  for (const values of statement.publics) writeInts(out, values);
  out.u32(statement.commitments.length);
  for (const root of statement.commitments) out.raw(root);
}

export function readStatement(reader: ByteReader): Statement {
  const modelDigest = reader.raw(32);
  const keyDigest = reader.raw(32);
  const context = reader.blob();
  const publics = Array.from({ length: reader.count(5) }, () => readInts(reader));
  const commitments = Array.from({ length: reader.count(digestLength) }, () => reader.raw(digestLength));
  return { modelDigest, keyDigest, context, publics, commitments };
}
