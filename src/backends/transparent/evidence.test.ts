/** Evidence for commitments: what it establishes, and that no key is accepted without it. */
import { describe, expect, it } from 'vitest';
import { fresh } from '../../../test/support/fresh.ts';
import { verifyProof } from '../../../test/support/judged.ts';
import type { KeyCommitment, VerifyingKey } from '../../artifact/keys.ts';
import { profile } from '../../artifact/quant-graph.ts';
import { ProvennError } from '../../base/errors.ts';
import { Builder, identityMap } from '../../gadgets/builder.ts';
import { descriptorOf } from './commitment.ts';
import { acceptKey, commitMatrix, keyParameters, makeKey, proveEvidence, proveWitness } from './index.ts';
import { acceptWithoutEvidence } from './key.ts';
import { shapeOfMatrix } from './matrix.ts';

/** y = w + high·16 over hidden w and high, shown. */
function circuitOf(interval: readonly [number, number] = [-8, 7]) {
  const build = new Builder();
  const w = build.committed('w', [5], interval, 'weights');
  const high = build.committed('high', [5], [0, 3], 'weights');
  const x = build.publicWire('x', [5], [0, 9]);
  const y = build.publicWire('y', [5], [-100, 100]);
  const read = (wire: number, coefficient: number) => ({ coefficient, view: { wire, map: identityMap([5]) } });
  build.linear('sum', [5], { constant: 0, terms: [read(w, 1), read(high, 16), read(x, 1)], accumulators: [] }, y);
  build.range('x:range', x, 0, 9);
  const port = { quantization: null, dtype: 's8' as const, dims: [5] };
  return build.finish(
    'sums',
    profile,
    [{ ...port, name: 'x', tensor: 'x', wire: x }],
    [{ ...port, name: 'y', tensor: 'y', wire: y }],
  );
}

const circuit = circuitOf();
const parameters = keyParameters(circuit, { budget: 3 });
const shape = shapeOfMatrix(circuit, parameters, 'weights');
const cells = [Int32Array.of(-8, 7, 0, 1, -1), Int32Array.of(0, 3, 1, 2, 0)];
const commit = (values: readonly Int32Array[], fill: number) =>
  commitMatrix(shape, values, new Uint8Array(32).fill(fill));
const opening = commit(cells, 1);
const again = commit(cells, 2);
const request = { circuit, parameters, matrix: 'weights', cells };
const range = proveEvidence({ ...request, opening, ...fresh() });
const link = proveEvidence({ ...request, opening: again, previous: opening, ...fresh() });

function keyWith(commitment: Partial<KeyCommitment>, about = circuit): VerifyingKey {
  const given = { matrix: 'weights', root: opening.root, evidence: range, ...commitment };
  return makeKey(about, { budget: 3, commitments: [given] });
}

function refusal(key: VerifyingKey): string {
  try {
    acceptKey(key);
  } catch (error) {
    if (error instanceof ProvennError && error.code === 'KEY_REFUSED') return error.message;
    throw error;
  }
  return '';
}

describe('evidence', () => {
  it('for ranges and for links makes a key acceptable, and its error is counted', () => {
    for (const key of [keyWith({}), keyWith({ root: again.root, evidence: link })]) {
      const accepted = acceptKey(key);
      const own = acceptWithoutEvidence(key).soundness;
      expect(accepted.evidenceChecked).toBe(true);
      expect(accepted.soundness.bits).toBeGreaterThanOrEqual(100);
      expect(accepted.soundness.bits).toBeLessThan(own.bits);
      expect(accepted.soundness.terms.at(-1)?.name).toBe('evidence of the commitments');
    }
  });

  it('for several matrices has tables of at most 2^22 rows in all', () => {
    const build = new Builder();
    const x = build.publicWire('x', [1], [0, 9]);
    const y = build.publicWire('y', [1], [-(2 ** 24), 2 ** 24]);
    const names = ['first', 'second', 'third'];
    const terms = names.map((name) => {
      const wire = build.committed(name, [1], [0, 2 ** 21 - 1], name);
      return { coefficient: 1, view: { wire, map: identityMap([1]) } };
    });
    build.linear('sum', [1], { constant: 0, terms, accumulators: [] }, y);
    build.range('x:range', x, 0, 9);
    const port = { quantization: null, dtype: 's8' as const, dims: [1] };
    const ports = [x, y].map((wire) => ({ ...port, name: `${wire}`, tensor: `${wire}`, wire }));
    const wide = build.finish('wide', profile, ports.slice(0, 1), ports.slice(1));
    const commitments = names.map((matrix) => ({ matrix, root: new Uint8Array(32), evidence: range }));
    expect(refusal(makeKey(wide, { budget: 3, commitments }))).toMatch(/more than 2\^22 rows in all/);
  });

  it('is bound to the root, to the matrix before, and to what it is evidence of', () => {
    expect(refusal(keyWith({ root: again.root }))).toMatch(/evidence/);
    expect(refusal(keyWith({ evidence: link }))).toMatch(/evidence/);
    const previousRoot = again.root;
    expect(refusal(keyWith({ root: again.root, evidence: { ...link, kind: 'link', previousRoot } }))).toMatch(
      /evidence/,
    );
    expect(refusal(keyWith({ root: again.root, evidence: { kind: 'range', proof: link.proof } }))).toMatch(/evidence/);
    expect(refusal(keyWith({ evidence: { kind: 'link', previousRoot: opening.root, proof: range.proof } }))).toMatch(
      /evidence/,
    );
  });

  it('is bound to the intervals: for a circuit that declares wider or narrower ones it is none', () => {
    for (const interval of [
      [-9, 7],
      [-8, 6],
    ] as const)
      expect(refusal(keyWith({}, circuitOf(interval)))).toMatch(/evidence/);
  });

  it('is needed whole: empty, cut, longer or with any changed byte it is none', () => {
    for (const proof of [
      new Uint8Array(0),
      range.proof.slice(1),
      range.proof.slice(0, -1),
      Uint8Array.of(...range.proof, 0),
    ])
      expect(refusal(keyWith({ evidence: { kind: 'range', proof } }))).toMatch(/evidence/);
    for (let at = 0; at < range.proof.length; at += 997) {
      const proof = range.proof.map((byte, i) => (i === at ? byte ^ 1 : byte));
      expect(refusal(keyWith({ evidence: { kind: 'range', proof } }))).toMatch(/evidence/);
    }
  });

  it('cannot be made for cells outside their interval, nor for a link to other cells', () => {
    const wide = [Int32Array.of(-9, 7, 0, 1, -1), cells[1] as Int32Array];
    const bad = commit(wide, 3);
    const forged = proveEvidence({ ...request, cells: wide, opening: bad, ...fresh() });
    expect(refusal(keyWith({ root: bad.root, evidence: forged }))).toMatch(/evidence/);
    const other = [Int32Array.of(-7, 7, 0, 1, -1), cells[1] as Int32Array];
    const moved = commit(other, 4);
    for (const claimed of [other, cells]) {
      const unlinked = proveEvidence({ ...request, cells: claimed, opening: moved, previous: opening, ...fresh() });
      expect(refusal(keyWith({ root: moved.root, evidence: unlinked }))).toMatch(/evidence/);
    }
  });

  it('is what verification rests on: a key nobody checked verifies nothing', () => {
    const wires = [...cells, Int32Array.of(1, 2, 3, 4, 5)].map((data) => Float64Array.from(data));
    const y = Float64Array.from({ length: 5 }, (_, i) => {
      return (wires[0]?.[i] as number) + 16 * (wires[1]?.[i] as number) + (wires[2]?.[i] as number);
    });
    const accepted = acceptKey(keyWith({}));
    const witness = { wires: [...wires, y] };
    const openings = new Map([['weights', opening]]);
    const proof = proveWitness(accepted, witness, new Uint8Array(0), { ...fresh(), openings });
    const verdict = verifyProof({ accepted }, proof);
    expect(verdict.ok && verdict.claims.weights[0]?.matrix).toBe('weights');
    expect(verdict.ok && verdict.claims.modelDigest !== verdict.claims.circuitDigest).toBe(true);
    expect(() => verifyProof({ accepted: acceptWithoutEvidence(keyWith({})) }, proof)).toThrow(/evidence/);
  });

  it('one change of cells, salts or randomness is another commitment', () => {
    expect(again.root).not.toEqual(opening.root);
    expect(descriptorOf(shape, opening.root)).toEqual(opening.descriptor);
    expect(again.descriptor).not.toEqual(opening.descriptor);
  });
});
