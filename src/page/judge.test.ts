import { beforeAll, describe, expect, it } from 'vitest';
import { complete, everyGadget } from '../../test/support/circuits.ts';
import { fresh } from '../../test/support/fresh.ts';
import type { Circuit } from '../artifact/circuit.ts';
import { encodeVerifyingKey } from '../artifact/keys.ts';
import { encodeProof, type Proof } from '../artifact/proof.ts';
import { acceptKey, makeKey, proveWitness } from '../backends/transparent/index.ts';
import { toHex, utf8 } from '../base/bytes.ts';
import { type Judgement, judge, type Question } from './judge.ts';
import { secondCheck } from './second-opinion.ts';

const { circuit, inputs } = everyGadget();
const key = makeKey(circuit);
const accepted = acceptKey(key);
const proof = proveWitness(accepted, complete(circuit, inputs), utf8('request 4711'), fresh());
const image = Array.from(inputs[0] as Int32Array);

const json = (value: unknown): { readonly name: string; readonly bytes: Uint8Array } => ({
  name: 'input.json',
  bytes: utf8(JSON.stringify(value)),
});
const inputFile = (data: readonly number[]): { readonly name: string; readonly bytes: Uint8Array } =>
  json({ inputs: { image: { dims: [1, 2, 6, 6], type: 'uint8', data } } });

function judged(changed: Partial<Question> = {}): Judgement {
  return judge({
    key: encodeVerifyingKey(key),
    proof: encodeProof(proof),
    preprocessing: null,
    input: null,
    model: '',
    context: '',
    ...changed,
  });
}

const outcomes = ({ checks }: Judgement): string => checks.map(({ outcome }) => outcome[0]).join('');
const flip = (bytes: Uint8Array, at: number): Uint8Array => bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));

/** Outcomes by their first letters, in order: key, proof file, belongs, holds, setup, model, context, input. */
describe('a judgement', () => {
  let good: Judgement;
  beforeAll(() => {
    good = judged();
  });

  it('accepts an honest proof, and says what was not checked', () => {
    expect(outcomes(good)).toBe('pppppnnn');
    expect(good.ok).toBe(true);
    expect(good.claims?.outputs[0]?.name).toBe('scores');
    expect(good.checks[6]?.detail).toContain('“request 4711”');
  });

  it('passes what is as expected', () => {
    const model = good.claims?.modelDigest as string;
    expect(outcomes(judged({ model, context: 'request 4711', input: inputFile(image) }))).toBe('pppppppp');
  });

  it.each<[string, Partial<Question>, string, RegExp]>([
    ['model', { model: '0'.repeat(64) }, 'pppppfnn', /^Its digest is /],
    ['context', { context: 'request 4712' }, 'pppppnfn', /not to “request 4712”/],
    [
      'input',
      { input: inputFile(image.map((x, i) => (i === 7 ? x ^ 1 : x))) },
      'pppppnnf',
      /^It is another one: integer 7/,
    ],
    ['input of another shape', { input: inputFile([1]) }, 'pppppnnf', /./],
    ['input that is none', { input: json(['a']) }, 'pppppnnf', /./],
  ])('fails another %s', (_, changed, expected, detail) => {
    const judgement = judged(changed);
    expect(outcomes(judgement)).toBe(expected);
    expect(judgement.ok).toBe(false);
    expect(judgement.checks.find(({ outcome }) => outcome === 'fail')?.detail).toMatch(detail);
  });

  it('says which file is damaged', () => {
    const files = { key: encodeVerifyingKey(key), proof: encodeProof(proof) };
    expect(outcomes(judged({ key: flip(files.key, 100) }))).toBe('fpnnnnnn');
    expect(outcomes(judged({ proof: flip(files.proof, 100) }))).toBe('pfnnnnnn');
    expect(outcomes(judged({ key: files.proof, proof: files.key }))).toBe('ffnnnnnn');
  });

  it('tells a forged proof from one about something else', () => {
    const forged: Proof = { ...proof, body: flip(proof.body, proof.body.length >> 1) };
    const other: Circuit = { ...circuit, name: 'another network' };
    expect(outcomes(judged({ proof: encodeProof(forged) }))).toBe('pppfnnnn');
    expect(outcomes(judged({ key: encodeVerifyingKey(makeKey(other)) }))).toBe('ppfnnnnn');
  });

  it('fails a description of the input that is none', () => {
    expect(outcomes(judged({ preprocessing: json({ kind: 'sound' }) }))).toBe('pppppnnnf');
  });
});

describe('the second opinion', () => {
  const files = { key: encodeVerifyingKey(key), proof: encodeProof(proof) };
  const first = { keyDigest: toHex(accepted.keyDigest), modelDigest: toHex(accepted.modelDigest) };

  it('is heard: it agrees, rejects, or speaks of something else', () => {
    const forged = encodeProof({ ...proof, body: flip(proof.body, proof.body.length >> 1) });
    expect(secondCheck({ ...files, first }).outcome).toBe('pass');
    expect(secondCheck({ ...files, proof: forged, first }).outcome).toBe('fail');
    expect(secondCheck({ ...files, first: { ...first, modelDigest: first.keyDigest } }).outcome).toBe('fail');
  });
});
