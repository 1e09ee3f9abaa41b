/**
 * A network of several inputs and outputs of every kind, proven whole: floats, bytes, int32 and int64, an output that is an input,
 * one tensor returned twice, and reshapes that split what was joined (channel shuffle, heads).
 */
import { beforeAll, describe, expect, test } from 'vitest';
import type { Graph } from '../../src/artifact/graph.ts';
import { encodeVerifyingKey } from '../../src/artifact/keys.ts';
import { encodeProof, type Proof } from '../../src/artifact/proof.ts';
import type { QuantGraph } from '../../src/artifact/quant-graph.ts';
import type { IntTensor } from '../../src/base/tensor.ts';
import { readModel, writeModel } from '../../src/onnx/index.ts';
import { compileModel, proveInference } from '../../src/pipeline/index.ts';
import { importQuantized } from '../../src/quantize/index.ts';
import { compareWithOnnxruntime, GraphBuilder, generator, randomInputs } from '../../src/quantize/laws.ts';
import { execute } from '../../src/runtime/execute.ts';
import { quantizeInput } from '../../src/runtime/ports.ts';
import { fresh } from '../support/fresh.ts';
import { verify } from '../support/judged.ts';

const bytes = (scale: number, zeroPoint: number) => ({ scale: Math.fround(scale), zeroPoint, dtype: 'u8' as const });

function network(): Graph {
  const b = new GraphBuilder();
  const shape = (name: string, ...dims: number[]): string => b.integers(name, dims);
  // A flat image becomes one of three channels; its four features are shuffled in two groups.
  const image = b.node('Reshape', [b.pair('x', 'xf', bytes(0.02, 128)), shape('s1', 1, 3, 4, 4)], 'image');
  const features = b.pair(
    b.node('Conv', [image, b.weights('w', [4, 3, 2, 2], 0.01)], 'c'),
    'features',
    bytes(0.05, 100),
  );
  const groups = b.node('Reshape', [features, shape('s2', 1, 2, 2, 3, 3)], 'groups');
  const turned = b.node('Transpose', [groups], 'turned', { perm: [0, 2, 1, 3, 4] });
  const shuffled = b.pair(b.node('Reshape', [turned, shape('s3', 1, 4, 3, 3)], 'shuffled'), 'y', bytes(0.05, 100));
  // Nine pixels as three rows of heads, without a common refinement with [4, 9].
  b.pair(b.node('Reshape', [shuffled, shape('s4', 6, 6)], 'rows'), 'heads', bytes(0.05, 100));
  const flat = b.node('Reshape', [shuffled, shape('s5', 1, 36)], 'flat');
  b.node('ArgMax', [flat], 'label', { axis: 1, keepdims: 0 });
  b.node('Cast', ['label'], 'short', { to: 6 });
  b.splitting('TopK', [flat, b.integers('k', [1])], ['largest', 'place'], { axis: -1 });
  b.pair('largest', 'peak', bytes(0.05, 100));
  b.node('Identity', ['a'], 'same');
  b.node(
    'Slice',
    ['a', b.integers('from', [-1]), b.integers('to', [-100]), b.integers('axis', [1]), b.integers('step', [-1])],
    'reversed',
  );
  return b.graph(
    { x: [1, 48], a: [2, 3] },
    ['y', 'heads', 'label', 'short', 'place', 'peak', 'same', 'reversed', 'features'],
    {
      integers: { a: 'uint8', same: 'uint8', reversed: 'uint8', label: 'int64', short: 'int32', place: 'int64' },
    },
  );
}

type Proven = {
  readonly quant: QuantGraph;
  readonly key: Uint8Array;
  readonly proof: Proof;
  readonly inputs: ReadonlyMap<string, IntTensor>;
};
let proven: Proven;

beforeAll(() => {
  const quant = importQuantized(readModel(writeModel(network())));
  const floats = randomInputs(quant, generator(3));
  const inputs = new Map(
    quant.inputs.map((port) => [port.name, quantizeInput(port, floats.get(port.name) as Float32Array)] as const),
  );
  const { provingKey, verifyingKey } = compileModel(quant);
  const { proof } = proveInference(provingKey, inputs, fresh());
  proven = { quant, key: encodeVerifyingKey(verifyingKey), proof, inputs };
}, 60_000);

test('runs as onnxruntime does', async () => {
  const { mismatch } = await compareWithOnnxruntime(writeModel(network()), 5);
  expect(mismatch).toBeNull();
});

describe('a proof of it', () => {
  test('claims the integers of every output', () => {
    const verdict = verify(proven.key, encodeProof(proven.proof));
    if (!verdict.ok) throw new Error(verdict.reason.message);
    const { tensors } = execute(proven.quant, proven.inputs);
    expect(verdict.claims.outputs.map(({ name }) => name)).toEqual(proven.quant.outputs.map(({ name }) => name));
    for (const { tensor, integers, name } of verdict.claims.outputs)
      expect([...integers], name).toEqual([...(tensors.get(tensor)?.data ?? [])]);
  });

  test('is refused with any public integer moved by one', () => {
    const { publics } = proven.proof.statement;
    let refused = 0;
    publics.forEach((values, tensor) => {
      for (const cell of new Set([0, values.length >> 1, values.length - 1])) {
        const changed = publics.map((own, i) =>
          i === tensor ? own.map((x, at) => (at === cell ? (x > 0 ? x - 1 : x + 1) : x)) : own,
        );
        const forged = { ...proven.proof, statement: { ...proven.proof.statement, publics: changed } };
        expect(verify(proven.key, encodeProof(forged)).ok, `public ${tensor}[${cell}]`).toBe(false);
        refused++;
      }
    });
    expect(refused).toBeGreaterThan(20);
  });
});
