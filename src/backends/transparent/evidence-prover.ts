/** Making the evidence that a key carries for its commitments, and what of a circuit a commitment is made to. */
import type { Circuit } from '../../artifact/circuit.ts';
import type { RangeEvidence } from '../../artifact/keys.ts';
import { digestLength } from '../../base/digest.ts';
import { assign } from './assign.ts';
import type { CommittedMatrix } from './commitment.ts';
import type { Parameters } from './config.ts';
import { evidenceKey, linkCircuit, previousMatrix, rangeCircuit } from './evidence.ts';
import { acceptWithoutEvidence } from './key.ts';
import { proveBody } from './prover.ts';

export type EvidenceRequest = {
  readonly circuit: Circuit;
  readonly parameters: Parameters;
  readonly matrix: string;
  readonly opening: CommittedMatrix;
  /** Cells of the matrix, tensor by tensor. */
  readonly cells: readonly ArrayLike<number>[];
  /** The earlier commitment to the same cells, when the key is re-keyed. */
  readonly previous?: CommittedMatrix;
  /** 32 fresh bytes. */
  readonly randomness: Uint8Array;
};

/** Proves that the cells lie in their intervals. Spends one opening of every commitment involved. */
export function proveEvidence(request: EvidenceRequest): RangeEvidence {
  const { circuit, parameters, matrix, opening, previous, randomness } = request;
  const about = previous === undefined ? rangeCircuit(circuit, matrix) : linkCircuit(circuit, matrix);
  const key = acceptWithoutEvidence(evidenceKey(about, parameters));
  const own = request.cells.map((tensor) => Float64Array.from(tensor));
  const wires = previous === undefined ? own : [...own, ...own];
  const openings = new Map([[matrix, opening]]);
  if (previous !== undefined) openings.set(previousMatrix, previous);
  const statement = {
    modelDigest: key.modelDigest,
    keyDigest: key.keyDigest,
    context: new Uint8Array(0),
    publics: [],
    commitments: previous === undefined ? [opening.root] : [previous.root, opening.root],
  };
  const proof = proveBody(key, statement, assign(key.system, { wires }), { randomness, openings });
  return previous === undefined
    ? { kind: 'range', proof }
    : { kind: 'link', previousRoot: previous.root.slice(0, digestLength), proof };
}
