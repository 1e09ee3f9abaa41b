import { describe, expect, test } from 'vitest';
import type { Circuit, Wire } from '../../src/artifact/circuit.ts';
import { encodeVerifyingKey } from '../../src/artifact/keys.ts';
import { encodeProof, type Proof } from '../../src/artifact/proof.ts';
import { decodeParameters, encodeParameters, type Parameters } from '../../src/backends/transparent/config.ts';
import { acceptKey, makeKey, proveWitness } from '../../src/backends/transparent/index.ts';
import { utf8 } from '../../src/base/bytes.ts';
import { ProvennError } from '../../src/base/errors.ts';
import { verify, verifyProof } from '../../src/verify/index.ts';
import { complete, everyGadget } from '../support/circuits.ts';
import { keyWith } from '../support/malicious.ts';

const { circuit, inputs } = everyGadget();
const key = makeKey(circuit);
const accepted = acceptKey(key);
const context = utf8('request 4711');
const proof = proveWitness(accepted, complete(circuit, inputs), context);

function reason(changed: Proof, expect = {}, under = accepted): string {
  const verdict = verifyProof({ accepted: under }, changed, { expect });
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
    expect(reason(proof, {}, keyWith(circuit, { queries: 140 }))).toBe('key');
  });

  test('of another backend is rejected', () => {
    expect(reason({ ...proof, backend: 'groth16' })).toBe('backend');
  });
});

describe('parameters', () => {
  const refused = (change: Partial<Parameters>): string => {
    const parameters = encodeParameters({ ...decodeParameters(key.parameters), ...change });
    try {
      acceptKey({ ...key, parameters });
      return 'accepted';
    } catch (error) {
      return error instanceof ProvennError ? error.code : 'crash';
    }
  };

  test.each<[string, Partial<Parameters>]>([
    ['no query', { queries: 0 }],
    ['fewer queries', { queries: 123 }],
    ['a rate of one', { logBlowup: 0 }],
    ['a rate of one half and as many queries', { logBlowup: 1 }],
    ['short rows', { logRow: 8 }],
    ['gigantic rows', { logRow: 31 }],
    ['no proof of work and as many queries', { queryWork: 0 }],
    ['boundless proof of work', { queryWork: 200, queries: 1 }],
    ['boundless lookup work', { lookupWork: 41 }],
    ['more queries than columns', { queries: 1_000_000 }],
    ['pieces of width zero', { pieceBits: 0 }],
    ['gigantic pieces', { pieceBits: 255 }],
  ])('with %s are refused', (_name, change) => {
    expect(refused(change)).toBe('KEY_REFUSED');
  });

  test('with trailing bytes or of an unknown backend are refused', () => {
    expect(() => acceptKey({ ...key, parameters: Uint8Array.of(...key.parameters, 0) })).toThrow(ProvennError);
    expect(() => acceptKey({ ...key, backend: 'transparent/0' })).toThrow(ProvennError);
  });
});

describe('a hostile circuit in a key', () => {
  const code = (hostile: Circuit): string => {
    try {
      acceptKey({ ...key, circuit: hostile });
      return 'accepted';
    } catch (error) {
      return error instanceof ProvennError ? error.code : String(error);
    }
  };
  const gadgets = (kind: string, change: object): Circuit => ({
    ...circuit,
    gadgets: circuit.gadgets.map((gadget) =>
      gadget.kind === kind ? ({ ...gadget, ...change } as typeof gadget) : gadget,
    ),
  });
  const wire = (name: string, change: Partial<Wire>): Circuit => ({
    ...circuit,
    wires: circuit.wires.map((known) => (known.name === name ? { ...known, ...change } : known)),
  });

  test.each<[string, Circuit]>([
    ['accumulators that wrap', wire('weights', { data: new Int32Array(54).fill(1_000_000), interval: [0, 1_000_000] })],
    ['class selectors out of range', wire('conv:class', { data: Int32Array.of(0, 2, 0), interval: [0, 2] })],
    [
      'a witness wire that nothing confines',
      { ...circuit, gadgets: circuit.gadgets.filter((gadget) => gadget.kind !== 'table') },
    ],
    ['an interval narrower than its table', wire('table:out', { interval: [0, 100] })],
    ['a gigantic box', gadgets('maximum', { box: [4_000_000, 4_000_000, 1] })],
    [
      'runs out of order',
      gadgets('step', { functions: [{ high: 10, starts: Int32Array.of(0, 5, 5), values: Int32Array.of(1, 2, 3) }] }),
    ],
    [
      'boundless runs',
      gadgets('step', {
        classes: null,
        functions: [{ high: 1_500_000_000, starts: Int32Array.of(-1_500_000_000), values: Int32Array.of(1) }],
      }),
    ],
    ['a ragged table', { ...circuit, tables: [{ name: 'halve', columns: [Int32Array.of(1, 2), Int32Array.of(1)] }] }],
    ['a port on a private wire', wire('image', { role: 'witness' })],
    [
      'more gadgets than any model has',
      { ...circuit, gadgets: Array.from({ length: 70_000 }, () => circuit.gadgets[0] as Circuit['gadgets'][number]) },
    ],
    ['an output without a port', { ...circuit, outputs: [] }],
    ['a wire that does not exist', gadgets('table', { output: 99 })],
    [
      'a maximum over integers too far apart',
      gadgets('maximum', { left: { constant: 1000, terms: [], accumulators: [] } }),
    ],
  ])('with %s is refused', (_name, hostile) => {
    expect(code(hostile)).toBe('KEY_REFUSED');
  });
});
