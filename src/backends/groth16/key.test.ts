import { describe, expect, test } from 'vitest';
import { everyGadget, seeded } from '../../../test/support/circuits.ts';
import type { Circuit } from '../../artifact/circuit.ts';
import { BytesError } from '../../base/bytes.ts';
import { ProvennError } from '../../base/errors.ts';
import { field1, field2, generator1, generator2, multiplyPoint } from './bn254.ts';
import { backendName, decodeParameters, encodeParameters, type Parameters } from './config.ts';
import { acceptKey } from './key.ts';
import { countSignals, packedSignals, packsOf } from './layout.ts';

const { circuit } = everyGadget();
const g1 = (k: bigint) => multiplyPoint(field1, generator1, k) as NonNullable<ReturnType<typeof multiplyPoint<bigint>>>;
const g2 = (k: bigint) => multiplyPoint(field2, generator2, k) as typeof generator2;

/** Points of the right kinds that belong to no circuit: enough for whoever judges keys. */
const parameters: Parameters = {
  setup: 'insecure',
  r1csDigest: new Uint8Array(32).fill(1),
  transcriptDigest: new Uint8Array(32),
  key: {
    alpha: g1(2n),
    beta: g2(3n),
    gamma: generator2,
    delta: g2(5n),
    ic: Array.from({ length: 1 + countSignals(circuit) }, (_, i) => g1(BigInt(7 + i))),
  },
};

const keyOf = (changes: Partial<Parameters> = {}, other: Circuit = circuit) => ({
  backend: backendName,
  parameters: encodeParameters({ ...parameters, ...changes }),
  circuit: other,
  commitments: [],
});

function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof ProvennError && error.code === 'KEY_REFUSED') return error.message;
    throw error;
  }
  return 'accepted';
}

describe('keys', () => {
  test('are accepted when they are in order', () => {
    expect(acceptKey(keyOf()).parameters).toEqual(parameters);
    expect(decodeParameters(encodeParameters(parameters))).toEqual(parameters);
  });

  test('are refused for another backend, a weak setup, points of another circuit', () => {
    expect(refusal(() => acceptKey({ ...keyOf(), backend: 'transparent/1' }))).toContain('backend');
    expect(refusal(() => acceptKey(keyOf({ setup: 'ceremony' })))).toContain('names no transcript');
    const { key } = parameters;
    expect(refusal(() => acceptKey(keyOf({ key: { ...key, delta: key.gamma } })))).toContain('nobody contributed');
    expect(refusal(() => acceptKey(keyOf({ key: { ...key, ic: key.ic.slice(1) } })))).toContain('another circuit');
  });

  test('are refused when the statement would be endless, before any cell is visited', () => {
    const [wire, ...others] = circuit.wires as [(typeof circuit.wires)[number], ...typeof circuit.wires];
    const huge = { ...circuit, wires: [{ ...wire, sizes: [2, 6, 6, 2 ** 14] }, ...others] };
    const port = { ...circuit.inputs[0], dims: [2, 6, 6, 2 ** 14] } as (typeof circuit.inputs)[number];
    const answer = refusal(() => acceptKey(keyOf({}, { ...huge, inputs: [port] })));
    expect(answer).not.toBe('accepted');
  });

  test('answer any damage to their parameters with a refusal, or are other keys', () => {
    const bytes = encodeParameters(parameters);
    const random = seeded(3);
    for (let i = 0; i < 60; i++) {
      const damaged = Uint8Array.from(bytes);
      const at = random(65, damaged.length - 1);
      damaged[at] = (damaged[at] as number) ^ random(1, 255);
      expect(() => decodeParameters(damaged), `byte ${at}`).toThrow(BytesError);
    }
    expect(() => decodeParameters(bytes.slice(0, -1))).toThrow(BytesError);
    expect(() => decodeParameters(Uint8Array.from([...bytes, 0]))).toThrow(BytesError);
    expect(() => decodeParameters(Uint8Array.from([2, ...bytes.slice(1)]))).toThrow('setup is unknown');
  });
});

describe('the packed statement', () => {
  test('has one signal for as many cells as fit, and different integers have different signals', () => {
    const packs = packsOf(circuit);
    expect(packs.map((pack) => pack.length)).toEqual([31, 31, 14]);
    const cells = new Map(
      [...circuit.inputs, ...circuit.outputs].map(({ wire }) => [wire, new Int32Array(72).fill(9)]),
    );
    const signals = () => packedSignals(packs, (wire) => cells.get(wire) as Int32Array).join();
    const before = signals();
    const seen = new Set([before]);
    for (const [wire, data] of cells) {
      const size = (circuit.wires[wire]?.sizes ?? []).reduce((total, n) => total * n, 1);
      for (let cell = 0; cell < size; cell++) {
        data[cell] = 10;
        seen.add(signals());
        data[cell] = 9;
      }
    }
    expect(seen.size).toBe(1 + 72 + 4);
  });
});
