import { describe, expect, it } from 'vitest';
import { complete, everyGadget, seeded } from '../../test/support/circuits.ts';
import { fresh } from '../../test/support/fresh.ts';
import type { Circuit } from '../artifact/circuit.ts';
import { circuitDigest } from '../artifact/circuit-codec.ts';
import { encodeVerifyingKey, verifyingKeyDigest } from '../artifact/keys.ts';
import { encodeProof, type Proof } from '../artifact/proof.ts';
import { rejectionCodes } from '../artifact/verdict.ts';
import { acceptKey, makeKey, proveWitness } from '../backends/transparent/index.ts';
import { toHex, utf8 } from '../base/bytes.ts';
import { ProvennError } from '../base/errors.ts';
import { type Expectation, prepareKey, type Verdict, verify, verifyProof } from './index.ts';

const plain = everyGadget();
/** Its output a float port of the model, its input an integer one. */
const circuit: Circuit = {
  ...plain.circuit,
  outputs: plain.circuit.outputs.map((port) => ({
    ...port,
    quantization: { scale: Math.fround(0.1), zeroPoint: 128 },
  })),
};
const key = makeKey(circuit);
const accepted = acceptKey(key);
const context = utf8('nonce');
const witness = complete(circuit, plain.inputs);
const proof = proveWitness(accepted, witness, context, fresh());
const keyBytes = encodeVerifyingKey(key);
const proofBytes = encodeProof(proof);
const image = plain.inputs[0] as Int32Array;
const scores = proof.statement.publics[1] as Int32Array;

function codeOf(verdict: Verdict): string {
  return verdict.ok ? 'accepted' : verdict.reason.code;
}

function judged(changed: Partial<Proof>, expect: Expectation = {}): string {
  return codeOf(verifyProof({ accepted }, { ...proof, ...changed }, { expect }));
}

describe('the verdict on an honest proof', () => {
  const verdict = verify(keyBytes, proofBytes);

  it('accepts, from bytes as from decoded values', () => {
    expect(verdict.ok).toBe(true);
    expect(verifyProof(prepareKey(keyBytes), proof)).toEqual(verdict);
    expect(verifyProof(prepareKey(keyBytes), proofBytes)).toEqual(verdict);
    expect(verifyProof(prepareKey(keyBytes), keyBytes)).toMatchObject({ ok: false, reason: { code: 'malformed' } });
    expect(verifyProof(prepareKey(key), proof)).toEqual(verdict);
  });

  it('claims what the key and the statement say, and no more', () => {
    if (!verdict.ok) throw new Error(verdict.reason.message);
    const port = { dtype: 'u8', quantization: null, values: null };
    expect(verdict.claims).toEqual({
      backend: 'transparent/1',
      model: 'every gadget',
      profile: circuit.profile,
      circuitDigest: toHex(circuitDigest(circuit)),
      modelDigest: toHex(circuitDigest(circuit)),
      keyDigest: toHex(verifyingKeyDigest(key)),
      context: toHex(context),
      inputs: [{ ...port, name: 'image', tensor: 'image', dims: [1, 2, 6, 6], integers: image }],
      outputs: [
        {
          ...port,
          name: 'scores',
          tensor: 'scores',
          dims: [1, 4],
          quantization: { scale: Math.fround(0.1), zeroPoint: 128 },
          integers: scores,
          values: Float32Array.from(scores, (q) => Math.fround((q - 128) * Math.fround(0.1))),
        },
      ],
      hidden: [],
      weights: [],
      setup: 'none',
      soundnessBits: accepted.soundness.bits,
      zeroKnowledge: true,
    });
    expect(verdict.claims.soundnessBits).toBeGreaterThanOrEqual(100);
  });

  it('the outputs are those of the witness', () => {
    const wire = circuit.outputs[0]?.wire as number;
    expect(Array.from(scores)).toEqual(Array.from(witness.wires[wire] as Float64Array));
  });
});

describe('expectations', () => {
  const named = (name: string, values: ArrayLike<number>) => new Map([[name, values]]);

  it.each<[string, Expectation]>([
    ['nothing', {}],
    ['the context', { context: utf8('nonce') }],
    ['the model', { model: toHex(circuitDigest(circuit)) }],
    ['the input', { inputs: named('image', image) }],
    ['the output, as plain numbers', { outputs: named('scores', Array.from(scores)) }],
    ['no particular port', { inputs: new Map(), outputs: new Map() }],
  ])('that hold: %s', (_, expectation) => {
    expect(judged({}, expectation)).toBe('accepted');
  });

  it.each<[string, Expectation, string]>([
    ['another context', { context: utf8('nonces') }, 'context'],
    ['an empty context', { context: new Uint8Array(0) }, 'context'],
    ['another model', { model: toHex(circuitDigest(plain.circuit)) }, 'model'],
    ['a model in capitals', { model: toHex(circuitDigest(circuit)).toUpperCase() }, 'model'],
    [
      'another input',
      {
        inputs: named(
          'image',
          image.map((x, i) => (i === 71 ? x ^ 1 : x)),
        ),
      },
      'input',
    ],
    ['a shorter input', { inputs: named('image', image.slice(1)) }, 'input'],
    ['an unknown input', { inputs: named('scores', scores) }, 'input'],
    [
      'another output',
      {
        outputs: named(
          'scores',
          scores.map((x) => x ^ 1),
        ),
      },
      'output',
    ],
    ['a longer output', { outputs: named('scores', [...scores, 0]) }, 'output'],
    ['an unknown output', { outputs: named('image', image) }, 'output'],
    [
      'a fractional output',
      {
        outputs: named(
          'scores',
          Array.from(scores, (x) => x + 0.5),
        ),
      },
      'output',
    ],
  ])('that do not: %s', (_, expectation, code) => {
    expect(judged({}, expectation)).toBe(code);
  });
});

describe('the verdict on a proof of something else', () => {
  const { statement } = proof;
  const other = new Uint8Array(32);

  it.each<[string, Partial<Proof>, string]>([
    ['another backend', { backend: 'groth16/1' }, 'backend'],
    ['another model', { statement: { ...statement, modelDigest: other } }, 'model'],
    ['another key', { statement: { ...statement, keyDigest: other } }, 'key'],
    ['a context beyond 1024 bytes', { statement: { ...statement, context: new Uint8Array(1025) } }, 'statement'],
    ['a public tensor too few', { statement: { ...statement, publics: [image] } }, 'statement'],
    ['a public tensor too many', { statement: { ...statement, publics: [image, scores, scores] } }, 'statement'],
    ['a cell too few', { statement: { ...statement, publics: [image, scores.slice(1)] } }, 'statement'],
    ['a cell above its range', { statement: { ...statement, publics: [image, scores.map(() => 256)] } }, 'statement'],
    ['a cell below its range', { statement: { ...statement, publics: [image, scores.map(() => -1)] } }, 'statement'],
    ['no body', { body: new Uint8Array(0) }, 'malformed'],
    ['a longer body', { body: Uint8Array.of(...proof.body, 0) }, 'malformed'],
  ])('%s is rejected', (_, changed, code) => {
    expect(judged(changed)).toBe(code);
  });

  it('a context of 1024 bytes is allowed', () => {
    const long = new Uint8Array(1024);
    expect(codeOf(verifyProof({ accepted }, proveWitness(accepted, witness, long, fresh())))).toBe('accepted');
  });

  it('another output or context is rejected although it is in range', () => {
    const publics = [image, scores.map((x, i) => (i === 0 ? x ^ 1 : x))];
    for (const changed of [
      { ...statement, publics },
      { ...statement, context: utf8('other') },
    ])
      expect(['relation', 'proof-of-work', 'opening', 'commitment', 'malformed']).toContain(
        judged({ statement: changed }),
      );
  });
});

describe('bad files', () => {
  it('are rejected with a reason and a sentence, never thrown', () => {
    const random = seeded(1);
    const damaged = (bytes: Uint8Array): Uint8Array => {
      const out = Uint8Array.from(bytes);
      const at = random(0, out.length - 1);
      out[at] = (out[at] as number) ^ random(1, 255);
      return out;
    };
    const pairs: [Uint8Array, Uint8Array][] = [
      [new Uint8Array(0), proofBytes],
      [keyBytes, new Uint8Array(0)],
      [proofBytes, keyBytes],
      [keyBytes.slice(0, -1), proofBytes],
      [keyBytes, proofBytes.slice(0, -1)],
    ];
    for (let i = 0; i < 20; i++) pairs.push([damaged(keyBytes), proofBytes], [keyBytes, damaged(proofBytes)]);
    for (const [badKey, badProof] of pairs) {
      const verdict = verify(badKey, badProof);
      if (verdict.ok) throw new Error('accepted');
      expect(rejectionCodes).toContain(verdict.reason.code);
      expect(verdict.reason.message).toMatch(/\.$/);
    }
  });

  it('an unsound key is rejected as such by verify, and thrown by prepareKey', () => {
    const weak = { ...key, parameters: key.parameters.map((byte, i) => (i === 2 ? 10 : byte)) };
    expect(codeOf(verify(encodeVerifyingKey(weak), proofBytes))).toBe('key');
    expect(() => prepareKey(weak)).toThrow(expect.objectContaining({ code: 'KEY_REFUSED' }) as Error);
    expect(() => prepareKey(proofBytes)).toThrow(ProvennError);
  });
});
