/** Making the evidence that a key carries for its commitments, and the links between commitments. */
import type { Circuit } from '../../artifact/circuit.ts';
import type { CommittedTensor } from '../../artifact/commitment.ts';
import type { RangeEvidence } from '../../artifact/keys.ts';
import type { Link } from '../../artifact/link.ts';
import { digestLength } from '../../base/digest.ts';
import { assign } from './assign.ts';
import type { CommittedMatrix } from './commitment.ts';
import type { Parameters } from './config.ts';
import {
  evidenceKey,
  evidenceStatement,
  linkCircuit,
  previousMatrix,
  rangeCircuit,
  tensorsOfMatrix,
} from './evidence.ts';
import { acceptWithoutEvidence } from './key.ts';
import { proveBody } from './prover.ts';

type Opened = {
  readonly parameters: Parameters;
  readonly matrix: string;
  readonly opening: CommittedMatrix;
  /** Cells of the matrix, tensor by tensor. */
  readonly cells: readonly ArrayLike<number>[];
  /** 32 fresh bytes. */
  readonly randomness: Uint8Array;
};

export type EvidenceRequest = Opened & {
  readonly circuit: Circuit;
  /** The earlier commitment to the same cells, when the key is re-keyed. */
  readonly previous?: CommittedMatrix;
};

export type LinkRequest = Opened & {
  readonly tensors: readonly CommittedTensor[];
  readonly previous: CommittedMatrix;
};

function proveAbout(about: Circuit, request: Opened, previous: CommittedMatrix | null): Uint8Array {
  const { parameters, matrix, opening, randomness } = request;
  const key = acceptWithoutEvidence(evidenceKey(about, parameters));
  const own = request.cells.map((tensor) => Float64Array.from(tensor));
  const wires = previous === null ? own : [...own, ...own];
  const openings = new Map([[matrix, opening]]);
  if (previous !== null) openings.set(previousMatrix, previous);
  const statement = evidenceStatement(key, previous === null ? [opening.root] : [previous.root, opening.root]);
  return proveBody(key, statement, assign(key.system, { wires }), { randomness, openings });
}

/** Proves that the cells lie in their intervals. Spends one opening of every commitment involved. */
export function proveEvidence(request: EvidenceRequest): RangeEvidence {
  const { circuit, matrix, previous } = request;
  const tensors = tensorsOfMatrix(circuit, matrix);
  if (previous === undefined) return { kind: 'range', proof: proveAbout(rangeCircuit(matrix, tensors), request, null) };
  const proof = proveAbout(linkCircuit(matrix, tensors), request, previous);
  return { kind: 'link', previousRoot: previous.root.slice(0, digestLength), proof };
}

/** Proves that a fresh commitment holds the cells of an earlier one. Spends one opening of both. */
export function proveLink(request: LinkRequest): Link {
  const { matrix, tensors, opening, previous, parameters } = request;
  const about = linkCircuit(matrix, tensors);
  const key = evidenceKey(about, parameters);
  return {
    backend: key.backend,
    parameters: key.parameters,
    matrix,
    tensors,
    previousRoot: previous.root,
    root: opening.root,
    from: previous.descriptor,
    to: opening.descriptor,
    proof: proveAbout(about, request, previous),
  };
}
