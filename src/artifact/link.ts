/**
 * A link: the public proof that a fresh commitment holds the same integers as an earlier one, cell by cell. Whoever was shown
 * the earlier commitment can follow it to proofs that name the fresh one.
 */
import { type ByteReader, ByteWriter } from '../base/bytes.ts';
import { digestLength } from '../base/digest.ts';
import { type CommittedTensor, readTensors, writeTensors } from './commitment.ts';
import { decodeCanonical, open, seal } from './envelope.ts';

export type Link = {
  readonly backend: string;
  /** The backend's own bytes; the row format of both commitments is among them. */
  readonly parameters: Uint8Array;
  readonly matrix: string;
  readonly tensors: readonly CommittedTensor[];
  readonly previousRoot: Uint8Array;
  readonly root: Uint8Array;
  /** Descriptors of the two commitments, which follow from the rest. */
  readonly from: Uint8Array;
  readonly to: Uint8Array;
  readonly proof: Uint8Array;
};

function linkPayload(link: Link): Uint8Array {
  const out = new ByteWriter().text(link.backend).blob(link.parameters).text(link.matrix);
  writeTensors(out, link.tensors);
  return out.raw(link.previousRoot).raw(link.root).raw(link.from).raw(link.to).blob(link.proof).finish();
}

function readLink(reader: ByteReader): Link {
  return {
    backend: reader.text(),
    parameters: reader.blob(),
    matrix: reader.text(),
    tensors: readTensors(reader),
    previousRoot: reader.raw(digestLength),
    root: reader.raw(digestLength),
    from: reader.raw(digestLength),
    to: reader.raw(digestLength),
    proof: reader.blob(),
  };
}

export function encodeLink(link: Link): Uint8Array {
  return seal('link', linkPayload(link));
}

/** Throws `ARTIFACT_TAMPERED` or `ARTIFACT_VERSION`; whether the link holds is the verifier's to say. */
export function decodeLink(bytes: Uint8Array): Link {
  return decodeCanonical('link', open('link', bytes), readLink, linkPayload);
}
