/** Proofs over several matrices: weights the key fixes, an input the statement names, each opened beside the witness. */
import { describe, expect, it } from 'vitest';
import { dotProduct } from '../../../test/support/dot-product.ts';
import { verifyProof } from '../../../test/support/judged.ts';
import type { VerifyingKey } from '../../artifact/keys.ts';
import type { Proof } from '../../artifact/proof.ts';
import { violations } from '../../gadgets/evaluate.ts';
import { acceptKey, type CommittedMatrix, commitMatrix, keyParameters, makeKey } from './index.ts';
import { codeDimension, shapeOfMatrix } from './matrix.ts';

const { circuit, key, weights, input, openings, keyFor, commit, witness: witnessOf, prove } = dotProduct(3);
const { parameters } = key;
const [openWeights, openInput] = ['weights', 'input:x'].map((name) => openings.get(name)) as [
  CommittedMatrix,
  CommittedMatrix,
];

function codeOf(proof: Proof, under = key): string {
  const verdict = verifyProof({ accepted: under }, proof);
  return verdict.ok ? 'accepted' : verdict.reason.code;
}

const honest = witnessOf(weights, input);
const proof = prove(honest);

describe('a proof over three matrices', () => {
  it('is accepted, names the matrix the key leaves open, and reveals nothing but the public wires', () => {
    expect(violations(circuit, honest)).toEqual([]);
    expect(key.matrices.map(({ name, root }) => [name, root])).toEqual([
      ['weights', openWeights.root],
      ['input:x', null],
    ]);
    expect(proof.statement.commitments).toEqual([openInput.root]);
    expect(codeOf(proof)).toBe('accepted');
    expect(codeOf(prove(honest))).toBe('accepted');
  });

  it('has random coefficients for every proof of the budget, counted in the rate', () => {
    expect(parameters.tail).toBe(3 * parameters.queries);
    expect(openWeights.rows.length).toBe(codeDimension(parameters));
    expect(() => acceptKey({ ...keyFor(openWeights), parameters: new Uint8Array(17) })).toThrow();
  });

  it('with another weight or input in the opening, or in the witness alone, is rejected', () => {
    const other = weights.map((x, i) => (i === 2 ? x - 1 : x));
    const forged = new Map([...openings, ['weights', commit('weights', other, 1)] as const]);
    // Honest about everything but the weights the key fixes: the columns are not those of the root.
    expect(codeOf(prove(witnessOf(other, input), forged))).toBe('commitment');
    expect(codeOf(prove(witnessOf(other, input)))).toBe('opening');
    const image = input.map((x, i) => (i === 0 ? x - 1 : x));
    expect(codeOf(prove(witnessOf(weights, image)))).toBe('opening');
    expect(codeOf(prove(witnessOf(weights, input, 0)))).toBe('opening');
  });

  it('is about the commitments it names: under another root, of key or statement, it is rejected', () => {
    const again = commit('input:x', input, 3);
    const { statement } = proof;
    expect(codeOf({ ...proof, statement: { ...statement, commitments: [again.root] } })).toBe('proof-of-work');
    for (const commitments of [[], [openInput.root, openInput.root], [openInput.root.subarray(1)]])
      expect(['statement', 'malformed']).toContain(codeOf({ ...proof, statement: { ...statement, commitments } }));
    const other = acceptKey(keyFor(commit('weights', weights, 4)));
    const rebound = { ...statement, keyDigest: other.keyDigest, modelDigest: other.modelDigest };
    expect(codeOf({ ...proof, statement: rebound }, other)).toBe('proof-of-work');
  });

  it('binds the row format to the root: columns of the same cells at another t do not pass', () => {
    const shape = shapeOfMatrix(circuit, { ...parameters, tail: parameters.tail + 1 }, 'input:x');
    const other = commitMatrix(shape, [input], new Uint8Array(32).fill(2));
    expect(other.root).not.toEqual(openInput.root);
    expect(other.descriptor).not.toEqual(openInput.descriptor);
  });
});

describe('keys with commitments', () => {
  const good = keyFor(openWeights);
  const [commitment] = good.commitments;
  const evidence = commitment?.evidence ?? { kind: 'range', proof: new Uint8Array(0) };

  it.each<[string, VerifyingKey]>([
    ['without the commitment of an imported matrix', { ...good, commitments: [] }],
    ['with one too many', { ...good, commitments: [...good.commitments, ...good.commitments] }],
    ['with one of another name', { ...good, commitments: [{ matrix: 'input:x', root: openInput.root, evidence }] }],
    ['with a short root', { ...good, commitments: [{ matrix: 'weights', root: new Uint8Array(31), evidence }] }],
    [
      'with a larger budget',
      { ...good, parameters: makeKey(circuit, { budget: 2 }).parameters.map((byte, i) => (i === 13 ? 3 : byte)) },
    ],
  ])('%s are refused', (_, bad) => {
    expect(commitment?.root).toBe(openWeights.root);
    expect(() => acceptKey(bad)).toThrow(expect.objectContaining({ code: 'KEY_REFUSED' }) as Error);
  });

  it('for the row format of an older commitment use that format', () => {
    const { logRow, logBlowup, tail } = keyParameters(circuit, { budget: 5 });
    const reused = keyParameters(circuit, { budget: 4, format: { logRow, logBlowup, tail } });
    expect(reused).toMatchObject({ logRow, logBlowup, tail, budget: 4 });
    expect(() => keyParameters(circuit, { budget: 50, format: { logRow, logBlowup, tail } })).toThrow(/row format/);
  });
});
