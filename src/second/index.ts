import { type AcceptedKey, acceptKey } from './accept-key.ts';
import { checkBody, type Named } from './body.ts';
import { hex, sameBytes } from './bytes.ts';
import { checkLink, followKeys, followLinks } from './chains.ts';
import type { Circuit, Port } from './circuit.ts';
import { descriptorOf, tensorsOf } from './descriptor.ts';
import { matricesOf } from './facts.ts';
import { type Proof, readCommitment, readProof, type Statement } from './files.ts';
import { demand, type Reason, Refusal, refuse } from './refusal.ts';
import { bits } from './soundness.ts';
import { protocol } from './system.ts';

export interface SecondOptions {
  /** The context that whoever asked has chosen. */
  readonly context?: Uint8Array;
  /** The model digest, in hexadecimal: that of the key the proof is under, or of the pinned one. */
  readonly model?: string;
  /** The integers that ports must show, by name. */
  readonly inputs?: Readonly<Record<string, ArrayLike<number>>>;
  readonly outputs?: Readonly<Record<string, ArrayLike<number>>>;
  /** Keys that follow from the pinned one, in order. */
  readonly chain?: readonly Uint8Array[];
  /** Descriptors that matrices of the circuit must have, by the name of the matrix. */
  readonly commitments?: Readonly<Record<string, Uint8Array>>;
  /** Links that lead from an expected descriptor to a later one, in order. */
  readonly links?: readonly Uint8Array[];
}

/** What a port stands for. Without values it is hidden: the proof says that there are some. */
export interface PortClaim {
  readonly name: string;
  readonly dims: readonly number[];
  readonly quantized?: { readonly scale: number; readonly zero: number };
  readonly values?: readonly number[];
}

export interface Claims {
  readonly ok: true;
  readonly circuit: string;
  readonly profile: string;
  readonly modelDigest: string;
  readonly circuitDigest: string;
  readonly keyDigest: string;
  readonly context: Uint8Array;
  readonly inputs: readonly PortClaim[];
  readonly outputs: readonly PortClaim[];
  /** The long-lived matrices that the proof speaks of. */
  readonly commitments: readonly {
    readonly matrix: string;
    readonly descriptor: string;
    readonly fixedByKey: boolean;
  }[];
  readonly soundnessBits: number;
  readonly zeroKnowledgeBits: number;
}

export interface Rejection {
  readonly ok: false;
  readonly reason: Reason;
  readonly message: string;
}

/** Checks a proof by docs/protocol.md. Whatever the bytes are, the answer is a value. */
export function secondVerify(
  keyBytes: Uint8Array,
  proofBytes: Uint8Array,
  options: SecondOptions = {},
): Claims | Rejection {
  return answer(() => verifyUnder(acceptKey(keyBytes), proofBytes, options));
}

/** Whether a key may be verified with: its circuit, its parameters and its evidence. */
export function secondAccepts(keyBytes: Uint8Array): { readonly ok: true; readonly soundnessBits: number } | Rejection {
  return answer(() => {
    const { system, evidenceError } = acceptKey(keyBytes);
    return { ok: true, soundnessBits: bits(system.error + evidenceError) };
  });
}

/** Verification of many proofs under one key, which is accepted once. */
export function secondVerifier(
  keyBytes: Uint8Array,
): (proofBytes: Uint8Array, options?: SecondOptions) => Claims | Rejection {
  let accepted: AcceptedKey | undefined;
  const rejection = answer(() => {
    accepted = acceptKey(keyBytes);
  });
  return (proofBytes, options = {}) =>
    accepted === undefined
      ? (rejection as Rejection)
      : answer(() => verifyUnder(accepted as AcceptedKey, proofBytes, options));
}

/** The matrix that a commitment file is for and its descriptor, which is derived from the rest of the file. */
export function commitmentIn(
  bytes: Uint8Array,
): { readonly matrix: string; readonly descriptor: Uint8Array } | Rejection {
  return answer(() => {
    const { backend, matrix, format, tensors, root, descriptor } = readCommitment(bytes);
    const derived = backend === protocol ? descriptorOf(format, tensors, root) : refuse('backend', 'unknown backend');
    demand(sameBytes(descriptor, derived), 'malformed', 'the descriptor is not that of the root');
    return { matrix, descriptor };
  });
}

function answer<T>(check: () => T): T | Rejection {
  try {
    return check();
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, reason: error.reason, message: error.message };
    // Hostile bytes can exhaust the stack or an argument list before a limit speaks; that is no acceptance either.
    return { ok: false, reason: 'malformed', message: `cannot be judged: ${String(error)}` };
  }
}

function verifyUnder(pinned: AcceptedKey, proofBytes: Uint8Array, options: SecondOptions): Claims {
  const proof = readProof(proofBytes);
  demand(proof.backend === pinned.key.backend, 'backend', 'the proof belongs to another proof system');
  const { statement } = proof;
  const { accepted, error } = followKeys(pinned, options.chain ?? [], statement.key);
  const { key, system } = accepted;
  demand(sameBytes(statement.model, key.modelDigest), 'model', 'the proof is about another model');
  checkPublics(key.circuit, statement);
  const { context } = options;
  if (context) demand(sameBytes(context, statement.context), 'context', 'the proof is bound to another context');
  const named = nameMatrices(accepted, statement);
  checkBody(system, statement, [...named.values()], proof.body);
  const total = system.error + error + expectCommitments(named, options);
  demand(bits(total) >= 100, 'link', 'so many links leave less than 100 bits of soundness');
  const result = claims(accepted, proof, named, total);
  const models = [result.modelDigest, hex(pinned.key.modelDigest)];
  demand(options.model === undefined || models.includes(options.model), 'model', 'the key belongs to another model');
  expectValues('input', result.inputs, options.inputs);
  expectValues('output', result.outputs, options.outputs);
  return result;
}

/** What the caller expects of a port has to be shown, and has to be equal. */
function expectValues(
  kind: 'input' | 'output',
  ports: readonly PortClaim[],
  expected: Readonly<Record<string, ArrayLike<number>>> = {},
): void {
  for (const [name, wanted] of Object.entries(expected)) {
    const shown = ports.find((port) => port.name === name)?.values;
    demand(shown !== undefined, kind, `the proof shows no ${kind} ${name}`);
    const equal = shown.length === wanted.length && shown.every((value, i) => value === wanted[i]);
    demand(equal, kind, `the ${kind} ${name} is not the expected one`);
  }
}

/** Public wires are confined by the verifier's own check (§9). */
function checkPublics(circuit: Circuit, { publics }: Statement): void {
  const wires = circuit.wires.filter(({ role }) => role === 'public');
  demand(publics.length === wires.length, 'statement', 'another number of public tensors than the circuit has');
  wires.forEach(({ name, sizes, interval }, i) => {
    const cells = publics[i] as Int32Array;
    const size = sizes.reduce((product, n) => product * n, 1);
    demand(cells.length === size, 'statement', `${name} has another number of cells`);
    demand(
      cells.every((cell) => cell >= interval.low && cell <= interval.high),
      'statement',
      `${name} leaves its interval`,
    );
  });
}

/** Every long-lived matrix by its first wire, with the root of key or statement. */
function nameMatrices({ key, system }: AcceptedKey, { roots }: Statement): Map<string, Named> {
  demand(roots.length === system.stated.length, 'statement', 'another number of roots than the circuit has matrices');
  const own = new Map(system.stated.map((name, i) => [name, roots[i] as Uint8Array]));
  for (const { matrix, root } of key.commitments) own.set(matrix, root);
  return new Map(
    matricesOf(key.circuit).map(({ name, wires }) => {
      const root = own.get(name) as Uint8Array;
      const descriptor = descriptorOf(system.parameters, tensorsOf(key.circuit, wires), root);
      return [name, { root, descriptor }];
    }),
  );
}

/** The error of the links that were followed to the expected commitments. */
function expectCommitments(named: ReadonlyMap<string, Named>, { commitments = {}, links = [] }: SecondOptions): number {
  const checked = links.map(checkLink);
  let error = 0;
  for (const [name, expected] of Object.entries(commitments)) {
    const descriptor = named.get(name)?.descriptor ?? new Uint8Array(0);
    const way = followLinks(expected, descriptor, checked);
    demand(way.found, 'link', `the matrix ${name} is not the expected commitment`);
    error += way.error;
  }
  return error;
}

function claims({ key, system }: AcceptedKey, proof: Proof, named: ReadonlyMap<string, Named>, error: number): Claims {
  const { circuit } = key;
  const publicWires = [...circuit.wires.entries()].filter(([, { role }]) => role === 'public').map(([wire]) => wire);
  const port = ({ name, dims, quantized, wire }: Port): PortClaim => {
    const values = proof.statement.publics[publicWires.indexOf(wire)];
    return { name, dims, ...(quantized ? { quantized } : {}), ...(values ? { values: [...values] } : {}) };
  };
  return {
    ...{ ok: true, circuit: circuit.name, profile: circuit.profile },
    ...{ modelDigest: hex(key.modelDigest), circuitDigest: hex(key.circuitDigest), keyDigest: hex(key.digest) },
    context: proof.statement.context,
    inputs: circuit.inputs.map(port),
    outputs: circuit.outputs.map(port),
    commitments: [...named].map(([matrix, { descriptor }]) => ({
      ...{ matrix, descriptor: hex(descriptor), fixedByKey: system.fixed.includes(matrix) },
    })),
    soundnessBits: bits(error),
    zeroKnowledgeBits: bits(system.hiding),
  };
}
