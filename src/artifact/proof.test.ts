import { describe, expect, it } from 'vitest';
import { seeded } from '../../test/support/circuits.ts';
import { ByteWriter, concatBytes } from '../base/bytes.ts';
import { ProvennError } from '../base/errors.ts';
import { open, seal } from './envelope.ts';
import { decodeProof, encodeProof, type Proof } from './proof.ts';

const proof: Proof = {
  backend: 'transparent/1',
  statement: {
    modelDigest: new Uint8Array(32).fill(1),
    keyDigest: new Uint8Array(32).fill(2),
    context: Uint8Array.of(3, 4),
    publics: [Int32Array.of(0, 255, 7), Int32Array.of(-90000)],
    commitments: [new Uint8Array(32).fill(5)],
  },
  body: Uint8Array.from({ length: 50 }, (_, i) => i),
};

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof ProvennError) return error.code;
    throw error;
  }
  return 'accepted';
}

describe('encodeProof and decodeProof', () => {
  const bytes = encodeProof(proof);
  const payload = open('proof', bytes);

  it('give back the proof and the same bytes again', () => {
    expect(decodeProof(bytes)).toEqual(proof);
    expect(encodeProof(decodeProof(bytes))).toEqual(bytes);
  });

  it('refuse a payload cut anywhere, and trailing bytes', () => {
    for (let length = 0; length < payload.length; length++)
      expect(codeOf(() => decodeProof(seal('proof', payload.slice(0, length))))).toBe('ARTIFACT_TAMPERED');
    expect(codeOf(() => decodeProof(seal('proof', concatBytes(payload, Uint8Array.of(0)))))).toBe('ARTIFACT_TAMPERED');
  });

  it('refuse public integers stored wider than needed', () => {
    const { modelDigest, keyDigest, context } = proof.statement;
    const out = new ByteWriter().text('transparent/1').raw(modelDigest).raw(keyDigest).blob(context).u32(1);
    const wide = out.u8(4).u32(1).i32(5).blob(proof.body).finish();
    expect(codeOf(() => decodeProof(seal('proof', wide)))).toBe('ARTIFACT_TAMPERED');
  });

  it('answer any damage inside a well-sealed file with a proof or a ProvennError', () => {
    const random = seeded(11);
    for (let i = 0; i < 1500; i++) {
      const damaged = Uint8Array.from(payload);
      for (let flips = random(1, 4); flips > 0; flips--) damaged[random(0, damaged.length - 1)] = random(0, 255);
      const sealed = seal('proof', damaged);
      if (codeOf(() => decodeProof(sealed)) === 'accepted') expect(encodeProof(decodeProof(sealed))).toEqual(sealed);
    }
  });

  it('refuse files of other kinds', () => {
    expect(codeOf(() => decodeProof(seal('verifying-key', payload)))).toBe('ARTIFACT_VERSION');
  });
});
