/** The room as a whole, on the models other rooms are tested with. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type ErrorCode, ProvennError } from '../base/errors.ts';
import { readModel, writeModel } from './index.ts';

const fixtures = new URL('../../test/fixtures/', import.meta.url);

function bytesOf(path: string): Uint8Array {
  return readFileSync(new URL(path, fixtures));
}

const models = readdirSync(new URL('models/', fixtures)).filter((name) => name.endsWith('.onnx'));

describe('every fixture model', () => {
  test('is there', () => {
    expect(models.length).toBeGreaterThan(10);
  });

  test.each(models)('%s has a type and a shape for every value', (name) => {
    const graph = readModel(bytesOf(`models/${name}`));
    for (const value of graph.nodes.flatMap((node) => node.outputs).filter((output) => output !== '')) {
      const { type, dims } = graph.values.get(value) ?? {};
      expect([value, typeof type, dims?.every((size) => typeof size === 'number')]).toEqual([value, 'string', true]);
    }
  });

  test.each(models)('%s survives writing and reading', (name) => {
    const graph = readModel(bytesOf(`models/${name}`));
    const bytes = writeModel(graph);
    expect(readModel(bytes)).toEqual(graph);
    expect(writeModel(readModel(bytes))).toEqual(bytes);
  });
});

test('LeNet-5 has the shapes of its architecture', () => {
  const graph = readModel(bytesOf('models/lenet5.qop.tensor.u8s8.onnx'));
  const dims = (op: string): unknown[] =>
    graph.nodes.filter((node) => node.op === op).map((node) => graph.values.get(node.outputs[0] as string)?.dims);
  expect(dims('QLinearConv')).toEqual([
    [1, 6, 28, 28],
    [1, 16, 10, 10],
  ]);
  expect(dims('MaxPool')).toEqual([
    [1, 6, 14, 14],
    [1, 16, 5, 5],
  ]);
  expect(graph.outputs).toEqual([{ name: 'logits', type: 'float32', dims: [1, 10] }]);
});

describe('broken fixtures', () => {
  test.each<[string, ErrorCode, string]>([
    ['cycle', 'MODEL_INVALID', 'cycle through node'],
    ['duplicate-names', 'MODEL_INVALID', 'already defined'],
    ['external-data', 'MODEL_EXTERNAL_DATA', 'another file'],
    ['nan-float', 'MODEL_INVALID', 'NaN or Infinity'],
    ['nan-weights', 'MODEL_INVALID', 'NaN or Infinity'],
    ['truncated', 'MODEL_MALFORMED', 'byte'],
  ])('%s is refused as %s', (name, code, why) => {
    try {
      readModel(bytesOf(`bad/${name}.onnx`));
    } catch (error) {
      expect(error).toBeInstanceOf(ProvennError);
      expect(error).toMatchObject({ code });
      expect((error as ProvennError).message).toContain(why);
      expect((error as ProvennError).next).toMatch(/\.$/);
      return;
    }
    throw new Error('nothing was refused');
  });
});
