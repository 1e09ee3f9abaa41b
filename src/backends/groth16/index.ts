/** The Groth16 backend as the pipeline sees it. Verifiers import `verifier.ts` instead, which reaches no prover and no package. */
import type { Circuit } from '../../artifact/circuit.ts';
import {
  type KeyCommitment,
  modelDigest,
  type ProvingKey,
  type VerifyingKey,
  verifyingKeyDigest,
} from '../../artifact/keys.ts';
import type { Proof } from '../../artifact/proof.ts';
import type { Statement } from '../../artifact/statement.ts';
import type { Witness } from '../../artifact/witness.ts';
import { equalBytes, utf8 } from '../../base/bytes.ts';
import { digest } from '../../base/digest.ts';
import { invariant, ProvennError } from '../../base/errors.ts';
import type { Backend, Contributed, KeyOptions, KeySecrets, MadeKey, ProofOptions } from '../proving.ts';
import { commitmentMain, committedOf, rootBytes } from './commitment.ts';
import { backendName, decodeParameters, encodeParameters, keySoundness, type Setup } from './config.ts';
import { acceptKey } from './key.ts';
import { lower } from './lower.ts';
import { decodeMaterial, encodeMaterial, type HeldSecrets, noSecrets } from './material.ts';
import { ceremonyKey, contribute, pinPtau, withContribution } from './node/ceremony.ts';
import { compileCircom } from './node/circom.ts';
import { developmentKey } from './node/dev-setup.ts';
import { calculateWitness, type InputSignals, provePoints } from './node/snarkjs-prove.ts';
import { fromBytes } from './prime-field.ts';
import { bodyBytes, encodeBody } from './proof.ts';
import { readR1cs, readWitness } from './r1cs.ts';
import { signalsOf } from './signals.ts';
import { contractCall, solidityVerifier } from './solidity.ts';
import { supports } from './supports.ts';
import { readVerifyingPart } from './zkey.ts';

/** Bytes around a proof body: envelope, names, digests and the statement's own overhead, without its integers. */
const proofOverhead = 256;

/** Throws `BACKEND_UNSUPPORTED` and `USAGE` before any work. */
function checkRequest(circuit: Circuit, { setup }: KeyOptions): void {
  const support = supports(circuit);
  if (!support.supported) throw new ProvennError('BACKEND_UNSUPPORTED', support.reason, { next: support.next });
  if (setup !== null) return;
  throw new ProvennError('USAGE', 'The groth16 backend needs a setup, and none is chosen.', {
    next: 'Add --ptau FILE with the file of a public ceremony, or --dev-setup for keys that verify refuses by default.',
  });
}

/** What auditors of a ceremony need besides circuit.r1cs and the powers-of-tau file: `snarkjs zkey verify` takes the three. */
function ceremonyFiles(transcript: Uint8Array, zkey: Uint8Array): Map<string, Uint8Array> {
  return new Map([
    ['ceremony.json', transcript],
    ['ceremony.zkey', zkey],
  ]);
}

/** Fixes the hidden weights of a circuit: a salt and a root for each matrix. */
async function commitWeights(
  circuit: Circuit,
  secrets: KeySecrets | undefined,
): Promise<{ readonly commitments: KeyCommitment[]; readonly held: HeldSecrets }> {
  const committed = committedOf(circuit);
  if (committed.length === 0) return { commitments: [], held: noSecrets };
  invariant(secrets !== undefined, 'the weights of a circuit are hidden, and nobody says what they are');
  const salts = committed.map(() => fromBytes(secrets.draw().subarray(0, 31)));
  const commitments: KeyCommitment[] = [];
  for (const [i, one] of committed.entries()) {
    const cells = one.cells.map(({ wire, cell }) => String((secrets.cells.get(wire) as Int32Array)[cell]));
    const { wasm } = await compileCircom(commitmentMain(one));
    const witness = readWitness(await calculateWitness(wasm, { in: cells, salt: String(salts[i]) }));
    // Wire 1 of a main file with one output is that output.
    const root = rootBytes(witness[1] as bigint);
    commitments.push({ matrix: one.matrix.name, root, evidence: { kind: 'range', proof: new Uint8Array(0) } });
  }
  return { commitments, held: { salts, cells: secrets.cells } };
}

async function makeKey(circuit: Circuit, options: KeyOptions): Promise<MadeKey> {
  checkRequest(circuit, options);
  const { onProgress, setup } = options;
  const pinned = setup?.kind === 'ceremony' ? await pinPtau(setup) : null;
  onProgress('generating the circuit', 0);
  const program = lower(circuit);
  onProgress('compiling with circom', 0.05);
  const { commitments, held } = await commitWeights(circuit, options.secrets);
  const { r1cs: r1csFile, wasm } = await compileCircom(program.main);
  const r1cs = readR1cs(r1csFile);
  const progress = (share: number): void => onProgress('setting up the key', 0.3 + 0.7 * share);
  const made: { readonly zkey: Uint8Array; readonly transcript: Uint8Array | null; readonly mark: Setup } =
    setup?.kind === 'ceremony' && pinned !== null
      ? { ...(await ceremonyKey(r1csFile, setup, pinned, progress)), mark: 'ceremony' }
      : { zkey: await developmentKey(r1cs, progress), transcript: null, mark: 'insecure' };
  const { transcript } = made;
  const parameters = encodeParameters({
    setup: made.mark,
    r1csDigest: digest(r1csFile),
    transcriptDigest: transcript === null ? new Uint8Array(32) : digest(transcript),
    key: readVerifyingPart(made.zkey),
  });
  const files = new Map([['main.circom', utf8(program.main)]]);
  if (transcript !== null) {
    files.set('circuit.r1cs', r1csFile);
    for (const [name, bytes] of ceremonyFiles(transcript, made.zkey)) files.set(name, bytes);
  }
  return {
    verifyingKey: { backend: backendName, parameters, circuit, commitments },
    material: encodeMaterial({ wasm, zkey: made.zkey, secrets: held }),
    costs: { constraints: r1cs.constraints.length, circuitWires: r1cs.wires, publicSignals: program.signals },
    parameters: {},
    soundness: keySoundness,
    proofBytes: bodyBytes + proofOverhead,
    resources: null,
    gadgetCosts: null,
    openings: [],
    files,
  };
}

/** Inputs of the witness generator: the public signals, and the cells of every wire that no gadget determines. */
function inputSignals(key: VerifyingKey, statement: Statement, witness: Witness, { salts }: HeldSecrets): InputSignals {
  const { circuit, commitments } = key;
  const [binding, ...others] = signalsOf(key, statement).map(String);
  const packed = others.slice(0, others.length - commitments.length);
  const cells = lower(circuit).inputs.map(({ signal, wire }) => [
    signal,
    Array.from(witness.wires[wire] as Float64Array, String),
  ]);
  const hidden = salts.length === 0 ? {} : { commitment: others.slice(packed.length), salt: salts.map(String) };
  return { binding: binding as string, statement: packed, ...hidden, ...Object.fromEntries(cells) };
}

async function prove(
  key: ProvingKey,
  witness: Witness,
  context: Uint8Array,
  { onStage }: ProofOptions,
): Promise<Proof> {
  const { verifyingKey, material } = key;
  const { circuit } = verifyingKey;
  const publics = circuit.wires.flatMap(({ role }, wire) =>
    role === 'public' ? [Int32Array.from(witness.wires[wire] as Float64Array)] : [],
  );
  const statement: Statement = {
    modelDigest: modelDigest(verifyingKey),
    keyDigest: verifyingKeyDigest(verifyingKey),
    context,
    publics,
    commitments: [],
  };
  const { wasm, zkey, secrets } = decodeMaterial(material);
  onStage('witness');
  const file = await calculateWitness(wasm, inputSignals(verifyingKey, statement, witness, secrets));
  onStage('points');
  const points = await provePoints({ zkey }, decodeParameters(verifyingKey.parameters).key, file);
  return { backend: backendName, statement, body: encodeBody(points) };
}

/** One more contribution to a ceremony's key. The verifying key changes with it. Throws `SETUP_REFUSED`. */
async function contributeTo(key: ProvingKey, transcript: Uint8Array, name: string): Promise<Contributed> {
  const { verifyingKey, material } = key;
  const parameters = acceptKey(verifyingKey).parameters;
  if (parameters.setup !== 'ceremony')
    throw new ProvennError('SETUP_REFUSED', 'The key comes from a development setup, which nobody can mend.', {
      next: 'Compile the model with --ptau.',
    });
  if (!equalBytes(digest(transcript), parameters.transcriptDigest))
    throw new ProvennError('SETUP_REFUSED', 'The transcript is not the one of this key.', {
      next: 'Use ceremony.json as it was written beside the key.',
    });
  const { zkey, ...rest } = decodeMaterial(material);
  const contributed = await contribute(zkey, name);
  const next = withContribution(transcript, contributed.contribution);
  const changed = encodeParameters({
    ...parameters,
    transcriptDigest: digest(next),
    key: readVerifyingPart(contributed.zkey),
  });
  return {
    provingKey: {
      ...key,
      verifyingKey: { ...verifyingKey, parameters: changed },
      material: encodeMaterial({ ...rest, zkey: contributed.zkey }),
    },
    files: ceremonyFiles(next, contributed.zkey),
  };
}

export const groth16: Backend = {
  name: 'groth16',
  system: backendName,
  needsSetup: true,
  supports,
  makeKey,
  prove,
  resources: null,
  heldCells: ({ material }) => decodeMaterial(material).secrets.cells,
  contract: {
    source: (key) => solidityVerifier(acceptKey(key)),
    call: (key, { statement, body }) => contractCall(acceptKey(key), statement, body),
  },
  contribute: contributeTo,
};
