/**
 * provenn/verify: key × proof × expectation → Verdict. No Node built-ins, no prover, no operators; everything it reports it
 * derives from the key and the checked statement.
 */
import type { CircuitPort } from '../artifact/circuit.ts';
import { type DataSet, dataSetsOf, modelInputs } from '../artifact/data-set.ts';
import { decodeVerifyingKey, modelDigest, type VerifyingKey, verifyingKeyDigest } from '../artifact/keys.ts';
import type { Link } from '../artifact/link.ts';
import { matricesOf } from '../artifact/matrices.ts';
import { decodeProof, type Proof } from '../artifact/proof.ts';
import { maximumContextLength, type Statement } from '../artifact/statement.ts';
import type {
  Claims,
  Expectation,
  HiddenTensor,
  PublicTensor,
  Rejection,
  RejectionCode,
  Sample,
  Verdict,
} from '../artifact/verdict.ts';
import { type Accepted, type BackendVerifier, Rejected } from '../backends/verifying.ts';
import { BytesError, equalBytes, toHex } from '../base/bytes.ts';
import { ProvennError } from '../base/errors.ts';
import { dequantizeLinear } from '../base/rounding.ts';
import { product } from '../base/tensor.ts';
import { findVerifier, verifierOf } from './backends.ts';
import { bitsWithLinks, type Followed, followLinks } from './links.ts';

export { decodeLink, type Link } from '../artifact/link.ts';
export type {
  Claims,
  Expectation,
  HiddenTensor,
  PublicTensor,
  Rejection,
  RejectionCode,
  Sample,
  Verdict,
} from '../artifact/verdict.ts';

export type VerifyOptions = {
  readonly expect?: Expectation;
  /** Links that may lead, in this order, from expected commitments to those that the proof names. */
  readonly links?: readonly Link[];
  /** Trust keys whose maker could forge proofs. For development: what is accepted then means nothing to anybody else. */
  readonly allowInsecureSetup?: boolean;
};

class Refusal extends Error {
  readonly code: RejectionCode;

  constructor(code: RejectionCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** A key that was decoded and accepted once, for services that verify many proofs under it. */
export type PreparedKey = {
  readonly accepted: Accepted;
  /** Digests of the pinned key and its model, when the accepted key was re-keyed from it. */
  readonly linkedFrom?: { readonly key: Uint8Array; readonly model: Uint8Array };
};

/** Decodes and accepts a key. Throws `ARTIFACT_TAMPERED`, `ARTIFACT_VERSION` or `KEY_REFUSED`. */
export function prepareKey(key: Uint8Array | VerifyingKey): PreparedKey {
  // Not `instanceof`: bytes that come from another realm, a frame or an isolate, are bytes all the same.
  const decoded = ArrayBuffer.isView(key) ? decodeVerifyingKey(key) : key;
  return { accepted: verifierOf(decoded.backend).accept(decoded) };
}

/**
 * Accepts a key that was re-keyed from a pinned one: `later` are the keys after it, in order, and proofs are verified under the
 * last. Throws `KEY_REFUSED` when a link is missing or proves nothing.
 */
export function prepareChain(pinned: VerifyingKey, later: readonly VerifyingKey[]): PreparedKey {
  if (later.length === 0) return prepareKey(pinned);
  const { acceptChain, name } = verifierOf(pinned.backend);
  if (acceptChain === null) {
    throw new ProvennError('KEY_REFUSED', `The verifying key is refused: keys of "${name}" have no links.`, {
      next: 'Verify under the key itself.',
    });
  }
  const accepted = acceptChain([pinned, ...later]);
  return { accepted, linkedFrom: { key: verifyingKeyDigest(pinned), model: modelDigest(pinned) } };
}

/** Every public wire has the right number of cells, each inside the wire's interval. */
function checkPublics(key: Accepted, statement: Statement): void {
  const wires = key.circuit.wires.filter((wire) => wire.role === 'public');
  if (statement.publics.length !== wires.length)
    throw new Refusal('statement', 'The proof states another number of public tensors than the model has.');
  wires.forEach((wire, i) => {
    const values = statement.publics[i] as Int32Array;
    if (values.length !== product(wire.sizes))
      throw new Refusal(
        'statement',
        `The proof states ${values.length} integers for ${wire.name}, which has ${product(wire.sizes)}.`,
      );
    const [low, high] = wire.interval;
    if (!values.every((value) => value >= low && value <= high))
      throw new Refusal('statement', `The proof states integers for ${wire.name} outside [${low}, ${high}].`);
  });
}

/** One root for each matrix of the circuit that the key does not fix. */
function checkCommitments(key: Accepted, statement: Statement): void {
  const open = matricesOf(key.circuit).filter((matrix) => !matrix.imported);
  if (statement.commitments.length !== open.length)
    throw new Refusal('statement', 'The proof states another number of commitments than the model has.');
}

function publicIntegers(key: Accepted, statement: Statement, wire: number): Int32Array {
  const order = key.circuit.wires.slice(0, wire).filter(({ role }) => role === 'public').length;
  return statement.publics[order] as Int32Array;
}

function publicTensor(key: Accepted, statement: Statement, port: CircuitPort): PublicTensor {
  const integers = publicIntegers(key, statement, port.wire);
  const { name, tensor, dims, dtype, quantization } = port;
  const values =
    quantization === null
      ? null
      : Float32Array.from(integers, (q) => dequantizeLinear(q, quantization.scale, quantization.zeroPoint));
  return { name, tensor, dims, dtype, quantization, integers, values };
}

/** Hexadecimal descriptors by matrix name: those the key fixes and those of the statement. */
function descriptorsOf(verifier: BackendVerifier, key: Accepted, statement: Statement): Map<string, string> {
  const found = verifier.commitments(key, statement);
  return new Map([...found].map(([matrix, descriptor]) => [matrix, toHex(descriptor)]));
}

function isPublic(key: Accepted): (port: CircuitPort) => boolean {
  return (port) => key.circuit.wires[port.wire]?.role === 'public';
}

/** The selector is made of one 1 and zeros: the accepted proof says that it sums to 1, and its interval is [0, 1]. */
function sampleOf(key: Accepted, statement: Statement, { selector, samples, isSampleShown }: DataSet): Sample {
  const index = isSampleShown ? publicIntegers(key, statement, selector).indexOf(1) : null;
  return { count: samples, index };
}

/** The data set that an input is a sample of. */
function dataSetBehind(key: Accepted, side: HiddenTensor['side'], wire: number): DataSet | undefined {
  return side === 'input' ? dataSetsOf(key.circuit).find(({ port }) => port.wire === wire) : undefined;
}

/** The matrix that holds the integers of a port, alone or among other samples. */
function matrixBehind(key: Accepted, side: HiddenTensor['side'], wire: number): string | undefined {
  return dataSetBehind(key, side, wire)?.matrix ?? key.circuit.wires[wire]?.matrix;
}

function hiddenTensors(
  key: Accepted,
  statement: Statement,
  side: HiddenTensor['side'],
  ports: readonly CircuitPort[],
  descriptors: ReadonlyMap<string, string>,
): HiddenTensor[] {
  const shown = isPublic(key);
  return ports
    .filter((port) => !shown(port))
    .map(({ wire, ...port }) => {
      const dataSet = dataSetBehind(key, side, wire);
      const matrix = matrixBehind(key, side, wire);
      const commitment = matrix === undefined ? null : (descriptors.get(matrix) ?? null);
      const hidden = { side, ...port, commitment };
      return dataSet === undefined ? hidden : { ...hidden, sample: sampleOf(key, statement, dataSet) };
    });
}

function claimsOf(
  verifier: BackendVerifier,
  key: Accepted,
  statement: Statement,
  descriptors: ReadonlyMap<string, string>,
): Claims {
  const { circuit } = key;
  const shown = isPublic(key);
  return {
    backend: key.backend,
    model: circuit.name,
    profile: circuit.profile,
    circuitDigest: toHex(key.circuitDigest),
    modelDigest: toHex(key.modelDigest),
    keyDigest: toHex(key.keyDigest),
    context: toHex(statement.context),
    inputs: modelInputs(circuit)
      .filter(shown)
      .map((port) => publicTensor(key, statement, port)),
    outputs: circuit.outputs.filter(shown).map((port) => publicTensor(key, statement, port)),
    hidden: [
      ...hiddenTensors(key, statement, 'input', circuit.inputs, descriptors),
      ...hiddenTensors(key, statement, 'output', circuit.outputs, descriptors),
    ],
    weights: key.commitments.map(({ matrix }) => ({ matrix, commitment: descriptors.get(matrix) as string })),
    setup: verifier.setup(key),
    soundnessBits: key.soundness.bits,
    zeroKnowledge: verifier.isZeroKnowledge(key),
  };
}

function checkPort(
  kind: 'input' | 'output',
  tensors: readonly PublicTensor[],
  expected: ReadonlyMap<string, ArrayLike<number>>,
): void {
  for (const [name, values] of expected) {
    const tensor = tensors.find((candidate) => candidate.name === name);
    if (tensor === undefined) throw new Refusal(kind, `The proof shows no ${kind} ${name}.`);
    const { integers } = tensor;
    if (integers.length !== values.length)
      throw new Refusal(
        kind,
        `The proof's ${kind} ${name} has ${integers.length} elements; ${values.length} were expected.`,
      );
    const at = integers.findIndex((value, i) => value !== values[i]);
    if (at >= 0)
      throw new Refusal(
        kind,
        `The proof's ${kind} ${name} differs from the expected one: element ${at} is ${integers[at]}, not ${values[at]}.`,
      );
  }
}

/** Which part of a claim a commitment belongs to: an input, an output, or the weights, hence the model. */
function subjectOf(key: Accepted, matrix: string): 'input' | 'output' | 'model' {
  const holds = (port: CircuitPort): boolean => key.circuit.wires[port.wire]?.matrix === matrix;
  if (dataSetsOf(key.circuit).some((dataSet) => dataSet.matrix === matrix)) return 'input';
  return key.circuit.inputs.some(holds) ? 'input' : key.circuit.outputs.some(holds) ? 'output' : 'model';
}

function checkExpectedCommitments(
  key: Accepted,
  descriptors: ReadonlyMap<string, string>,
  expected: ReadonlyMap<string, string>,
  { pinned }: Followed,
): void {
  for (const [matrix, wanted] of expected) {
    const found = descriptors.get(matrix);
    if (found === undefined) throw new Refusal('statement', `The model has no commitment named ${matrix}.`);
    if (found !== wanted && pinned.get(matrix) !== wanted)
      throw new Refusal(subjectOf(key, matrix), `The commitment ${matrix} of the proof is ${found}, not ${wanted}.`);
  }
}

function checkExpectation(
  key: Accepted,
  claims: Claims,
  descriptors: ReadonlyMap<string, string>,
  expect: Expectation,
  followed: Followed,
): void {
  if (expect.model !== undefined && expect.model !== claims.modelDigest)
    throw new Refusal('model', `The key belongs to model ${claims.modelDigest}, not to ${expect.model}.`);
  if (expect.context !== undefined && toHex(expect.context) !== claims.context)
    throw new Refusal('context', 'The proof was made for another context.');
  if (expect.inputs !== undefined) checkPort('input', claims.inputs, expect.inputs);
  if (expect.outputs !== undefined) checkPort('output', claims.outputs, expect.outputs);
  if (expect.commitments !== undefined) checkExpectedCommitments(key, descriptors, expect.commitments, followed);
}

/** The claims with the commitments that links lead from, and with what following them costs. */
function withLinks(key: Accepted, claims: Claims, followed: Followed): Claims {
  if (followed.pinned.size === 0) return claims;
  const hidden = claims.hidden.map((tensor) => {
    const ports = tensor.side === 'input' ? key.circuit.inputs : key.circuit.outputs;
    const wire = ports.find(({ name }) => name === tensor.name)?.wire ?? -1;
    const linkedFrom = followed.pinned.get(matrixBehind(key, tensor.side, wire) ?? '');
    return linkedFrom === undefined ? tensor : { ...tensor, linkedFrom };
  });
  return { ...claims, hidden, soundnessBits: bitsWithLinks(claims.soundnessBits, followed) };
}

/** Throws unless the proof establishes its statement under the key. */
function check(
  { accepted: key, linkedFrom }: PreparedKey,
  proof: Proof,
  { expect = {}, links = [], allowInsecureSetup = false }: VerifyOptions,
): Claims {
  const { statement } = proof;
  const verifier = findVerifier(key.backend);
  if (proof.backend !== key.backend)
    throw new Refusal('backend', `The proof belongs to the backend "${proof.backend}".`);
  // For instance a key of the transparent core protocol, which hides nothing: no verifier accepts it.
  if (verifier === undefined) throw new Refusal('backend', `The key belongs to the backend "${key.backend}".`);
  if (!equalBytes(statement.modelDigest, key.modelDigest))
    throw new Refusal(
      'model',
      `The proof is about model ${toHex(statement.modelDigest)}; the key is for ${toHex(key.modelDigest)}.`,
    );
  if (!equalBytes(statement.keyDigest, key.keyDigest))
    throw new Refusal('key', 'The proof was made under another verifying key of the same model.');
  if (verifier.setup(key) === 'insecure' && !allowInsecureSetup)
    throw new Refusal('setup', 'The key comes from a development setup: whoever made it can forge proofs.');
  if (statement.context.length > maximumContextLength)
    throw new Refusal('statement', `The context is longer than ${maximumContextLength} bytes.`);
  checkPublics(key, statement);
  checkCommitments(key, statement);
  verifier.verifyBody(key, statement, proof.body);
  const descriptors = descriptorsOf(verifier, key, statement);
  const followed = followLinks(links, expect.commitments ?? new Map(), descriptors);
  const found = withLinks(key, claimsOf(verifier, key, statement, descriptors), followed);
  const claims = linkedFrom === undefined ? found : { ...found, linkedFrom: toHex(linkedFrom.key) };
  // The model that was pinned and the one the links lead to are the same weights.
  if (linkedFrom !== undefined && expect.model === toHex(linkedFrom.model))
    checkExpectation(key, { ...claims, modelDigest: expect.model }, descriptors, expect, followed);
  else checkExpectation(key, claims, descriptors, expect, followed);
  return claims;
}

function rejectionOf(error: unknown): Rejection {
  if (error instanceof Refusal || error instanceof Rejected) return { code: error.code, message: error.message };
  if (error instanceof BytesError) return { code: 'malformed', message: `The proof is malformed: ${error.message}.` };
  if (error instanceof ProvennError && (error.code === 'ARTIFACT_TAMPERED' || error.code === 'ARTIFACT_VERSION'))
    return { code: 'malformed', message: error.message };
  if (error instanceof ProvennError && error.code === 'KEY_REFUSED') return { code: 'key', message: error.message };
  // Array lengths and stack depth: a key that asks for more than this machine has.
  if (error instanceof RangeError) return { code: 'key', message: `The key asks for too much: ${error.message}.` };
  throw error;
}

/** Verifies a proof, or the bytes of one, under a prepared key. Never throws on a bad proof. */
export function verifyProof(key: PreparedKey, proof: Proof | Uint8Array, options: VerifyOptions = {}): Verdict {
  try {
    const decoded = ArrayBuffer.isView(proof) ? decodeProof(proof) : proof;
    return { ok: true, claims: check(key, decoded, options) };
  } catch (error) {
    return { ok: false, reason: rejectionOf(error) };
  }
}

/**
 * Verifies proof bytes under verifying-key bytes. Never throws on bad bytes: whatever is wrong with either file becomes a
 * `Verdict` with a reason. Soundness is claimed for a key that the caller pinned.
 */
export function verify(key: Uint8Array, proof: Uint8Array, options: VerifyOptions = {}): Verdict {
  try {
    return verifyProof(prepareKey(key), proof, options);
  } catch (error) {
    return { ok: false, reason: rejectionOf(error) };
  }
}
