import { hash } from './blake3.ts';
import { blob, concat, list, sameBytes, text, utf8 } from './bytes.ts';
import type { Circuit, Interval } from './circuit.ts';
import { readCircuit } from './read-circuit.ts';
import { Reader } from './reader.ts';
import { demand, refuse } from './refusal.ts';

/** docs/formats.md: the kinds of files a verifier meets. */
export const kinds = { key: 3, proof: 5, commitment: 7, link: 9 } as const;

/** The payload of an envelope of the given kind, version 1. */
export function open(bytes: Uint8Array, kind: number): Uint8Array {
  const r = new Reader(bytes);
  demand(sameBytes(r.take(8), utf8('provenn\0')), 'malformed', 'this is no file of provenn');
  demand(r.u16() === kind, 'malformed', 'the file is of another kind');
  demand(r.u16() === 1, 'malformed', 'the file is of an unknown version');
  const payload = r.take(r.u64());
  const digest = r.digest();
  r.end();
  demand(sameBytes(digest, hash(bytes.subarray(0, -32))), 'malformed', 'the file is damaged');
  return payload;
}

export interface Parameters {
  readonly c: number;
  readonly kappa: number;
  readonly queries: number;
  readonly work1: number;
  readonly work2: number;
  readonly h: number;
  readonly t: number;
  readonly budget: number;
}

export interface KeyCommitment {
  readonly matrix: string;
  readonly root: Uint8Array;
  /** The root before, when the evidence is a link. */
  readonly previous?: Uint8Array;
  readonly proof: Uint8Array;
}

export interface Key {
  readonly backend: string;
  readonly parameters: Uint8Array;
  readonly circuit: Circuit;
  readonly circuitBytes: Uint8Array;
  readonly commitments: readonly KeyCommitment[];
  readonly digest: Uint8Array;
  readonly circuitDigest: Uint8Array;
  readonly modelDigest: Uint8Array;
}

/** A verifying key without its envelope. */
export function readKey(payload: Uint8Array): Key {
  const r = new Reader(payload);
  const backend = r.text();
  const parameters = r.blob();
  const { value: circuit, bytes: circuitBytes } = r.spanned(() => readCircuit(r));
  const commitments = r.list((): KeyCommitment => {
    const head = { matrix: r.text(), root: r.digest() };
    const previous = r.flag() ? { previous: r.digest() } : {};
    return { ...head, ...previous, proof: r.blob() };
  });
  r.end();
  return {
    ...{ backend, parameters, circuit, circuitBytes, commitments, digest: hash(payload) },
    ...modelDigests(parameters, circuitBytes, commitments),
  };
}

/** A circuit with hidden weights is an architecture; the commitments make it a model. */
function modelDigests(
  parameters: Uint8Array,
  circuitBytes: Uint8Array,
  commitments: readonly KeyCommitment[],
): Pick<Key, 'circuitDigest' | 'modelDigest'> {
  const circuitDigest = hash(circuitBytes);
  if (commitments.length === 0) return { circuitDigest, modelDigest: circuitDigest };
  const named = list(commitments, ({ matrix, root }) => concat(text(matrix), root));
  const model = concat(utf8('provenn/model/1'), circuitDigest, blob(parameters), named);
  return { circuitDigest, modelDigest: hash(model) };
}

export function readParameters(bytes: Uint8Array): Parameters {
  const r = new Reader(bytes);
  const first = { c: r.u8(), kappa: r.u8(), queries: r.u32(), work1: r.u8(), work2: r.u8(), h: r.u8() };
  const parameters = { ...first, t: r.u32(), budget: r.u32() };
  r.end();
  return parameters;
}

export interface Statement {
  readonly model: Uint8Array;
  readonly key: Uint8Array;
  readonly context: Uint8Array;
  readonly publics: readonly Int32Array[];
  readonly roots: readonly Uint8Array[];
}

export interface Proof {
  readonly backend: string;
  readonly statement: Statement;
  readonly body: Uint8Array;
}

export function readProof(bytes: Uint8Array): Proof {
  const r = new Reader(open(bytes, kinds.proof));
  const backend = r.text();
  const head = { model: r.digest(), key: r.digest(), context: r.blob() };
  demand(head.context.length <= 1024, 'malformed', 'the context is too long');
  const statement = { ...head, publics: r.list(() => r.integers()), roots: r.list(() => r.digest()) };
  const proof = { backend, statement, body: r.blob() };
  r.end();
  return proof;
}

export interface TensorShape {
  readonly name: string;
  readonly sizes: readonly number[];
  readonly interval: Interval;
}

export interface Link {
  readonly backend: string;
  readonly parameters: Uint8Array;
  readonly matrix: string;
  readonly tensors: readonly TensorShape[];
  readonly roots: readonly [Uint8Array, Uint8Array];
  readonly descriptors: readonly [Uint8Array, Uint8Array];
  readonly proof: Uint8Array;
}

function readShape(r: Reader): TensorShape {
  return { name: r.text(), sizes: r.sizes(), interval: { low: r.i32(), high: r.i32() } };
}

export function readLink(bytes: Uint8Array): Link {
  const r = new Reader(open(bytes, kinds.link));
  const link: Link = {
    ...{ backend: r.text(), parameters: r.blob(), matrix: r.text(), tensors: r.list(() => readShape(r)) },
    ...{ roots: [r.digest(), r.digest()], descriptors: [r.digest(), r.digest()], proof: r.blob() },
  };
  r.end();
  return link;
}

export interface Commitment {
  readonly backend: string;
  readonly matrix: string;
  readonly format: Pick<Parameters, 'c' | 'kappa' | 't'>;
  readonly tensors: readonly TensorShape[];
  readonly root: Uint8Array;
  readonly descriptor: Uint8Array;
}

export function readCommitment(bytes: Uint8Array): Commitment {
  const r = new Reader(open(bytes, kinds.commitment));
  const head = { backend: r.text(), matrix: r.text(), label: r.text() };
  const format = { c: r.u8(), kappa: r.u8(), t: r.u32() };
  if (r.u32() === 0) refuse('malformed', 'a commitment that serves no proof');
  const commitment = { ...head, format, tensors: r.list(() => readShape(r)), root: r.digest(), descriptor: r.digest() };
  r.end();
  return commitment;
}
