/** Accepting a verifying key: everything that must hold of it before any proof is looked at, and what is derived from it. */
import type { Circuit, Gadget, View } from '../../artifact/circuit.ts';
import { type KeyCommitment, keyDigests, type VerifyingKey } from '../../artifact/keys.ts';
import { matricesOf } from '../../artifact/matrices.ts';
import { BytesError } from '../../base/bytes.ts';
import { digestLength } from '../../base/digest.ts';
import { ProvennError } from '../../base/errors.ts';
import { product, type Shape } from '../../base/tensor.ts';
import { CircuitProblem, checkCircuit } from '../../gadgets/check.ts';
import { boxOfGadget, expressionsOf } from '../../gadgets/facts.ts';
import {
  backendName,
  coreBackendName,
  decodeParameters,
  judge,
  type Parameters,
  refuseHiding,
  refuseParameters,
} from './config.ts';
import { contractionShape } from './contraction-shape.ts';
import { planSteps, type StepChoice, type StepPlans } from './gadgets/step-plan.ts';
import { innermostCells } from './kernel-vectors.ts';
import { type Layout, paddedBits } from './layout.ts';
import { lower } from './lower.ts';
import { type KeyMatrix, shapeOfWires } from './matrix.ts';
import type { Soundness } from './soundness.ts';
import type { System } from './system.ts';

export type AcceptedKey = {
  /** The protocol its proofs speak. */
  readonly backend: string;
  readonly circuit: Circuit;
  readonly parameters: Parameters;
  readonly system: System;
  readonly layout: Layout;
  readonly soundness: Soundness;
  readonly circuitDigest: Uint8Array;
  readonly modelDigest: Uint8Array;
  readonly keyDigest: Uint8Array;
  readonly commitments: readonly KeyCommitment[];
  /** The circuit's long-lived matrices, by their first wires. */
  readonly matrices: readonly KeyMatrix[];
  /** False while the intervals of matrices the key fixes are only declared. */
  readonly evidenceChecked: boolean;
};

/** Most rows of all tables, and most padded cells of all witness wires and boxes: what a verifier may be made to work on. */
const maximumTableRows = 2 ** 23;
/** Most integers in the intervals of all matrices that a key fixes: the rows of the tables of their evidence. */
export const maximumEvidenceRows: number = 2 ** 22;
const maximumCells = 2 ** 27;
const maximumVariables = 28;
const maximumWork = 2 ** 28;

/**
 * A weight of an index map is some products in the extension, a public cell a fraction of one. A list pays for its entries
 * with bytes of the key; an offset or a window brings millions of weights in a few bytes.
 */
const stepsPerWeight = 64;
const stepsPerEntry = 16;

export function refuse(message: string): never {
  throw new ProvennError('KEY_REFUSED', `The verifying key is refused: ${message}.`, {
    next: 'Use the key published by whoever compiled the model, or compile it again.',
  });
}

/** An upper bound of the table rows a gadget brings. */
function rowsOf(gadget: Gadget, plans: StepPlans): number {
  if (gadget.kind === 'range') return gadget.high - gadget.low + 1;
  if (gadget.kind !== 'step') return 0;
  return (plans.choices.get(gadget) as StepChoice).rows;
}

/** Why a circuit is more work than a few bytes of key may cause, or null. Counted before anything is built. */
function refuseSize(circuit: Circuit, pieceBits: number): string | null {
  const fixed = circuit.tables.reduce((total, table) => total + (table.columns[0]?.length ?? 0), 0);
  const plans = planSteps(circuit.gadgets, pieceBits);
  const rows = circuit.gadgets.reduce((total, gadget) => total + rowsOf(gadget, plans), fixed + plans.sharedRows);
  if (rows > maximumTableRows) return 'its tables have more than 2^23 rows';
  const wires = circuit.wires.filter((wire) => wire.role !== 'constant').map((wire) => wire.sizes);
  const boxes = circuit.gadgets.map((gadget) => boxOfGadget(gadget, circuit.wires));
  const reduced = circuit.gadgets.flatMap((gadget) => (gadget.kind === 'contract' ? [gadget.reduce] : []));
  const cells = [...wires, ...boxes, ...reduced].reduce((total, sizes) => total + 2 ** paddedBits(sizes), 0);
  if (cells > maximumCells) return 'its wires and boxes have more than 2^27 cells';
  if (
    circuit.gadgets.some(
      (gadget) => gadget.kind === 'contract' && contractionShape(gadget).variables > maximumVariables,
    )
  )
    return 'a contraction runs over more than 2^28 cells';
  return work(circuit) > maximumWork ? 'evaluating its claims takes more than 2^28 steps' : null;
}

/** Steps for the weights that the index map of a view brings: kernels that follow an axis cell by cell need none. */
function stepsOfView({ map }: View, box: Shape): number {
  return map.reduce((total, entry) => {
    if (entry.kind === 'listed') return total + stepsPerEntry * entry.indices.length;
    const plain = entry.kind === 'fixed' || (entry.stride === 1 && entry.offset === 0);
    return total + stepsPerWeight * (plain ? 1 : (box[entry.axis] as number));
  }, stepsPerWeight);
}

/**
 * Steps a verifier takes for the claim vectors: one for each cell of a public wire, and a weight's for each row of its
 * innermost dimensions. The wires it does not see cost it what
 * their readers' boxes bring, whatever their own size, and every kernel a few steps.
 */
function work(circuit: Circuit): number {
  const cells = (wire: number): number => {
    const known = circuit.wires[wire];
    if (known === undefined || known.role === 'witness' || known.role === 'committed') return 0;
    const all = product(known.sizes);
    return all + (stepsPerWeight * all) / innermostCells(known.sizes).cells;
  };
  let steps = 0;
  for (const gadget of circuit.gadgets) {
    const box = boxOfGadget(gadget, circuit.wires);
    for (const { terms } of expressionsOf(gadget))
      for (const { view } of terms) steps += cells(view.wire) + stepsOfView(view, box);
    if (gadget.kind !== 'contract') continue;
    for (const { wire, map } of [gadget.left, gadget.right]) {
      steps += cells(wire) + stepsPerWeight * map.length;
      for (const entry of map)
        if (entry.kind === 'window')
          steps += stepsPerWeight * (gadget.box[entry.axis] as number) * (gadget.reduce[entry.reduce] as number);
    }
  }
  return steps;
}

/** The long-lived matrices with the roots that the key fixes: those, in order, whose ranges no gadget of the circuit proves. */
function keyMatrices(key: VerifyingKey, format: Parameters): KeyMatrix[] {
  const fixed = [...key.commitments];
  const matrices = matricesOf(key.circuit).map(({ name, wires, imported }) => {
    const shape = shapeOfWires(key.circuit, format, wires);
    if (!imported) return { name, shape, root: null };
    const commitment = fixed.shift();
    if (commitment?.matrix !== name) refuse(`it does not fix the commitment "${name}" that its circuit imports`);
    if (commitment.root.length !== digestLength)
      refuse(`the commitment "${name}" has no root of ${digestLength} bytes`);
    return { name, shape, root: commitment.root };
  });
  if (fixed.length > 0) refuse('it fixes commitments that the circuit does not have');
  return matrices;
}

/**
 * Throws `KEY_REFUSED` for a key that is malformed, whose integers could wrap, that hides too little, or below 100 bits. The
 * declared intervals of matrices the key fixes are taken at their word: `acceptKey` checks the evidence for them.
 */
export function acceptWithoutEvidence(key: VerifyingKey): AcceptedKey {
  return accept(key, backendName, refuseHiding);
}

/** Accepts a key of the core protocol, which masks nothing. Only tests and explanations call this. */
export function acceptCoreKey(key: VerifyingKey): AcceptedKey {
  return accept(key, coreBackendName, (p) => (p.tail === 0 ? null : 'the core protocol has no random coefficients'));
}

function accept(key: VerifyingKey, backend: string, refuseMode: (p: Parameters) => string | null): AcceptedKey {
  if (key.backend !== backend) refuse(`it belongs to the backend "${key.backend}"`);
  try {
    const parameters = decodeParameters(key.parameters);
    const early = refuseParameters(parameters) ?? refuseMode(parameters);
    if (early !== null) refuse(early);
    checkCircuit(key.circuit);
    const size = refuseSize(key.circuit, parameters.pieceBits);
    if (size !== null) refuse(size);
    const { system, layout, soundness, refusal } = judge(lower(key.circuit, parameters.pieceBits), parameters);
    if (refusal !== null) refuse(refusal);
    return {
      matrices: keyMatrices(key, parameters),
      backend,
      circuit: key.circuit,
      parameters,
      system,
      layout,
      soundness,
      ...keyDigests(key),
      commitments: key.commitments,
      evidenceChecked: key.commitments.length === 0,
    };
  } catch (error) {
    if (error instanceof BytesError || error instanceof CircuitProblem) refuse(error.message);
    throw error;
  }
}
