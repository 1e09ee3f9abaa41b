/**
 * Commitments to integers that outlive a proof: weights, inputs, outputs. The commitment is public; the opening is the secret
 * with which its owner proves statements about it.
 */
import { type ByteReader, BytesError, ByteWriter } from '../base/bytes.ts';
import { digestLength } from '../base/digest.ts';
import { readInts, writeInts } from '../base/int-array.ts';
import { type Interval, product, type Shape } from '../base/tensor.ts';
import { decodeCanonical, open, seal } from './envelope.ts';

/** How the rows of a committed matrix are encoded; a root means nothing without it. */
export type CommitmentFormat = {
  readonly logRow: number;
  readonly logBlowup: number;
  /** Random coefficients per row: enough for `budget` proofs to open columns without telling anything. */
  readonly tail: number;
};

export type CommittedTensor = { readonly name: string; readonly sizes: Shape; readonly interval: Interval };

export type Commitment = {
  readonly backend: string;
  /** The matrix of circuits that this is a commitment for, such as `weights` or `input:image`. */
  readonly matrix: string;
  /** Free words of its owner. */
  readonly label: string;
  readonly format: CommitmentFormat;
  /** Most proofs that may open it, over its whole life. */
  readonly budget: number;
  readonly tensors: readonly CommittedTensor[];
  readonly root: Uint8Array;
  /** The name of the commitment: a hash of root, format, sizes and intervals. */
  readonly descriptor: Uint8Array;
};

/**
 * Which proofs a copy of an opening may make. There is one original; a lease is a copy with uses of its own, `portable` until
 * the machine that is to use it accepts it.
 */
export type Lease = {
  readonly kind: 'original' | 'portable' | 'accepted';
  readonly id: Uint8Array;
  /** Which uses of the budget are this copy's, counted from 1, increasing. */
  readonly uses: readonly number[];
};

export type Opening = {
  readonly commitment: Commitment;
  readonly lease: Lease;
  /** From which the commitment's random coefficients and salts follow. */
  readonly seed: Uint8Array;
  readonly cells: readonly Int32Array[];
};

export const leaseIdLength = 16;
const leaseKinds = ['original', 'portable', 'accepted'] as const;

/** Smallest encoding of a tensor: empty name, no sizes, an interval. */
const smallestTensor = 4 + 4 + 8;

export function writeTensors(out: ByteWriter, tensors: readonly CommittedTensor[]): void {
  out.u32(tensors.length);
  for (const { name, sizes, interval } of tensors) {
    out.text(name).u32(sizes.length);
    for (const size of sizes) out.u32(size);
    out.i32(interval[0]).i32(interval[1]);
  }
}

function readTensor(reader: ByteReader): CommittedTensor {
  const name = reader.text();
  const sizes = Array.from({ length: reader.count(4) }, () => reader.u32());
  return { name, sizes, interval: [reader.i32(), reader.i32()] };
}

export function readTensors(reader: ByteReader): CommittedTensor[] {
  return Array.from({ length: reader.count(smallestTensor) }, () => readTensor(reader));
}

function writeCommitment(out: ByteWriter, commitment: Commitment): void {
  const { logRow, logBlowup, tail } = commitment.format;
  out.text(commitment.backend).text(commitment.matrix).text(commitment.label);
  out.u8(logRow).u8(logBlowup).u32(tail).u32(commitment.budget);
  writeTensors(out, commitment.tensors);
  out.raw(commitment.root).raw(commitment.descriptor);
}

function readCommitment(reader: ByteReader): Commitment {
  const backend = reader.text();
  const matrix = reader.text();
  const label = reader.text();
  const format = { logRow: reader.u8(), logBlowup: reader.u8(), tail: reader.u32() };
  const budget = reader.u32();
  const tensors = readTensors(reader);
  const root = reader.raw(digestLength);
  return { backend, matrix, label, format, budget, tensors, root, descriptor: reader.raw(digestLength) };
}

function commitmentPayload(commitment: Commitment): Uint8Array {
  const out = new ByteWriter();
  writeCommitment(out, commitment);
  return out.finish();
}

export function encodeCommitment(commitment: Commitment): Uint8Array {
  return seal('commitment', commitmentPayload(commitment));
}

/** Throws `ARTIFACT_TAMPERED` or `ARTIFACT_VERSION`; whether the descriptor is that of the rest is the backend's to say. */
export function decodeCommitment(bytes: Uint8Array): Commitment {
  return decodeCanonical('commitment', open('commitment', bytes), readCommitment, commitmentPayload);
}

function openingPayload({ commitment, lease, seed, cells }: Opening): Uint8Array {
  const out = new ByteWriter();
  writeCommitment(out, commitment);
  out.u8(leaseKinds.indexOf(lease.kind)).raw(lease.id).u32(lease.uses.length);
  for (const use of lease.uses) out.u32(use);
  out.raw(seed);
  for (const tensor of cells) writeInts(out, tensor);
  return out.finish();
}

function readOpening(reader: ByteReader): Opening {
  const commitment = readCommitment(reader);
  const kind = leaseKinds[reader.u8()];
  if (kind === undefined) throw new BytesError('unknown kind of lease');
  const id = reader.raw(leaseIdLength);
  const uses = Array.from({ length: reader.count(4) }, () => reader.u32());
  const increasing = uses.every((use, i) => use > (uses[i - 1] ?? 0) && use <= commitment.budget);
  if (!increasing) throw new BytesError('a lease of uses that the budget does not have');
  const seed = reader.raw(digestLength);
  const cells = commitment.tensors.map(({ name, sizes }) => {
    const data = readInts(reader);
    if (data.length !== product(sizes)) throw new BytesError(`${name} has another number of cells than its sizes`);
    return data;
  });
  return { commitment, lease: { kind, id, uses }, seed, cells };
}

/** Secret bytes: whoever has them can make proofs about the commitment and read what it hides. */
export function encodeOpening(opening: Opening): Uint8Array {
  return seal('opening', openingPayload(opening));
}

/** Throws `ARTIFACT_TAMPERED` or `ARTIFACT_VERSION`. */
export function decodeOpening(bytes: Uint8Array): Opening {
  return decodeCanonical('opening', open('opening', bytes), readOpening, openingPayload);
}
