import { afterAll, describe, expect, test } from 'vitest';
import type { Circuit, Wire } from '../../src/artifact/circuit.ts';
import { encodeVerifyingKey } from '../../src/artifact/keys.ts';
import { encodeProof, type Proof } from '../../src/artifact/proof.ts';
import { acceptKey, makeKey, proveWitness } from '../../src/backends/transparent/index.ts';
import { utf8 } from '../../src/base/bytes.ts';
import { complete, everyGadget } from '../support/circuits.ts';
import { fresh } from '../support/fresh.ts';
import { verify, verifyProof } from '../support/judged.ts';
import { keyWith } from '../support/malicious.ts';
import { Tally } from '../support/tally.ts';

const { circuit, inputs } = everyGadget();
const key = makeKey(circuit);
const accepted = acceptKey(key);
const context = utf8('request 4711');
const proof = proveWitness(accepted, complete(circuit, inputs), context, fresh());

const tally = new Tally();

afterAll(() => tally.print('wrong statements'));

function reason(changed: Proof, expect = {}, under = accepted): string {
  const verdict = verifyProof({ accepted: under }, changed, { expect });
  tally.add(verdict.ok ? 'honest accepted' : 'rejected');
  return verdict.ok ? 'accepted' : verdict.reason.code;
}

function withPublics(change: (publics: Int32Array[]) => Int32Array[]): Proof {
  const publics = change(proof.statement.publics.map((values) => values.slice()));
  return { ...proof, statement: { ...proof.statement, publics } };
}

/** The circuit with one integer of a constant wire changed. */
function withConstant(name: string, cell: number, delta: number): Circuit {
  const wires = circuit.wires.map((wire): Wire => {
    if (wire.name !== name || wire.data === null) return wire;
    const data = wire.data.slice();
    data[cell] = (data[cell] as number) + delta;
    return { ...wire, data, interval: [wire.interval[0] - 1, wire.interval[1] + 1] };
  });
  return { ...circuit, wires };
}

describe('a statement', () => {
  test('is accepted as it was proven', () => {
    expect(reason(proof)).toBe('accepted');
    expect(verify(encodeVerifyingKey(key), encodeProof(proof)).ok).toBe(true);
  });

  test('with any public integer changed is rejected', () => {
    proof.statement.publics.forEach((values, tensor) => {
      for (const cell of [0, values.length >> 1, values.length - 1]) {
        for (const delta of [1, -1]) {
          const forged = withPublics((publics) => {
            const tensorValues = publics[tensor] as Int32Array;
            const moved = (tensorValues[cell] as number) + delta;
            tensorValues[cell] = moved < 0 || moved > 255 ? (tensorValues[cell] as number) - delta : moved;
            return publics;
          });
          expect(reason(forged)).not.toBe('accepted');
        }
      }
    });
  });

  test('with public tensors too long, too short, missing or out of range is rejected', () => {
    expect(reason(withPublics((publics) => publics.slice(1)))).toBe('statement');
    expect(reason(withPublics((publics) => [...publics, new Int32Array(1)]))).toBe('statement');
    expect(reason(withPublics(([first, ...rest]) => [(first as Int32Array).slice(1), ...rest]))).toBe('statement');
    expect(reason(withPublics(([first, ...rest]) => [(first as Int32Array).fill(256, 0, 1), ...rest]))).toBe(
      'statement',
    );
    expect(reason(withPublics(([first, ...rest]) => [(first as Int32Array).fill(-1, 0, 1), ...rest]))).toBe(
      'statement',
    );
  });

  test('replayed under another context is rejected', () => {
    expect(reason({ ...proof, statement: { ...proof.statement, context: utf8('request 4712') } })).not.toBe('accepted');
    expect(reason(proof, { context: utf8('request 4712') })).toBe('context');
    expect(reason(proof, { context })).toBe('accepted');
  });

  test('is held to what the verifier expects', () => {
    const [image, scores] = proof.statement.publics as [Int32Array, Int32Array];
    const other = (values: Int32Array): Int32Array => values.map((x, i) => (i === 1 ? x ^ 1 : x));
    expect(reason(proof, { inputs: new Map([['image', image]]), outputs: new Map([['scores', scores]]) })).toBe(
      'accepted',
    );
    expect(reason(proof, { inputs: new Map([['image', other(image)]]) })).toBe('input');
    expect(reason(proof, { outputs: new Map([['scores', other(scores)]]) })).toBe('output');
    expect(reason(proof, { outputs: new Map([['nothing', scores]]) })).toBe('output');
    expect(reason(proof, { model: '00'.repeat(32) })).toBe('model');
  });
});

describe('a proof under another key', () => {
  test.each(['weights', 'bias', 'dense'])(
    'of the same architecture with one of %s changed is about another model',
    (name) => {
      const changed = acceptKey(makeKey(withConstant(name, 1, 1)));
      expect(reason(proof, {}, changed)).toBe('model');
      const renamed = {
        ...proof,
        statement: { ...proof.statement, modelDigest: changed.modelDigest, keyDigest: changed.keyDigest },
      };
      expect(reason(renamed, {}, changed)).not.toBe('accepted');
    },
  );

  test('of the same circuit with other parameters is rejected', () => {
    expect(
      reason(
        proof,
        {},
        keyWith(circuit, { queries: accepted.parameters.queries + 1, tail: accepted.parameters.tail + 1 }),
      ),
    ).toBe('key');
  });

  test('of another backend is rejected', () => {
    expect(reason({ ...proof, backend: 'groth16' })).toBe('backend');
  });
});
