/** Every byte: of a proof body, of a well-sealed proof file, of a well-sealed verifying key. Anything but a verdict is a crash. */
import { afterAll, expect, test } from 'vitest';
import { open, seal } from '../../src/artifact/envelope.ts';
import { encodeVerifyingKey, type VerifyingKey } from '../../src/artifact/keys.ts';
import { encodeProof, type Proof } from '../../src/artifact/proof.ts';
import { acceptKey, type CommittedMatrix, makeKey, proveWitness } from '../../src/backends/transparent/index.ts';
import { equalBytes, utf8 } from '../../src/base/bytes.ts';
import { ProvennError } from '../../src/base/errors.ts';
import { type PreparedKey, prepareKey } from '../../src/verify/index.ts';
import { complete, seeded } from '../support/circuits.ts';
import { dotProduct } from '../support/dot-product.ts';
import { fresh } from '../support/fresh.ts';
import { allGadgets } from '../support/gadget-circuits.ts';
import { verify, verifyProof } from '../support/judged.ts';
import { withBody } from '../support/malicious.ts';
import { Tally } from '../support/tally.ts';

type Integers = (low: number, high: number) => number;

/** One byte in every `stride`, seeded within each stride; all of them for a stride of one. */
function positions(length: number, stride: number, random: Integers): number[] {
  return Array.from({ length: Math.ceil(length / stride) }, (_, i) =>
    Math.min(length - 1, i * stride + random(0, stride - 1)),
  );
}

function flipped(bytes: Uint8Array, at: number, random: Integers): Uint8Array {
  const out = bytes.slice();
  out[at] = (out[at] as number) ^ random(1, 255);
  return out;
}

/** A key that is still a key after its bytes were changed, or the code with which it was refused. */
function prepared(bytes: Uint8Array): PreparedKey | string {
  try {
    return prepareKey(bytes);
  } catch (error) {
    if (error instanceof ProvennError) return error.code;
    throw error;
  }
}

/** The proof as its forger would present it under another key. */
function rebound(proof: Proof, { accepted }: PreparedKey): Proof {
  const { modelDigest, keyDigest } = accepted;
  return { ...proof, statement: { ...proof.statement, modelDigest, keyDigest } };
}

/** No damaged key may cost more than this before it is refused or accepted. */
const patienceMs = 5000;

/** Thousands of verifications, on a machine that may be busy with others. */
const patienceOfTests = 1_800_000;

/** How much of it is visited; all of it for strides of one. */
export type Extent = {
  /** One byte of the proof body in this many. */
  readonly stride: number;
  /** One byte of the key in this many. */
  readonly keyStride: number;
  /** Bodies with several bytes changed at random. */
  readonly damaged: number;
};

/** A key and an honest proof under it. */
type Subject = { readonly name: string; readonly key: VerifyingKey; readonly proof: Proof };

const context = utf8('every byte');

/** Every kind of relation; nothing is committed for longer than the proof. */
function everyRelation(): Subject {
  const { circuit, inputs } = allGadgets;
  const key = makeKey(circuit);
  return {
    name: 'every relation',
    key,
    proof: proveWitness(acceptKey(key), complete(circuit, inputs), context, fresh()),
  };
}

/** Weights that the key commits to, with evidence, and an input that the statement commits to. */
function committed(): Subject {
  const { keyFor, openings, witness, weights, input } = dotProduct(3);
  const key = keyFor(openings.get('weights') as CommittedMatrix);
  const options = { ...fresh(), openings };
  return {
    name: 'committed weights and input',
    key,
    proof: proveWitness(acceptKey(key), witness(weights, input), context, options),
  };
}

/** Registers the suite for keys without commitments. */
export function byteSuite(extent: Extent): void {
  suiteOf(everyRelation(), extent);
}

/** Registers the suite for a key with a commitment and a statement with another. */
export function committedByteSuite(extent: Extent): void {
  suiteOf(committed(), extent);
}

function suiteOf({ name, key, proof }: Subject, { stride, keyStride, damaged }: Extent): void {
  const keyBytes = encodeVerifyingKey(key);
  const accepted = acceptKey(key);
  const proofBytes = encodeProof(proof);
  const tally = new Tally();

  afterAll(() => tally.print(`changed bytes, ${name}`));

  test('the proof is accepted as it is', () => {
    expect(verify(keyBytes, proofBytes).ok).toBe(true);
  });

  test(
    'any byte of the proof body changed is rejected',
    () => {
      const random = seeded(1);
      const chosen = positions(proof.body.length, stride, random);
      for (const at of chosen)
        tally.reject(verifyProof({ accepted }, withBody(proof, flipped(proof.body, at, random))), `byte ${at}`);
      tally.add(`of ${proof.body.length} body bytes`, chosen.length);
    },
    patienceOfTests,
  );

  test(
    'several bytes of the proof body changed at random are rejected',
    () => {
      const random = seeded(2);
      for (let run = 0; run < damaged; run++) {
        let body = proof.body;
        for (let i = random(2, 8); i > 0; i--) body = flipped(body, random(0, body.length - 1), random);
        if (!equalBytes(body, proof.body)) tally.reject(verifyProof({ accepted }, withBody(proof, body)), `run ${run}`);
      }
      tally.add('damaged bodies', damaged);
    },
    patienceOfTests,
  );

  test('any byte of the statement changed in a well-sealed proof file is rejected', () => {
    const random = seeded(3);
    const payload = open('proof', proofBytes);
    const head = payload.length - proof.body.length;
    for (let at = 0; at < head; at++)
      tally.reject(verify(keyBytes, seal('proof', flipped(payload, at, random))), `statement byte ${at}`);
    tally.add('statement bytes', head);
  });

  test('any byte of the envelope changed is malformed', () => {
    const random = seeded(4);
    const length = proofBytes.length;
    const places = Array.from({ length: 20 + 32 }, (_, i) => (i < 20 ? i : length - 52 + i));
    for (const at of [...places, ...positions(length, 20 * stride, random)])
      tally.reject(verify(keyBytes, flipped(proofBytes, at, random)), `file byte ${at}`, ['malformed']);
    for (const at of places)
      tally.reject(verify(keyBytes, proofBytes.subarray(0, at)), `file cut at ${at}`, ['malformed']);
  });

  test(
    'any byte of a well-sealed verifying key changed is refused, or the proof fails under it',
    () => {
      const random = seeded(5);
      const payload = open('verifying-key', keyBytes);
      let slowest = 0;
      // The evidence for the key's commitment is a proof at its end, and is visited like the proof itself.
      const evidence = key.commitments.reduce((total, commitment) => total + commitment.evidence.proof.length, 0);
      const head = payload.length - evidence;
      const chosen = [
        ...positions(head, keyStride, random),
        ...positions(evidence, stride, random).map((at) => head + at),
      ];
      for (const at of chosen) {
        const changed = seal('verifying-key', flipped(payload, at, random));
        const start = performance.now();
        const outcome = prepared(changed);
        slowest = Math.max(slowest, performance.now() - start);
        tally.reject(verify(changed, proofBytes), `key byte ${at}`);
        if (typeof outcome === 'string')
          expect(['ARTIFACT_TAMPERED', 'ARTIFACT_VERSION', 'KEY_REFUSED'], `key byte ${at}`).toContain(outcome);
        else tally.reject(verifyProof(outcome, rebound(proof, outcome)), `key byte ${at}, rebound`);
        tally.add(typeof outcome === 'string' ? 'keys refused' : 'keys of other models');
      }
      expect(slowest).toBeLessThan(patienceMs);
      tally.add(`of ${payload.length} key bytes`, chosen.length);
    },
    patienceOfTests,
  );

  test('nothing false was accepted', () => {
    expect(tally.count('accepted')).toBe(0);
    expect(tally.count('rejected')).toBeGreaterThan(proof.body.length / stride);
  });
}
