/**
 * io/: what the proof shows, as JSON that anybody can read, and the commitments to what it hides. Both follow from the key and the
 * proof alone, so a checker writes them again and compares.
 */
import type { PublicTensor } from '../artifact/verdict.ts';
import { utf8 } from '../base/bytes.ts';
import { canonicalJson, type Json } from '../base/canonical-json.ts';
import { type AuditSource, compareMember, type Finding, type Members, memberPaths } from './bundle.ts';

function tensorJson({ name, dims, dtype, quantization, integers, values }: PublicTensor): Json {
  return {
    name,
    dims: [...dims],
    dtype,
    integers: Array.from(integers),
    quantization: quantization === null ? null : { ...quantization },
    values: values === null ? null : Array.from(values),
  };
}

function makeValues({ claims }: AuditSource): Uint8Array {
  const { inputs, outputs, context } = claims;
  return utf8(canonicalJson({ context, inputs: inputs.map(tensorJson), outputs: outputs.map(tensorJson) }));
}

/** Absent when nothing is hidden behind a commitment. */
function makeCommitments({ claims }: AuditSource): Uint8Array | undefined {
  const ports = claims.hidden.filter(({ commitment }) => commitment !== null);
  if (ports.length + claims.weights.length === 0) return undefined;
  const entries = ports.map(({ side, name, commitment, sample }) => ({
    side,
    name,
    commitment,
    sample: sample === undefined ? null : { ...sample },
  }));
  return utf8(canonicalJson({ ports: entries, weights: claims.weights.map((weights) => ({ ...weights })) }));
}

export function makeIo(source: AuditSource): Map<string, Uint8Array> {
  const members = new Map([[memberPaths.values as string, makeValues(source)]]);
  const commitments = makeCommitments(source);
  if (commitments !== undefined) members.set(memberPaths.commitments, commitments);
  return members;
}

export function checkIo(members: Members, source: AuditSource): Finding[] {
  const made = makeIo(source);
  const compare = (claim: string, path: string): Finding => compareMember(claim, path, members, made.get(path));
  const isCommitted = made.has(memberPaths.commitments) || members.has(memberPaths.commitments);
  return [
    compare('the values are those the proof shows', memberPaths.values),
    ...(isCommitted ? [compare('the commitments are those of the key and the proof', memberPaths.commitments)] : []),
  ];
}
