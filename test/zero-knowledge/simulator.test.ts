import { describe, expect, test } from 'vitest';
import type { Circuit } from '../../src/artifact/circuit.ts';
import { type AcceptedKey, acceptKey, makeKey, proveWitness } from '../../src/backends/transparent/index.ts';
import { complete, everyGadget } from '../support/circuits.ts';
import { dotProduct } from '../support/dot-product.ts';
import { fresh } from '../support/fresh.ts';
import { judgeUnder } from '../support/frozen.ts';
import { allGadgets } from '../support/gadget-circuits.ts';
import { verifyProof } from '../support/judged.ts';
import { proofFields } from '../support/proof-map.ts';
import { simulate } from '../support/simulator.ts';

const cases: [string, Circuit, readonly Int32Array[]][] = [
  ['every gadget', everyGadget().circuit, everyGadget().inputs],
  ['all gadgets', allGadgets.circuit, allGadgets.inputs],
];

test('the simulator makes up commitments as well: those of the key and those of the statement', () => {
  const { key } = dotProduct(2);
  for (const y of [0, 1234]) {
    const publics = [Int32Array.of(40), Int32Array.of(y)];
    const { proof, draws, positions, roots } = simulate(key, publics, new Uint8Array(32).fill(y & 255));
    const simulated = {
      ...key,
      matrices: key.matrices.map((matrix, k) =>
        matrix.root === null ? matrix : { ...matrix, root: roots[k] as Uint8Array },
      ),
    };
    const verdict = judgeUnder(simulated, proof, draws, positions);
    expect(verdict.ok ? 'accepted' : verdict.reason).toBe('accepted');
    expect(judgeUnder(key, proof, draws, positions).ok).toBe(false);
  }
});

describe.each(cases)('the simulator, %s', (_, circuit, inputs) => {
  const key: AcceptedKey = acceptKey(makeKey(circuit));
  const honest = proveWitness(key, complete(circuit, inputs), new Uint8Array(0), fresh());
  const { publics } = honest.statement;

  test('makes transcripts that are accepted, without a witness', () => {
    for (const seed of [1, 2]) {
      const { proof, draws, positions } = simulate(key, publics, new Uint8Array(32).fill(seed));
      const verdict = judgeUnder(key, proof, draws, positions);
      expect(verdict.ok ? 'accepted' : verdict.reason).toBe('accepted');
    }
  });

  test('does so for false statements as well: it proves nothing, it only looks like a proof', () => {
    const other = publics.map((values) => values.map((x) => x ^ 1));
    const { proof, draws, positions } = simulate(key, other, new Uint8Array(32).fill(3));
    expect(judgeUnder(key, proof, draws, positions).ok).toBe(true);
    expect(verifyProof({ accepted: key }, proof).ok).toBe(false);
  });

  test('leaves nothing out: its transcripts have the fields of honest proofs, and each is held by a check', () => {
    const { proof, draws, positions } = simulate(key, publics, new Uint8Array(32).fill(4));
    const names = (length: number) =>
      proofFields(key, length)
        .filter(({ kind }) => kind !== 'digest')
        .map(({ name, from, to }) => [name, from, to]);
    expect(names(proof.body.length)).toEqual(names(honest.body.length));
    const fields = proofFields(key, proof.body.length).filter(({ kind }) => kind !== 'nonce');
    for (let i = 0; i < fields.length; i += 97) {
      const body = proof.body.slice();
      const place = fields[i]?.from as number;
      body[place] = (body[place] as number) ^ 1;
      expect(judgeUnder(key, { ...proof, body }, draws, positions).ok, fields[i]?.name).toBe(false);
    }
  });
});
