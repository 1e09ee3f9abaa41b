/** The transparent backend as the pipeline sees it. Verifiers import `verifier.ts` instead, which reaches no prover. */
import type { Circuit } from '../../artifact/circuit.ts';
import type { Commitment } from '../../artifact/commitment.ts';
import type { KeyCommitment, VerifyingKey } from '../../artifact/keys.ts';
import type { Proof } from '../../artifact/proof.ts';
import type { Witness } from '../../artifact/witness.ts';
import { invariant, ProvennError } from '../../base/errors.ts';
import { product } from '../../base/tensor.ts';
import { assign, type Cells } from './assign.ts';
import {
  backendName,
  chooseParameters,
  coreBackendName,
  decodeParameters,
  encodeParameters,
  openingBytes,
  type Parameters,
  withQueries,
} from './config.ts';
import { linkCircuit } from './evidence.ts';
import { choosePieceBits } from './gadgets/step-plan.ts';
import { type AcceptedKey, maximumEvidenceRows } from './key.ts';
import { lower } from './lower.ts';
import type { RowFormat } from './matrix.ts';
import { openingOf, type ProverOptions, protocolOf, proveBody } from './prover.ts';

export { assign, type Cells } from './assign.ts';
export { type CommittedMatrix, commitMatrix } from './commitment.ts';
export { tensorsOfMatrix } from './evidence.ts';
export { proveEvidence, proveLink } from './evidence-prover.ts';
export { gadgetCosts } from './gadget-costs.ts';
export { type AcceptedKey, acceptCoreKey } from './key.ts';
export type { ProverOptions } from './prover.ts';
export { proverResources } from './resources.ts';
export { acceptKey } from './verifier-key.ts';
export { acceptLink } from './verifier-link.ts';

export type KeyOptions = {
  /** B: proofs that may open each long-lived matrix, its range proof and re-keying included. By default `defaultBudget`. */
  readonly budget?: number;
  /** The row format of a matrix that exists already, when the key is to use one. */
  readonly format?: RowFormat;
  /** Roots of the matrices that the key fixes, in the order of their first wires, with their evidence. */
  readonly commitments?: readonly KeyCommitment[];
};

/** Six ordinary proofs, the range proof and one re-keying. */
export const defaultBudget = 8;

/**
 * The parameters of a circuit's key. Deterministic: a matrix can be committed in their row format before the key is made.
 * Throws `PARAMETERS_REFUSED` when none reach 100 bits.
 */
export function keyParameters(circuit: Circuit, options: KeyOptions = {}): Parameters {
  const system = lower(circuit, choosePieceBits(circuit.gadgets));
  const longLived = circuit.wires.some((wire) => wire.role === 'committed');
  const { budget = longLived ? defaultBudget : 1, format } = options;
  const parameters = chooseParameters(system, { budget, ...(format === undefined ? {} : { format }) });
  if (parameters !== null) return parameters;
  const reason =
    system.lookups.length === 0
      ? 'it has no lookup'
      : format === undefined
        ? 'it is too large for one proof'
        : 'the row format of its commitment does not fit it';
  throw new ProvennError(
    'PARAMETERS_REFUSED',
    `No parameters reach 100 bits of soundness for this circuit: ${reason}.`,
    {
      next: 'Prove a smaller part of the network.',
    },
  );
}

/**
 * The parameters of a link from a commitment to a fresh one of the same format. Throws `RESOURCE_LIMIT` when its intervals are
 * wider than tables can be, `PARAMETERS_REFUSED` when no parameters fit its format.
 */
export function linkParameters({ backend, matrix, tensors, format, budget }: Commitment): Parameters {
  if (backend !== backendName) {
    throw new ProvennError('BACKEND_UNSUPPORTED', `Commitments of "${backend}" have no links.`, {
      next: 'Commit anew.',
    });
  }
  const rows = tensors.reduce((total, { interval: [low, high] }) => total + high - low + 1, 0);
  if (rows > maximumEvidenceRows) {
    throw new ProvennError('RESOURCE_LIMIT', `The intervals of "${matrix}" are too wide to be looked up in a link.`, {
      next: 'Commit anew: nothing can be linked to this commitment.',
    });
  }
  return keyParameters(linkCircuit(matrix, tensors), { budget, format });
}

/** Makes the key of a circuit. Throws `PARAMETERS_REFUSED`. */
export function makeKey(circuit: Circuit, options: KeyOptions = {}): VerifyingKey {
  const parameters = encodeParameters(keyParameters(circuit, options));
  return { backend: backendName, parameters, circuit, commitments: options.commitments ?? [] };
}

/** A key of the core protocol, which masks nothing; only `acceptCoreKey` accepts it. For tests and explanation. */
export function makeCoreKey(circuit: Circuit): VerifyingKey {
  const key = makeKey(circuit);
  const { tail: _, queries: __, ...rest } = decodeParameters(key.parameters);
  const parameters = withQueries(rest, () => 0);
  invariant(parameters !== null, 'a code without random coefficients has a better rate');
  return { backend: coreBackendName, parameters: encodeParameters(parameters), circuit, commitments: [] };
}

/** What a key costs: sizes that follow from the circuit alone. */
export type KeyFacts = {
  readonly parameters: Parameters;
  readonly lookups: number;
  readonly tableRows: number;
  readonly committedCells: number;
  readonly storedCells: number;
  readonly proofBytes: number;
};

/** Counts and an upper estimate of the proof size. */
export function keyFacts(key: AcceptedKey): KeyFacts {
  const { system, layout, parameters } = key;
  const lookups = system.lookups.reduce((total, { box }) => total + product(box), 0);
  const tableRows = system.tables.reduce((total, { columns }) => total + (columns[0]?.length ?? 0), 0);
  const committedCells = system.tensors.reduce(
    (total, tensor) => total + (tensor.kind === 'committed' ? product(tensor.sizes) : 0),
    0,
  );
  const messages = 16 * (2 * layout.logCells + (system.mask?.plan.messages ?? 0));
  return {
    parameters,
    lookups,
    tableRows,
    committedCells,
    storedCells: layout.rows.length * 2 ** layout.logRow,
    proofBytes: openingBytes(layout, parameters) + messages,
  };
}

/** The statement a witness makes: the integers of its public wires. */
function publicsOf(circuit: Circuit, cells: Cells): Int32Array[] {
  return circuit.wires.flatMap((wire, id) =>
    wire.role === 'public' ? [Int32Array.from(cells.tensors[id] as Float64Array)] : [],
  );
}

/** Proves from cells as they stand: tests change them first; nothing here asks whether they are honest. */
export function proveCells(key: AcceptedKey, cells: Cells, context: Uint8Array, options: ProverOptions): Proof {
  const statement = {
    modelDigest: key.modelDigest,
    keyDigest: key.keyDigest,
    context,
    publics: publicsOf(key.circuit, cells),
    commitments: key.matrices.flatMap(({ name, root }) => (root === null ? [openingOf(options, name).root] : [])),
  };
  return { backend: protocolOf(key, options), statement, body: proveBody(key, statement, cells, options) };
}

/** Proof that the witness satisfies the circuit of an accepted key, bound to `context`. */
export function proveWitness(key: AcceptedKey, witness: Witness, context: Uint8Array, options: ProverOptions): Proof {
  invariant(witness.wires.length === key.circuit.wires.length, 'the witness belongs to another circuit');
  return proveCells(key, assign(key.system, witness), context, options);
}
