import { describe, expect, it } from 'vitest';
import type { Graph } from '../../artifact/graph.ts';
import { ProvennError } from '../../base/errors.ts';
import type { FileArray } from './array.ts';
import { readCalibration } from './calibration.ts';
import type { Preprocessing } from './preprocess.ts';

const graph: Graph = {
  name: 'm',
  irVersion: 8,
  opsets: new Map(),
  inputs: [{ name: 'x', type: 'float32', dims: [1, 2] }],
  outputs: [],
  nodes: [],
  initializers: new Map(),
  values: new Map(),
};
const values = Float32Array.of(1, 2, 3, 4, 5, 6);
const x: FileArray = { name: 'x', dims: [3, 2], type: 'float32', quantized: false, values };
const label: FileArray = { name: 'label', dims: [3], type: 'uint8', quantized: false, values: Uint8Array.of(0, 1, 1) };

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof ProvennError) return error.code;
    throw error;
  }
  return 'none';
}

describe('readCalibration', () => {
  it('splits arrays into samples of the shape the model reads', () => {
    const { samples, labels } = readCalibration([x, label], graph, null, 'c.npz');
    expect(samples.map((sample) => [...(sample.get('x')?.data ?? [])])).toEqual([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
    expect(samples[0]?.get('x')?.dims).toEqual([1, 2]);
    expect(labels).toEqual([0, 1, 1]);
  });

  it('takes the only array of a file for the only input, whatever its name', () => {
    expect(readCalibration([{ ...x, name: null }], graph, null, 'c.npy').samples).toHaveLength(3);
    expect(readCalibration([{ ...x, name: 'data' }, label], graph, null, 'c.npz').labels).not.toBeNull();
    expect(
      codeOf(() =>
        readCalibration(
          [
            { ...x, name: 'a' },
            { ...x, name: 'b' },
          ],
          graph,
          null,
          'c.npz',
        ),
      ),
    ).toBe('INPUT_MISMATCH');
  });

  it('keeps the batch of a model that reads several samples at once, and drops an incomplete one', () => {
    const batched = { ...graph, inputs: [{ name: 'x', type: 'float32' as const, dims: [2, 2] }] };
    const { samples } = readCalibration([x], batched, null, 'c.npz');
    expect(samples.map((sample) => [...(sample.get('x')?.data ?? [])])).toEqual([[1, 2, 3, 4]]);
  });

  it('scales raw pixels with the preprocessing, and refuses them without', () => {
    const pixels: FileArray = {
      name: 'x',
      dims: [2, 1, 1, 2],
      type: 'uint8',
      quantized: false,
      values: Uint8Array.of(0, 51, 102, 255),
    };
    const image = { ...graph, inputs: [{ name: 'x', type: 'float32' as const, dims: [1, 1, 1, 2] }] };
    const preprocessing: Preprocessing = {
      width: 2,
      height: 1,
      channels: 1,
      layout: 'NCHW',
      scale: [1 / 255],
      offset: [0],
      labels: null,
    };
    const { samples } = readCalibration([pixels], image, preprocessing, 'c.npz');
    expect([...(samples[1]?.get('x')?.data ?? [])]).toEqual([102 / 255, 1].map(Math.fround));
    expect(codeOf(() => readCalibration([pixels], image, null, 'c.npz'))).toBe('INPUT_MISMATCH');
    expect(codeOf(() => readCalibration([pixels], image, { ...preprocessing, width: 3 }, 'c.npz'))).toBe(
      'INPUT_MISMATCH',
    );
  });

  it.each([
    ['another shape', [{ ...x, dims: [2, 3] }]],
    ['another rank', [{ ...x, dims: [6] }]],
    ['no samples', [{ ...x, dims: [0, 2], values: new Float32Array(0) }]],
    ['NaN', [{ ...x, values: Float32Array.of(1, 2, Number.NaN, 4, 5, 6) }]],
    ['too few labels', [x, { ...label, values: Uint8Array.of(1) }]],
    ['labels that are no classes', [x, { ...label, values: Float32Array.of(0.5, 1, 2) }]],
  ])('refuses %s', (_, arrays) => {
    expect(codeOf(() => readCalibration(arrays as FileArray[], graph, null, 'c.npz'))).toBe('INPUT_MISMATCH');
  });
});
