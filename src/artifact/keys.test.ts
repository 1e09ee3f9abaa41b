import { describe, expect, it } from 'vitest';
import { everyGadget, seeded } from '../../test/support/circuits.ts';
import { ByteWriter, concatBytes, toHex } from '../base/bytes.ts';
import { digest } from '../base/digest.ts';
import { ProvennError } from '../base/errors.ts';
import { writeCircuit } from './circuit-codec.ts';
import { open, seal } from './envelope.ts';
import {
  decodeProvingKey,
  decodeVerifyingKey,
  encodeProvingKey,
  encodeVerifyingKey,
  type ProvingKey,
  type VerifyingKey,
  verifyingKeyDigest,
} from './keys.ts';
import { profile } from './quant-graph.ts';
import { writeQuantGraph } from './quant-graph-codec.ts';

const { circuit } = everyGadget();
const key: VerifyingKey = { backend: 'transparent/1', parameters: Uint8Array.of(9, 2, 100), circuit };
const provingKey: ProvingKey = {
  verifyingKey: key,
  model: { name: 'm', profile, inputs: [], outputs: [], tensors: [], constants: new Map(), nodes: [] },
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

describe('verifying keys', () => {
  const payload = open('verifying-key', encodeVerifyingKey(key));

  it('round trip, bytes included', () => {
    const bytes = encodeVerifyingKey(key);
    expect(decodeVerifyingKey(bytes)).toEqual(key);
    expect(encodeVerifyingKey(decodeVerifyingKey(bytes))).toEqual(bytes);
  });

  it('are backend, parameters and circuit, and their digest is the hash of that', () => {
    const expected = new ByteWriter().text('transparent/1').blob(key.parameters).raw(writeCircuit(circuit)).finish();
    expect(payload).toEqual(expected);
    expect(verifyingKeyDigest(key)).toEqual(digest(expected));
  });

  it('have another digest when any part differs', () => {
    const digests = [
      key,
      { ...key, backend: 'transparent/2' },
      { ...key, parameters: Uint8Array.of(9, 2, 101) },
      { ...key, circuit: everyGadget(2).circuit },
    ].map((each) => toHex(verifyingKeyDigest(each)));
    expect(new Set(digests).size).toBe(4);
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
    const bytes = seal('proving-key', new ByteWriter().blob(keyBytes).blob(model).finish());
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
