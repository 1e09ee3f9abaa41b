import { describe, expect, it } from 'vitest';
import { everyGadget, seeded } from '../../test/support/circuits.ts';
import { ByteWriter, concatBytes, toHex } from '../base/bytes.ts';
import { digest } from '../base/digest.ts';
import { ProvennError } from '../base/errors.ts';
import { circuitDigest, writeCircuit } from './circuit-codec.ts';
import { open, seal } from './envelope.ts';
import {
  decodeProvingKey,
  decodeVerifyingKey,
  encodeProvingKey,
  encodeVerifyingKey,
  type KeyCommitment,
  modelDigest,
  type ProvingKey,
  type VerifyingKey,
  verifyingKeyDigest,
} from './keys.ts';
import { profile } from './quant-graph.ts';
import { writeQuantGraph } from './quant-graph-codec.ts';

const { circuit } = everyGadget();
const key: VerifyingKey = { backend: 'transparent/1', parameters: Uint8Array.of(9, 2, 100), circuit, commitments: [] };
const provingKey: ProvingKey = {
  verifyingKey: key,
  model: { name: 'm', profile, inputs: [], outputs: [], tensors: [], constants: new Map(), nodes: [] },
  material: Uint8Array.of(7, 7),
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

const held: KeyCommitment = {
  matrix: 'weights',
  root: new Uint8Array(32).fill(1),
  evidence: { kind: 'range', proof: Uint8Array.of(1, 2, 3) },
};
const linked: KeyCommitment = {
  ...held,
  evidence: { kind: 'link', previousRoot: new Uint8Array(32).fill(3), proof: new Uint8Array(0) },
};

describe('commitments of a verifying key', () => {
  const committed = { ...key, commitments: [held, linked] };

  it('round trip with either evidence', () => {
    expect(decodeVerifyingKey(encodeVerifyingKey(committed))).toEqual(committed);
  });

  it('are refused with unknown evidence, or cut anywhere', () => {
    const payload = open('verifying-key', encodeVerifyingKey(committed));
    const end = open('verifying-key', encodeVerifyingKey(key)).length;
    const unknown = Uint8Array.from(payload);
    unknown[end + 4 + 'weights'.length + 32] = 2;
    expect(codeOf(() => decodeVerifyingKey(seal('verifying-key', unknown)))).toBe('ARTIFACT_TAMPERED');
    for (let length = end - 4; length < payload.length; length++)
      expect(codeOf(() => decodeVerifyingKey(seal('verifying-key', payload.slice(0, length))))).toBe(
        'ARTIFACT_TAMPERED',
      );
  });

  it('make the model: the circuit names it only without them', () => {
    expect(modelDigest(key)).toEqual(circuitDigest(circuit));
    const models = [
      key,
      committed,
      { ...key, commitments: [held] },
      { ...key, commitments: [{ ...held, matrix: 'w' }] },
      // Under another row format the same root may open to other weights.
      { ...key, parameters: Uint8Array.of(9, 3, 100), commitments: [held] },
    ];
    expect(new Set(models.map((each) => toHex(modelDigest(each)))).size).toBe(5);
    // The evidence is how the range is known, not which weights they are.
    expect(modelDigest({ ...key, commitments: [linked] })).toEqual(modelDigest({ ...key, commitments: [held] }));
  });
});

describe('verifying keys', () => {
  const payload = open('verifying-key', encodeVerifyingKey(key));

  it('round trip, bytes included', () => {
    const bytes = encodeVerifyingKey(key);
    expect(decodeVerifyingKey(bytes)).toEqual(key);
    expect(encodeVerifyingKey(decodeVerifyingKey(bytes))).toEqual(bytes);
  });

  it('are backend, parameters, circuit and commitments, and their digest is the hash of that', () => {
    const head = new ByteWriter().text('transparent/1').blob(key.parameters).raw(writeCircuit(circuit));
    const expected = head.u32(0).finish();
    expect(payload).toEqual(expected);
    expect(verifyingKeyDigest(key)).toEqual(digest(expected));
  });

  it('have another digest when any part differs', () => {
    const digests = [
      key,
      { ...key, backend: 'transparent/2' },
      { ...key, parameters: Uint8Array.of(9, 2, 101) },
      { ...key, circuit: everyGadget(2).circuit },
      { ...key, commitments: [held] },
      { ...key, commitments: [{ ...held, matrix: 'w' }] },
      { ...key, commitments: [{ ...held, root: new Uint8Array(32).fill(2) }] },
      { ...key, commitments: [linked] },
    ].map((each) => toHex(verifyingKeyDigest(each)));
    expect(new Set(digests).size).toBe(8);
  });

  it('are refused when cut, at the borders of their parts and at random places', () => {
    const random = seeded(1);
    const cuts = [0, 3, 4, 17, 20, 21, 24, ...Array.from({ length: 300 }, () => random(0, payload.length - 1))];
    for (const length of cuts)
      expect(codeOf(() => decodeVerifyingKey(seal('verifying-key', payload.slice(0, length))))).toBe(
        'ARTIFACT_TAMPERED',
      );
    const longer = seal('verifying-key', concatBytes(payload, Uint8Array.of(0)));
    expect(codeOf(() => decodeVerifyingKey(longer))).toBe('ARTIFACT_TAMPERED');
  });

  it('are not mistaken for proving keys or circuits', () => {
    expect(codeOf(() => decodeVerifyingKey(encodeProvingKey(provingKey)))).toBe('ARTIFACT_VERSION');
    expect(codeOf(() => decodeVerifyingKey(seal('circuit', payload)))).toBe('ARTIFACT_VERSION');
  });
});

describe('proving keys', () => {
  it('round trip, bytes included', () => {
    const bytes = encodeProvingKey(provingKey);
    expect(decodeProvingKey(bytes)).toEqual(provingKey);
    expect(encodeProvingKey(decodeProvingKey(bytes))).toEqual(bytes);
  });

  it.each([
    ['the verifying key', 1, 0],
    ['the model', 0, 1],
  ])('are refused with a byte left over inside %s', (_, first, second) => {
    const keyBytes = concatBytes(open('verifying-key', encodeVerifyingKey(key)), new Uint8Array(first));
    const model = concatBytes(writeQuantGraph(provingKey.model), new Uint8Array(second));
    const bytes = seal('proving-key', new ByteWriter().blob(keyBytes).blob(model).blob(provingKey.material).finish());
    expect(codeOf(() => decodeProvingKey(bytes))).toBe('ARTIFACT_TAMPERED');
  });

  it('answer any damage inside a well-sealed file with a key or a ProvennError', () => {
    const payload = open('proving-key', encodeProvingKey(provingKey));
    const random = seeded(5);
    for (let i = 0; i < 500; i++) {
      const damaged = Uint8Array.from(payload);
      damaged[random(0, damaged.length - 1)] = random(0, 255);
      expect(['accepted', 'ARTIFACT_TAMPERED']).toContain(codeOf(() => decodeProvingKey(seal('proving-key', damaged))));
    }
  });
});
