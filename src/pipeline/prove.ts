/** Prove: execute → assign → prove → verify our own proof. */
import type { WireId } from '../artifact/circuit.ts';
import type { Opening } from '../artifact/commitment.ts';
import type { ProvingKey } from '../artifact/keys.ts';
import { matricesOf } from '../artifact/matrices.ts';
import type { Proof } from '../artifact/proof.ts';
import { maximumContextLength } from '../artifact/statement.ts';
import type { Trace } from '../artifact/trace.ts';
import type { Claims } from '../artifact/verdict.ts';
import type { Witness } from '../artifact/witness.ts';
import { backendName } from '../backends/transparent/config.ts';
import { type AcceptedKey, acceptKey, proveWitness } from '../backends/transparent/index.ts';
import type { Accepted } from '../backends/verifying.ts';
import { invariant, ProvennError } from '../base/errors.ts';
import type { IntTensor } from '../base/tensor.ts';
import type { Threads } from '../base/threads/crew.ts';
import { withWasm } from '../base/wasm.ts';
import { assignWitness } from '../compile/witness.ts';
import { execute } from '../runtime/execute.ts';
import { prepareKey } from '../verify/index.ts';
import { backendOf, openAll, parametersOf, transparentResources } from './backends.ts';
import { selectSamples } from './data-sets.ts';
import { type MemoryLimit, refuseMemory } from './memory.ts';
import { cellsByWire, type Draw, givenOpening, makeOpening, type UsableOpening } from './openings.ts';
import { selfCheck } from './self-check.ts';

/** Stages of every proof, and of the transparent and the groth16 backend between them. */
export type ProveStage =
  | 'key'
  | 'execute'
  | 'assign'
  | 'commit'
  | 'lookups'
  | 'contractions'
  | 'opening'
  | 'witness'
  | 'points'
  | 'verify';

export type ProveOptions = {
  /** 32 bytes from the system's generator, used for this proof and never again: they hide everything that is not public. */
  readonly randomness: Uint8Array;
  /** Session, audience or nonce the proof is bound to; at most 1024 bytes. */
  readonly context?: Uint8Array;
  /**
   * Of hidden weights, and of committed inputs and outputs that a commitment exists for. Committed ports without one get a
   * fresh commitment, whose opening is returned with the proof.
   */
  readonly openings?: readonly UsableOpening[];
  /** Which sample of its committed data set an input is, counted from 0, by input name. */
  readonly samples?: ReadonlyMap<string, number>;
  /** Fresh bytes for fresh commitments, 32 at a time. */
  readonly draw?: Draw;
  /** Told when a stage begins, before its work. */
  readonly onStage?: (stage: ProveStage) => void;
  /** Threads that share the work; without them there is one. The proof is the same. They stay open: close them after the last proof. */
  readonly threads?: Threads | null;
  /** Proofs that are estimated to take more memory are refused before anything is computed. Without it nothing is. */
  readonly memory?: MemoryLimit;
};

/** Runs a stretch of work on the threads of the options. */
function onThreads<T>({ threads }: ProveOptions, work: () => T): T {
  return threads === undefined || threads === null ? work() : withWasm(threads.wasm, work);
}

/** A proving key whose verifying half was accepted once, for services that prove many times under it. */
export type PreparedProvingKey = { readonly provingKey: ProvingKey; readonly accepted: Accepted };

export type Proven = {
  readonly proof: Proof;
  readonly trace: Trace;
  readonly claims: Claims;
  /** Openings of the commitments made for this proof; it spent their first use. */
  readonly made: readonly Opening[];
};

/** A witness, and the openings its matrices are opened with. */
type Prepared = {
  readonly witness: Witness;
  readonly openings: ReadonlyMap<string, Opening>;
  readonly made: readonly Opening[];
};

/** An opening that may be used under a key, and what it holds. */
type Judged = { readonly usable: UsableOpening; readonly cells: ReadonlyMap<WireId, Int32Array> };

function judge(accepted: Accepted, usable: UsableOpening | undefined): Judged | null {
  if (usable === undefined) return null;
  return { usable, cells: cellsByWire(accepted.circuit, parametersOf(accepted), usable.opening) };
}

/** Refuses an opening of other integers than those of this run. */
function checkCells(matrix: string, held: ReadonlyMap<WireId, Int32Array>, witness: Witness): void {
  for (const [wire, cells] of held) {
    // Neither which cell nor what it holds: both are hidden, and messages end up in logs.
    if (cells.every((value, i) => witness.wires[wire]?.[i] === value)) continue;
    throw new ProvennError('INPUT_MISMATCH', `The opening of "${matrix}" holds other integers than this run.`, {
      next: 'Give the input that was committed, or leave the opening away to commit anew.',
    });
  }
}

/**
 * Fills the witness and finds or makes the opening of every matrix. The uses of given openings are claimed last, when nothing
 * but the proof is left to do: what fails before that wastes none.
 */
function prepare(
  accepted: Accepted,
  trace: Trace,
  options: ProveOptions,
  selected: ReadonlyMap<WireId, ArrayLike<number>>,
  held: ReadonlyMap<WireId, ArrayLike<number>> = new Map(),
): Prepared {
  const { circuit } = accepted;
  const { openings: given = [], draw } = options;
  // What the proving key itself holds needs no opening.
  const matrices = matricesOf(circuit).filter(({ wires }) => !wires.every((wire) => held.has(wire)));
  // Every opening is judged before anything is done with it: one that this key may not use is none the worse for it.
  const parts = matrices.map((matrix) => ({ ...matrix, judged: judge(accepted, givenOpening(matrix.name, given)) }));
  const imported = parts.filter((part) => part.imported);
  if (imported.some(({ judged }) => judged === null)) {
    throw new ProvennError('USAGE', 'The weights of this network are hidden, and their opening is not given.', {
      next: 'Pass the opening that provenn compile wrote beside the proving key.',
    });
  }
  const secrets = new Map([...held, ...selected, ...imported.flatMap(({ judged }) => [...(judged?.cells ?? [])])]);
  const witness = assignWitness(circuit, trace, secrets);
  const openings = new Map<string, Opening>();
  const made: Opening[] = [];
  const claims: (() => void)[] = [];
  for (const { name, wires, judged } of parts) {
    if (judged !== null) {
      checkCells(name, judged.cells, witness);
      openings.set(name, judged.usable.opening);
      claims.push(judged.usable.claim);
      continue;
    }
    invariant(draw !== undefined, 'a committed port needs its opening, or randomness for a new one');
    const cells = wires.map((wire) => witness.wires[wire] as Float64Array);
    const { opening } = makeOpening(circuit, parametersOf(accepted), name, cells, circuit.name, draw);
    openings.set(name, opening);
    made.push(opening);
  }
  for (const claim of claims) claim();
  return { witness, openings, made };
}

/** Throws `USAGE` for a context that is too long and for randomness that is too short. */
function contextOf({ context = new Uint8Array(0), randomness }: ProveOptions): Uint8Array {
  if (randomness?.length !== 32) {
    throw new ProvennError('USAGE', 'A proof needs 32 fresh random bytes.', {
      next: 'Pass randomness: crypto.getRandomValues(new Uint8Array(32)), new ones for every proof.',
    });
  }
  if (context.length <= maximumContextLength) return context;
  throw new ProvennError(
    'USAGE',
    `The context has ${context.length} bytes; at most ${maximumContextLength} are allowed.`,
    { next: 'Give a digest of it instead.' },
  );
}

/** Accepts the verifying half of a key. Throws `KEY_REFUSED`. */
export function prepareProvingKey(key: ProvingKey): PreparedProvingKey {
  return { provingKey: key, accepted: prepareKey(key.verifyingKey).accepted };
}

/** What accepts keys of the transparent backend refuses all others. */
function acceptTransparent(given: ProvingKey | PreparedProvingKey): AcceptedKey {
  if (!('accepted' in given)) return acceptKey(given.verifyingKey);
  return given.accepted.backend === backendName
    ? (given.accepted as AcceptedKey)
    : acceptKey(given.provingKey.verifyingKey);
}

/**
 * Runs the model on `inputs` (by port name, the integers behind each port) and proves the run with the transparent backend. The
 * proof is verified, and its claims compared with the run, before it is returned. Throws `INPUT_MISMATCH`, `USAGE` for a long context or short randomness,
 * `RESOURCE_LIMIT` or `PROOF_SELF_CHECK`.
 */
export function proveInference(
  key: ProvingKey | PreparedProvingKey,
  inputs: ReadonlyMap<string, IntTensor>,
  options: ProveOptions,
): Proven {
  return onThreads(options, () => proveHere(key, inputs, options));
}

function proveHere(
  given: ProvingKey | PreparedProvingKey,
  inputs: ReadonlyMap<string, IntTensor>,
  options: ProveOptions,
): Proven {
  const context = contextOf(options);
  const stage = options.onStage ?? ((): void => {});
  stage('key');
  const key = 'accepted' in given ? given.provingKey : given;
  const accepted = acceptTransparent(given);
  refuseMemory(accepted, transparentResources, options.memory);
  stage('execute');
  const selected = selectSamples(accepted, inputs, options.samples ?? new Map(), options.openings ?? []);
  const trace = execute(key.model, selected.inputs);
  stage('assign');
  const { witness, openings, made } = prepare(accepted, trace, options, selected.cells);
  const { randomness } = options;
  const proof = proveWitness(accepted, witness, context, { randomness, openings: openAll(openings), onStage: stage });
  stage('verify');
  return { proof, trace, claims: selfCheck(key.model, accepted, { proof, trace, witness }), made };
}

/** The same with the backend that the key belongs to, whichever it is. Throws `DEPENDENCY_MISSING` and `KEY_REFUSED` besides. */
export async function proveFor(
  given: ProvingKey | PreparedProvingKey,
  inputs: ReadonlyMap<string, IntTensor>,
  options: ProveOptions,
): Promise<Proven> {
  const context = contextOf(options);
  const onStage = options.onStage ?? ((): void => {});
  onStage('key');
  const key = 'accepted' in given ? given.provingKey : given;
  const backend = await backendOf(key.verifyingKey.backend);
  const { accepted } = 'accepted' in given ? given : prepareProvingKey(given);
  refuseMemory(accepted, backend.resources, options.memory);
  onStage('execute');
  const selected = selectSamples(accepted, inputs, options.samples ?? new Map(), options.openings ?? []);
  const trace = onThreads(options, () => execute(key.model, selected.inputs));
  onStage('assign');
  const held = backend.heldCells(key);
  const { witness, openings, made } = onThreads(options, () => prepare(accepted, trace, options, selected.cells, held));
  const proof = await onThreads(options, () =>
    backend.prove(key, witness, context, { accepted, randomness: options.randomness, openings, onStage }),
  );
  onStage('verify');
  const claims = onThreads(options, () => selfCheck(key.model, accepted, { proof, trace, witness }));
  return { proof, trace, claims, made };
}
