/** A prover that lies about its cells and is honest about everything else. */
import type { Circuit } from '../../src/artifact/circuit.ts';
import type { Proof } from '../../src/artifact/proof.ts';
import type { Verdict } from '../../src/artifact/verdict.ts';
import type { Witness } from '../../src/artifact/witness.ts';
import { type Cells, countMultiplicities } from '../../src/backends/transparent/assign.ts';
import {
  decodeParameters,
  encodeParameters,
  type Parameters,
  withQueries,
} from '../../src/backends/transparent/config.ts';
import { type AcceptedKey, acceptKey, assign, makeKey, proveCells } from '../../src/backends/transparent/index.ts';
import type { System } from '../../src/backends/transparent/system.ts';
import { evaluateContract } from '../../src/gadgets/contract.ts';
import { fresh } from './fresh.ts';
import { verifyProof } from './judged.ts';

export const noContext: Uint8Array = new Uint8Array(0);

/** The key of a circuit with other parameters. */
export function keyWith(circuit: Circuit, change: Partial<Parameters>): AcceptedKey {
  const key = makeKey(circuit);
  return acceptKey({ ...key, parameters: encodeParameters({ ...decodeParameters(key.parameters), ...change }) });
}

/** A key without proof of work, as sound by more queries: forging is then quick to try. */
export function keyWithoutWork(circuit: Circuit): AcceptedKey {
  const { tail: _, queries: __, ...rest } = decodeParameters(makeKey(circuit).parameters);
  const parameters = withQueries({ ...rest, lookupWork: 0, queryWork: 0 }, (queries) => queries);
  if (parameters === null) throw new Error('no number of queries suffices');
  return keyWith(circuit, parameters);
}

export function judgeCells(key: AcceptedKey, cells: Cells): Verdict {
  return verifyProof({ accepted: key }, proveCells(key, cells, noContext, fresh()));
}

/** Verdict on a witness as it stands, everything derived from it computed honestly. */
export function judgeWitness(key: AcceptedKey, witness: Witness): Verdict {
  return judgeCells(key, assign(key.system, witness));
}

/** Cells of one tensor changed, nothing else. */
export function withCell(cells: Cells, tensor: number, cell: number, value: number): Cells {
  const tensors = cells.tensors.map((values, id) =>
    id === tensor ? values.map((x, i) => (i === cell ? value : x)) : values,
  );
  return { tensors, accumulators: cells.accumulators };
}

/** One cell of an accumulator changed: the prover then claims sums that its operands do not have. */
export function withAccumulator(cells: Cells, accumulator: number, cell: number, value: number): Cells {
  const accumulators = cells.accumulators.map((values, id) =>
    id === accumulator ? values.map((x, i) => (i === cell ? value : x)) : values,
  );
  return { tensors: cells.tensors, accumulators };
}

/** Accumulators summed and table rows counted again, offsets and widths as they are. */
export function recounted(system: System, cells: Cells): Cells {
  const tensors = [...cells.tensors];
  const accumulators = system.contractions.map((gadget) =>
    evaluateContract(
      gadget,
      system.circuit.wires,
      tensors[gadget.left.wire] as Float64Array,
      tensors[gadget.right.wire] as Float64Array,
    ),
  );
  countMultiplicities(system, { wires: tensors, accumulators }, tensors);
  return { tensors, accumulators };
}

/** Everything beside the wires computed again from the wires. */
export function rederived(system: System, cells: Cells): Cells {
  return assign(system, { wires: cells.tensors.slice(0, system.circuit.wires.length) });
}

/** What a liar may do about the rest of its cells after changing one: from nothing to all that an honest prover would. */
export const coverUps: readonly (readonly [string, (system: System, cells: Cells) => Cells])[] = [
  ['nothing else', (_, cells) => cells],
  ['counted again', recounted],
  ['derived again', rederived],
];

/** A copy of the proof with another body. */
export function withBody(proof: Proof, body: Uint8Array): Proof {
  return { ...proof, body };
}
