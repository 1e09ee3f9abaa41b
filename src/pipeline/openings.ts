/** Openings in the pipeline: made for a circuit's matrices, and turned back into what a backend proves with. */

import type { Circuit, WireId } from '../artifact/circuit.ts';
import { type Commitment, leaseIdLength, type Opening } from '../artifact/commitment.ts';
import type { VerifyingKey } from '../artifact/keys.ts';
import { matricesOf } from '../artifact/matrices.ts';
import { backendName, type Parameters } from '../backends/transparent/config.ts';
import { acceptKey, type CommittedMatrix, commitMatrix, tensorsOfMatrix } from '../backends/transparent/index.ts';
import { type MatrixShape, shapeOfMatrix, shapeOfWires } from '../backends/transparent/matrix.ts';
import { equalBytes } from '../base/bytes.ts';
import { ProvennError } from '../base/errors.ts';
import type { IntTensor } from '../base/tensor.ts';

export { weightsMatrix } from '../compile/visibility.ts';

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

/** Whether an opening is of a matrix with the same rows, sizes and intervals as the one that a key expects. */
function isOfShape({ commitment, cells }: Opening, { format, tensors }: MatrixShape): boolean {
  const { logRow, logBlowup, tail } = commitment.format;
  return (
    commitment.backend === backendName &&
    commitment.budget >= 1 &&
    logRow === format.logRow &&
    logBlowup === format.logBlowup &&
    tail === format.tail &&
    tensors.length > 0 &&
    tensors.length === commitment.tensors.length &&
    tensors.length === cells.length &&
    tensors.every(({ sizes, interval }, i) => {
      const held = commitment.tensors[i];
      return held?.sizes.join() === sizes.join() && held.interval.join() === interval.join();
    })
  );
}

/**
 * Cells of a circuit's wires that an opening holds. Whoever asks for them is about to show columns of the commitment, so this
 * is where it is judged. All proofs that may open it hide it together: its own budget times the columns that *this* key opens
 * must be covered by its random coefficients, whatever budget the key names. Throws `INPUT_MISMATCH` or `KEY_REFUSED`.
 */
export function cellsByWire(circuit: Circuit, parameters: Parameters, opening: Opening): Map<WireId, Int32Array> {
  const { commitment, cells } = opening;
  const { matrix, budget, format } = commitment;
  const wires = matricesOf(circuit).find(({ name }) => name === matrix)?.wires ?? [];
  if (wires.length === 0 || !isOfShape(opening, shapeOfWires(circuit, parameters, wires))) {
    throw new ProvennError('INPUT_MISMATCH', `The opening of "${matrix}" is not one for this network.`, {
      next: 'Commit to it with the verifying key of this network: provenn commit',
    });
  }
  if (budget * parameters.queries > format.tail) {
    throw new ProvennError(
      'KEY_REFUSED',
      `The key is refused for the opening of "${matrix}": its proofs show ${parameters.queries} columns each, and the ` +
        `opening, made for ${budget} proofs, hides ${Math.floor(format.tail / budget)} in each.`,
      { next: 'Do not prove with this key what was committed with another. Commit anew: provenn commit' },
    );
  }
  return new Map(wires.map((wire, i) => [wire, cells[i] as Int32Array]));
}

/**
 * Commitments to ports that a circuit holds committed; values by `input:NAME`, `data:NAME` and `output:NAME`, others are left
 * out. Throws `KEY_REFUSED`, and `USAGE` when none of the values is of such a port.
 */
export function commitPorts(
  key: VerifyingKey,
  values: ReadonlyMap<string, IntTensor>,
  label: string,
  draw: Draw,
): Opening[] {
  // A key that nobody judged names whatever budget it likes, and the commitment would outlive it.
  const { circuit, parameters } = acceptKey(key);
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
  return ports.map(({ name }) => {
    const { data } = values.get(name) as IntTensor;
    return makeOpening(circuit, parameters, name, [data], label, draw).opening;
  });
}
