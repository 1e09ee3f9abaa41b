/** Openings in the pipeline: made for a circuit's matrices, and turned back into what a backend proves with. */

import type { Circuit, WireId } from '../artifact/circuit.ts';
import { type Commitment, leaseIdLength, type Opening } from '../artifact/commitment.ts';
import type { VerifyingKey } from '../artifact/keys.ts';
import { matricesOf } from '../artifact/matrices.ts';
import { backendName, decodeParameters, type Parameters } from '../backends/transparent/config.ts';
import { type CommittedMatrix, commitMatrix, tensorsOfMatrix } from '../backends/transparent/index.ts';
import { type MatrixShape, shapeOfMatrix } from '../backends/transparent/matrix.ts';
import { equalBytes } from '../base/bytes.ts';
import { ProvennError } from '../base/errors.ts';
import type { IntTensor } from '../base/tensor.ts';

/** Fresh bytes from the system's generator, 32 at a time. */
export type Draw = () => Uint8Array;

/** An opening and the obligation to count its use. */
export type UsableOpening = {
  readonly opening: Opening;
  /**
   * Called once, before the proof is made: records the use durably, or throws when the opening may not be used. Whoever makes
   * more proofs than the budget allows gives the hidden integers away.
   */
  readonly claim: () => void;
};

/** The opening of a matrix among those given. Throws `USAGE`. */
export function givenOpening(matrix: string, given: readonly UsableOpening[]): UsableOpening | undefined {
  const found = given.filter(({ opening }) => opening.commitment.matrix === matrix);
  if (found.length <= 1) return found[0];
  throw new ProvennError('USAGE', `There are ${found.length} openings of "${matrix}".`, { next: 'Give one of them.' });
}

/** A commitment to some cells of a circuit's matrix, with everything to open it. */
export function makeOpening(
  circuit: Circuit,
  parameters: Parameters,
  matrix: string,
  cells: readonly ArrayLike<number>[],
  label: string,
  draw: Draw,
): { readonly opening: Opening; readonly committed: CommittedMatrix } {
  const { format } = shapeOfMatrix(circuit, parameters, matrix);
  const { budget } = parameters;
  const tensors = tensorsOfMatrix(circuit, matrix);
  return commitAfresh({ backend: backendName, matrix, label, format, budget, tensors }, cells, draw);
}

/** A commitment of which all but the content is given, to fresh randomness. */
export function commitAfresh(
  about: Omit<Commitment, 'root' | 'descriptor'>,
  cells: readonly ArrayLike<number>[],
  draw: Draw,
): { readonly opening: Opening; readonly committed: CommittedMatrix } {
  const seed = draw();
  const committed = commitMatrix(shapeOf(about), cells, seed);
  const { root, descriptor } = committed;
  const uses = Array.from({ length: about.budget }, (_, i) => i + 1);
  const lease = { kind: 'original', id: draw().slice(0, leaseIdLength), uses } as const;
  const commitment = { ...about, root, descriptor };
  return { opening: { commitment, lease, seed, cells: cells.map((tensor) => Int32Array.from(tensor)) }, committed };
}

function shapeOf({ format, tensors }: Pick<Commitment, 'format' | 'tensors'>): MatrixShape {
  return { format, tensors: tensors.map(({ sizes, interval }) => ({ sizes, interval })) };
}

/** The matrix an opening opens. Throws `ARTIFACT_TAMPERED` when its secrets are not those of its commitment. */
export function openMatrix({ commitment, cells, seed }: Opening): CommittedMatrix {
  const { root, descriptor } = commitment;
  const made = commitMatrix(shapeOf(commitment), cells, seed);
  if (equalBytes(made.root, root) && equalBytes(made.descriptor, descriptor)) return made;
  throw new ProvennError('ARTIFACT_TAMPERED', 'The opening does not open its commitment.', {
    next: 'Use the opening as it was written.',
  });
}

/** Cells of a circuit's wires that an opening holds. Throws `INPUT_MISMATCH` when it belongs to another circuit. */
export function cellsByWire(circuit: Circuit, { commitment, cells }: Opening): Map<WireId, Int32Array> {
  const wires = matricesOf(circuit).find(({ name }) => name === commitment.matrix)?.wires ?? [];
  const fits =
    wires.length === cells.length &&
    wires.every((wire, i) => circuit.wires[wire]?.sizes.join() === commitment.tensors[i]?.sizes.join());
  if (!fits || wires.length === 0) {
    throw new ProvennError('INPUT_MISMATCH', `The opening of "${commitment.matrix}" is not one for this network.`, {
      next: 'Commit to it with the verifying key of this network: provenn commit',
    });
  }
  return new Map(wires.map((wire, i) => [wire, cells[i] as Int32Array]));
}

/**
 * Commitments to ports that a circuit holds committed; values by `input:NAME`, `data:NAME` and `output:NAME`, others are left
 * out. Throws `USAGE` when none of the values is of such a port.
 */
export function commitPorts(
  key: VerifyingKey,
  values: ReadonlyMap<string, IntTensor>,
  label: string,
  draw: Draw,
): Opening[] {
  const { circuit } = key;
  const ports = matricesOf(circuit).filter(({ name, imported }) => !imported && values.has(name));
  if (ports.length === 0) {
    const held = matricesOf(circuit).flatMap(({ name, imported }) => (imported ? [] : [name]));
    throw new ProvennError('USAGE', 'The network holds none of these values committed.', {
      next:
        held.length > 0
          ? `It holds ${held.join(', ')}.`
          : 'Compile it with --visibility input=committed or output=committed.',
    });
  }
  const parameters = decodeParameters(key.parameters);
  return ports.map(({ name }) => {
    const { data } = values.get(name) as IntTensor;
    return makeOpening(circuit, parameters, name, [data], label, draw).opening;
  });
}
