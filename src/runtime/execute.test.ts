import { describe, expect, it } from 'vitest';
import { type Port, profile, type QuantGraph } from '../artifact/quant-graph.ts';
import { ProvennError } from '../base/errors.ts';
import { type IntTensor, intTensor } from '../base/tensor.ts';
import { execute } from './execute.ts';

const input: Port = { name: 'x', tensor: 'x_q', dims: [1, 2], dtype: 'u8', quantization: { scale: 1, zeroPoint: 0 } };
const output: Port = { name: 'y', tensor: 'y_q', dims: [2], dtype: 'u8', quantization: null };
const dense = {
  aScale: 1,
  aZero: 1,
  bScale: [1],
  bZero: [0],
  alpha: 1,
  transB: true,
  yScale: 1,
  yZero: 0,
  yType: 'u8',
};

const graph: QuantGraph = {
  name: 'two nodes',
  profile,
  inputs: [input],
  outputs: [output],
  tensors: [
    { name: 'x_q', dtype: 'u8', dims: [1, 2] },
    { name: 'hidden', dtype: 'u8', dims: [1, 2] },
    { name: 'y_q', dtype: 'u8', dims: [2] },
  ],
  constants: new Map([['w', intTensor('s8', [2, 2], [1, 2, 3, -4])]]),
  nodes: [
    { name: 'fc', op: 'QGemm', inputs: ['x_q', 'w'], outputs: ['hidden'], attrs: dense },
    { name: 'flat', op: 'Reshape', inputs: ['hidden'], outputs: ['y_q'], attrs: { dims: [2] } },
  ],
};

function run(tensor: IntTensor | undefined, name = 'x'): ReturnType<typeof execute> {
  return execute(graph, new Map(tensor === undefined ? [] : [[name, tensor]]));
}

function refusal(call: () => unknown): ProvennError {
  try {
    call();
  } catch (error) {
    if (error instanceof ProvennError) return error;
    throw error;
  }
  throw new Error('accepted');
}

describe('execute', () => {
  it('holds every tensor of the run, inputs included', () => {
    const { tensors } = run(intTensor('u8', [1, 2], [4, 6]));
    expect([...tensors.keys()]).toEqual(['x_q', 'hidden', 'y_q']);
    expect(tensors.get('hidden')?.data).toEqual(Int32Array.of(13, 0));
    expect(tensors.get('y_q')).toEqual(intTensor('u8', [2], [13, 0]));
  });

  it('announces each node before it runs', () => {
    const seen: string[] = [];
    execute(graph, new Map([['x', intTensor('u8', [1, 2], [0, 0])]]), (node, index, count) =>
      seen.push(`${node.name} ${index}/${count}`),
    );
    expect(seen).toEqual(['fc 0/2', 'flat 1/2']);
  });

  it.each([
    ['is missing', () => run(undefined), /missing/],
    ['has another shape', () => run(intTensor('u8', [2], [1, 2])), /shape \[2\]/],
    ['has another type', () => run(intTensor('s8', [1, 2], [1, 2])), /is s8/],
    ['is out of range', () => run(intTensor('u8', [1, 2], [1, 256])), /256/],
    ['has too few integers', () => run({ dtype: 'u8', dims: [1, 2], data: Int32Array.of(1) }), /holds 1/],
  ])('refuses an input that %s', (_, call, message) => {
    const error = refusal(call);
    expect(error.code).toBe('INPUT_MISMATCH');
    expect(error.message).toMatch(message);
  });

  it('refuses an input the model does not have', () => {
    const error = refusal(() => run(intTensor('u8', [1, 2], [1, 2]), 'z'));
    expect([error.code, error.where]).toEqual(['INPUT_MISMATCH', 'z']);
  });

  it('refuses a graph whose declared types are not those of the run', () => {
    const tensors = graph.tensors.map((tensor) => (tensor.name === 'y_q' ? { ...tensor, dims: [1, 2] } : tensor));
    const error = refusal(() => execute({ ...graph, tensors }, new Map([['x', intTensor('u8', [1, 2], [1, 2])]])));
    expect(error.code).toBe('INTERNAL');
  });
});
