/** A network of several inputs of which one is a sample of a committed data set, through the pipeline as libraries use it. */
import { describe, expect, test } from 'vitest';
import type { Port, QuantGraph, QuantNode } from '../../src/artifact/quant-graph.ts';
import { profile } from '../../src/artifact/quant-graph.ts';
import type { ProvennError } from '../../src/base/errors.ts';
import { intTensor, type Shape } from '../../src/base/tensor.ts';
import { allPublic, type Visibility } from '../../src/compile/visibility.ts';
import { compileHidden } from '../../src/pipeline/compile.ts';
import { commitPorts } from '../../src/pipeline/openings.ts';
import { proveInference } from '../../src/pipeline/prove.ts';
import { prepareKey } from '../../src/verify/index.ts';
import { fresh } from '../support/fresh.ts';
import { verifyProof } from '../support/judged.ts';

const draw = (): Uint8Array => fresh().randomness;
const port = (name: string, dims: Shape): Port => ({ name, tensor: name, dims, dtype: 'u8', quantization: null });
const flip = (input: string, output: string): QuantNode => {
  const table = Array.from({ length: 256 }, (_, i) => 255 - i);
  const attrs = { table, inputDtype: 'u8', outputDtype: 'u8', label: 'flip' };
  return { name: output, op: 'UnaryTable', inputs: [input], outputs: [output], attrs };
};
/** fx = 255 − x, fy = 255 − y; a scalar y besides, so that a sample may be a single integer. */
const graph: QuantGraph = {
  name: 'two inputs',
  profile,
  inputs: [port('x', [2, 3]), port('y', [])],
  outputs: [port('fx', [2, 3]), port('fy', [])],
  tensors: [port('x', [2, 3]), port('y', []), port('fx', [2, 3]), port('fy', [])],
  constants: new Map(),
  nodes: [flip('x', 'fx'), flip('y', 'fy')],
};

const xs = Array.from({ length: 4 * 6 }, (_, i) => (i * 37) % 256);
const x = (k: number) => intTensor('u8', [2, 3], xs.slice(6 * k, 6 * k + 6));
const claims = new Map<string, number>();

function committed(visibility: Visibility, matrix: string, dims: Shape, values: readonly number[]) {
  const { provingKey, verifyingKey } = compileHidden(graph, visibility, draw);
  const [opening] = commitPorts(verifyingKey, new Map([[matrix, intTensor('u8', dims, values)]]), '', draw);
  if (opening === undefined) throw new Error('nothing was committed');
  const claim = (): void => void claims.set(matrix, (claims.get(matrix) ?? 0) + 1);
  return { provingKey, key: prepareKey(verifyingKey), opening: { opening, claim } };
}

describe('one input of two', () => {
  const ports = new Map([['input:x', 'committed' as const]]);
  const { provingKey, key, opening } = committed({ ...allPublic, ports, samples: 4 }, 'data:x', [4, 2, 3], xs);
  const y = intTensor('u8', [], [7]);

  test('is a sample, the other one a public input, and every sample can be proven about', () => {
    for (let k = 0; k < 4; k++) {
      const options = { ...fresh(), openings: [opening], samples: new Map([['x', k]]) };
      const { proof } = proveInference(provingKey, new Map([['y', y]]), options);
      const verdict = verifyProof(key, proof);
      if (!verdict.ok) throw new Error(verdict.reason.message);
      expect(verdict.claims.inputs).toMatchObject([{ name: 'y', integers: Int32Array.of(7) }]);
      expect(verdict.claims.hidden).toMatchObject([{ name: 'x', sample: { count: 4, index: k } }]);
      expect(verdict.claims.outputs[0]?.integers).toEqual(x(k).data.map((value) => 255 - value));
    }
    expect(claims.get('data:x')).toBe(4);
  });

  test('wrong requests are refused before a use is claimed', () => {
    const before = claims.get('data:x');
    const openings = [opening];
    const refusal = (inputs: ReadonlyMap<string, ReturnType<typeof x>>, options: object): string => {
      try {
        proveInference(provingKey, inputs, { ...fresh(), openings, ...options });
        return 'nothing';
      } catch (error) {
        return (error as ProvennError).code;
      }
    };
    const given = new Map([['y', y]]);
    for (const k of [-1, 4, 0.5, Number.NaN]) expect(refusal(given, { samples: new Map([['x', k]]) })).toBe('USAGE');
    expect(refusal(given, {})).toBe('USAGE');
    expect(
      refusal(given, {
        samples: new Map([
          ['x', 0],
          ['y', 0],
        ]),
      }),
    ).toBe('USAGE');
    expect(refusal(given, { samples: new Map([['x', 0]]), openings: [] })).toBe('USAGE');
    expect(refusal(given, { samples: new Map([['x', 0]]), openings: [opening, opening] })).toBe('USAGE');
    expect(refusal(new Map([...given, ['x', x(0)]]), { samples: new Map([['x', 0]]) })).toBe('USAGE');
    expect(refusal(new Map(), { samples: new Map([['x', 0]]) })).toBe('INPUT_MISMATCH');
    const other = committed({ ...allPublic, ports, samples: 3 }, 'data:x', [3, 2, 3], xs.slice(0, 18)).opening;
    expect(refusal(given, { samples: new Map([['x', 0]]), openings: [other] })).toBe('INPUT_MISMATCH');
    expect(claims.get('data:x')).toBe(before);
  });
});

test('a sample may be one integer, and a data set may have one sample', () => {
  const ports = new Map([['input:y', 'committed' as const]]);
  for (const samples of [1, 3]) {
    for (const sample of ['public', 'private'] as const) {
      const values = Array.from({ length: samples }, (_, k) => 10 * k + 1);
      const { provingKey, key, opening } = committed(
        { ...allPublic, ports, samples, sample },
        'data:y',
        [samples],
        values,
      );
      const options = { ...fresh(), openings: [opening], samples: new Map([['y', samples - 1]]) };
      const verdict = verifyProof(key, proveInference(provingKey, new Map([['x', x(0)]]), options).proof);
      if (!verdict.ok) throw new Error(verdict.reason.message);
      expect(verdict.claims.outputs[1]?.integers).toEqual(Int32Array.of(255 - (values.at(-1) as number)));
      const index = sample === 'public' ? samples - 1 : null;
      expect(verdict.claims.hidden).toMatchObject([{ name: 'y', sample: { count: samples, index } }]);
    }
  }
});

test('several committed inputs make no data set', () => {
  expect(() => compileHidden(graph, { ...allPublic, input: 'committed', samples: 2 }, draw)).toThrow(/several are/);
});
