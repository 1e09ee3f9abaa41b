/** The tamper manifest of proofs over several matrices: every field of every matrix, every root, every parameter of a key. */
import { afterAll, describe, expect, test } from 'vitest';
import type { VerifyingKey } from '../../src/artifact/keys.ts';
import type { Proof } from '../../src/artifact/proof.ts';
import { decodeParameters, encodeParameters } from '../../src/backends/transparent/config.ts';
import { acceptKey, type CommittedMatrix } from '../../src/backends/transparent/index.ts';
import { ByteReader, ByteWriter, concatBytes } from '../../src/base/bytes.ts';
import { P } from '../../src/base/field.ts';
import { dotProduct } from '../support/dot-product.ts';
import { freeze } from '../support/frozen.ts';
import { verifyProof } from '../support/judged.ts';
import { withBody } from '../support/malicious.ts';
import { type Field, proofFields } from '../support/proof-map.ts';
import { Tally } from '../support/tally.ts';

const { key, openings, keyFor, commit, input, weights, witness, prove } = dotProduct(2);
const proof = prove();
const { body } = proof;
const fields = proofFields(key, body.length);
const frozen = freeze(key, proof);
const tally = new Tally();
tally.add('fields', fields.length);

afterAll(() => tally.print('several matrices'));

const live = (changed: Uint8Array) => verifyProof({ accepted: key }, withBody(proof, changed));
const [openWeights, openInput] = [openings.get('weights'), openings.get('input:x')] as [
  CommittedMatrix,
  CommittedMatrix,
];

function plusOne({ from, to, kind }: Field): Uint8Array {
  const out = body.slice();
  if (kind === 'element' || kind === 'cell')
    out.set(new ByteWriter().u32((new ByteReader(body.subarray(from, to)).u32() + 1) % P).finish(), from);
  else out[from] = (out[from] as number) ^ 1;
  return out;
}

/** All short fields; of the rows, columns and paths one in forty-one, and the last of every matrix. */
const chosen = fields.filter(
  ({ name }, i) =>
    !/^(?:folded row|column|salt|path)/.test(name) || i % 41 === 0 || fields[i + 1]?.name.startsWith('salt'),
);

describe('the body', () => {
  test('is covered by the manifest, matrix after matrix', () => {
    expect(fields.at(-1)?.to).toBe(body.length);
    for (const name of ['', 'weights', 'input:x'])
      for (const kind of [`salt 0${name}`, `column 0${name} row`, `path digest${name}`])
        expect(
          fields.some((field) => field.name.startsWith(kind)),
          kind,
        ).toBe(true);
    expect(live(body).ok).toBe(true);
    expect(frozen.judge(body).ok).toBe(true);
  });

  test('with any field changed is rejected, by a check of its own and by the challenges', () => {
    for (const [i, field] of chosen.entries()) {
      tally.reject(live(plusOne(field)), field.name);
      if (field.kind !== 'nonce' && i % 3 === 0)
        tally.reject(frozen.judge(plusOne(field)), `${field.name}, frozen`, ['relation', 'opening', 'commitment']);
    }
  }, 300_000);

  test('with the openings of two matrices exchanged, or one left out or repeated, is rejected', () => {
    const start = (name: string): number => fields.find((field) => field.name === `salt 0${name}`)?.from as number;
    const [first, second, end] = [start('weights'), start('input:x'), body.length];
    const [head, one, two] = [body.subarray(0, first), body.subarray(first, second), body.subarray(second, end)];
    tally.reject(live(concatBytes(head, two, one)), 'exchanged', ['commitment', 'malformed']);
    tally.reject(live(concatBytes(head, one)), 'left out', ['malformed']);
    tally.reject(live(concatBytes(head, one, one)), 'repeated', ['commitment', 'malformed']);
    tally.reject(live(concatBytes(head, one, two, two)), 'one too many', ['malformed']);
  });
});

describe('the statement', () => {
  test('with any byte of a root changed is rejected', () => {
    for (let at = 0; at < 32; at++) {
      const root = openInput.root.slice();
      root[at] = (root[at] as number) ^ 1;
      const forged: Proof = { ...proof, statement: { ...proof.statement, commitments: [root] } };
      tally.reject(verifyProof({ accepted: key }, forged), `root byte ${at}`);
    }
  });

  test('cannot name the weights as the input, nor another commitment to the same cells', () => {
    const again = commit('input:x', input, 9);
    for (const root of [openWeights.root, again.root, openInput.descriptor])
      tally.reject(
        verifyProof({ accepted: key }, { ...proof, statement: { ...proof.statement, commitments: [root] } }),
        'another commitment',
      );
  });
});

describe('the key', () => {
  const good = keyFor(openWeights);
  const code = (bad: VerifyingKey): string => {
    try {
      const accepted = acceptKey(bad);
      const { modelDigest, keyDigest } = accepted;
      const rebound = { ...proof, statement: { ...proof.statement, modelDigest, keyDigest } };
      const verdict = verifyProof({ accepted }, rebound);
      return verdict.ok ? 'accepted' : verdict.reason.code;
    } catch (error) {
      return (error as { code: string }).code;
    }
  };

  test('that fixes another root is refused: its evidence is about the first', () => {
    const other = commit('weights', weights, 5);
    const [fixed] = good.commitments;
    for (const root of [other.root, openInput.root, new Uint8Array(32)])
      expect(code({ ...good, commitments: [{ ...fixed, root } as (typeof good.commitments)[0]] })).toBe('KEY_REFUSED');
  });

  test('with any other row format is refused: the evidence is about cells decoded under this one', () => {
    const parameters = decodeParameters(good.parameters);
    for (const change of [
      { tail: parameters.tail + 1 },
      { tail: parameters.tail + parameters.queries, budget: 3 },
      { logRow: parameters.logRow + 1 },
      { logBlowup: parameters.logBlowup + 1 },
      { queries: parameters.queries + 1, tail: parameters.tail + 2 },
    ])
      expect(code({ ...good, parameters: encodeParameters({ ...parameters, ...change }) })).toBe('KEY_REFUSED');
  });
});

test('weights out of the range they were proven in cannot be used: their commitment has no evidence', () => {
  const wide = weights.map((x, i) => (i === 0 ? 90 : x));
  expect(() => acceptKey(keyFor(commit('weights', wide, 6)))).toThrow(
    expect.objectContaining({ code: 'KEY_REFUSED' }) as Error,
  );
  const forged = new Map([...openings, ['weights', commit('weights', wide, 1)] as const]);
  tally.reject(verifyProof({ accepted: key }, prove(witness(wide, input), forged)), 'wide weights', ['commitment']);
});

test('nothing false was accepted', () => {
  expect(tally.count('accepted')).toBe(0);
  expect(tally.count('rejected')).toBeGreaterThan(500);
});
