/** The second verifier on proofs of every gadget: honest ones, and every region of a proof touched. */
import { describe, expect, test } from 'vitest';
import { complete, everyGadget } from '../../test/support/circuits.ts';
import { dotProduct } from '../../test/support/dot-product.ts';
import { fresh } from '../../test/support/fresh.ts';
import { encodeVerifyingKey, type KeyCommitment } from '../artifact/keys.ts';
import { encodeProof } from '../artifact/proof.ts';
import { acceptKey, type CommittedMatrix, makeKey, proveWitness } from '../backends/transparent/index.ts';
import { verify } from '../verify/index.ts';
import { hash } from './blake3.ts';
import { concat, utf8 } from './bytes.ts';
import { secondVerifier, secondVerify } from './index.ts';

const { circuit, inputs } = everyGadget();
const key = makeKey(circuit);
const keyBytes = encodeVerifyingKey(key);
const context = utf8('request 4711');
const proof = encodeProof(proveWitness(acceptKey(key), complete(circuit, inputs), context, fresh()));
const judge = secondVerifier(keyBytes);

/** A file changed at one byte, its digest made right again. */
function flipped(file: Uint8Array, at: number, by = 1): Uint8Array {
  const head = file.slice(0, -32);
  head[at] = (head[at] as number) ^ by;
  return concat(head, hash(head));
}

test('an honest proof is accepted, with the claims of the first verifier', () => {
  const claims = secondVerify(keyBytes, proof, { context });
  const first = verify(keyBytes, proof);
  if (!claims.ok || !first.ok) return expect.unreachable();
  expect(claims.modelDigest).toBe(first.claims.modelDigest);
  expect(claims.keyDigest).toBe(first.claims.keyDigest);
  expect(claims.soundnessBits).toBeCloseTo(first.claims.soundnessBits, 9);
  expect(claims.outputs.map(({ values }) => values)).toEqual(first.claims.outputs.map(({ integers }) => [...integers]));
});

test('another context, another key and other files are rejected for what they are', () => {
  expect(secondVerify(keyBytes, proof, { context: utf8('request 4712') })).toMatchObject({ reason: 'context' });
  expect(secondVerify(proof, keyBytes)).toMatchObject({ ok: false, reason: 'malformed' });
  expect(secondVerify(keyBytes, new Uint8Array(0))).toMatchObject({ ok: false, reason: 'malformed' });
  expect(secondVerify(encodeVerifyingKey(makeKey(everyGadget(2).circuit)), proof)).toMatchObject({ reason: 'key' });
  const groth16 = encodeVerifyingKey({ ...key, backend: 'groth16/1' });
  expect(secondVerify(groth16, proof)).toMatchObject({ ok: false, reason: 'not-covered' });
  const unmasked = encodeVerifyingKey({ ...key, backend: 'transparent-core/1' });
  expect(secondVerify(unmasked, proof)).toMatchObject({ ok: false, reason: 'key' });
});

describe('a byte of every region', () => {
  test('of a proof, changed and sealed again, is noticed', () => {
    const reasons = new Set<string>();
    for (let at = 20; at < proof.length - 32; at += Math.ceil(proof.length / 40)) {
      const answer = judge(flipped(proof, at, 1 << (at % 7)));
      expect(answer.ok, `byte ${at}`).toBe(false);
      if (!answer.ok) reasons.add(answer.reason);
    }
    expect(judge(proof).ok).toBe(true);
    expect([...reasons].sort()).toEqual(expect.arrayContaining(['commitment', 'proof-of-work']));
  });

  test('of a key, changed and sealed again, makes the proof one under another key', () => {
    for (let at = 20; at < keyBytes.length - 32; at += Math.ceil(keyBytes.length / 20))
      expect(secondVerify(flipped(keyBytes, at, 1 << (at % 7)), proof).ok, `byte ${at}`).toBe(false);
  });
});

test('evidence for hidden weights is checked with the key, and a statement names the other matrix', () => {
  const { keyFor, openings, commit, witness, weights, input } = dotProduct(2);
  const fixing = keyFor(openings.get('weights') as CommittedMatrix);
  const made = encodeProof(proveWitness(acceptKey(fixing), witness(weights, input), context, { ...fresh(), openings }));
  const answer = secondVerify(encodeVerifyingKey(fixing), made);
  expect(answer).toMatchObject({
    ok: true,
    commitments: [
      { matrix: 'weights', fixedByKey: true },
      { matrix: 'input:x', fixedByKey: false },
    ],
  });
  const [commitment] = fixing.commitments as [KeyCommitment];
  const root = commit('weights', weights, 9).root;
  const otherRoot = encodeVerifyingKey({ ...fixing, commitments: [{ ...commitment, root }] });
  expect(secondVerify(otherRoot, made)).toMatchObject({ ok: false, reason: 'key' });
});
