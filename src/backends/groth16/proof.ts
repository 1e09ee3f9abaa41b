/** A Groth16 proof body: A (64 bytes), B (128), C (64), each in the byte form of EIP-197. */
import { ByteReader } from '../../base/bytes.ts';
import { type G1, type G2, g1Bytes, g2Bytes, readG1, readG2, writeG1, writeG2 } from './bn254.ts';

export type Groth16Proof = { readonly a: NonNullable<G1>; readonly b: NonNullable<G2>; readonly c: NonNullable<G1> };

export const bodyBytes: number = 2 * g1Bytes + g2Bytes;

export function encodeBody({ a, b, c }: Groth16Proof): Uint8Array {
  return Uint8Array.from([...writeG1(a), ...writeG2(b), ...writeG1(c)]);
}

/** Throws `BytesError` unless the body is three points of their groups, none at infinity. */
export function decodeBody(bytes: Uint8Array): Groth16Proof {
  const reader = new ByteReader(bytes);
  const proof = { a: readG1(reader.raw(g1Bytes)), b: readG2(reader.raw(g2Bytes)), c: readG1(reader.raw(g1Bytes)) };
  reader.end();
  return proof;
}
