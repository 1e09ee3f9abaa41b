import { describe, expect, it } from 'vitest';
import type { Graph, GraphNode, GraphTensor } from '../../artifact/graph.ts';
import { writeModel } from '../../onnx/index.ts';
import { compareWithOnnxruntime, GraphBuilder, hasOnnxruntime } from '../laws.ts';
import { readMovement } from './movement.ts';

const bytes = (scale: number, zeroPoint: number) => ({ scale: Math.fround(scale), zeroPoint, dtype: 'u8' as const });

type Attributes = Parameters<GraphBuilder['node']>[3];

function windowed(
  op: 'Conv' | 'MaxPool',
  dims: readonly number[],
  weights: readonly number[],
  attributes: Attributes,
): Graph {
  const b = new GraphBuilder();
  const x = b.pair('x', 'xf', bytes(0.02, 128));
  const inputs = op === 'Conv' ? [x, b.weights('w', weights, 0.01)] : [x];
  b.pair(b.node(op, inputs, 'out', attributes), 'y', op === 'Conv' ? bytes(0.05, 100) : bytes(0.02, 128));
  return b.graph({ x: dims }, ['y']);
}

const cases: readonly (readonly ['Conv' | 'MaxPool', readonly number[], readonly number[], Attributes])[] = [
  ['Conv', [1, 2, 7, 9], [3, 2, 3, 2], { auto_pad: 'SAME_UPPER', strides: [2, 3] }],
  ['Conv', [1, 2, 7, 9], [3, 2, 3, 2], { auto_pad: 'SAME_LOWER', strides: [2, 1] }],
  ['Conv', [2, 2, 7, 9], [3, 2, 3, 2], { auto_pad: 'VALID', dilations: [2, 1] }],
  ['Conv', [1, 4, 6, 6], [4, 1, 3, 3], { group: 4, pads: [0, 1, 2, 1] }],
  ['Conv', [1, 2, 11], [3, 2, 4], { strides: [3], pads: [1, 2] }],
  ['MaxPool', [1, 2, 7, 9], [], { kernel_shape: [3, 2], auto_pad: 'SAME_UPPER', strides: [2, 2] }],
  ['MaxPool', [1, 2, 7, 9], [], { kernel_shape: [3, 2], auto_pad: 'SAME_LOWER', strides: [2, 2] }],
  ['MaxPool', [1, 2, 8, 8], [], { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 }],
  ['MaxPool', [1, 2, 8, 8], [], { kernel_shape: [2, 2], dilations: [3, 2], pads: [1, 0, 0, 1] }],
  ['MaxPool', [1, 3, 10], [], { kernel_shape: [3], strides: [2] }],
];

describe.skipIf(!hasOnnxruntime)('windows', () => {
  it.each(cases)('%s on %j with weights %j and %j', async (op, dims, weights, attributes) => {
    const { mismatch } = await compareWithOnnxruntime(writeModel(windowed(op, dims, weights, attributes)), 3);
    expect(mismatch).toBeNull();
  });
});

function node(op: string, inputs: readonly string[], attributes: GraphNode['attributes'] = new Map()): GraphNode {
  return { name: 'n', op, domain: '', inputs: ['x', ...inputs], outputs: ['y'], attributes };
}

function movedDims(
  op: string,
  operand: readonly number[] | null,
  dims: readonly number[],
  attributes: GraphNode['attributes'] = new Map(),
): unknown {
  const tensor: GraphTensor = {
    type: 'int64',
    dims: [operand?.length ?? 0],
    data: BigInt64Array.from(operand ?? [], BigInt),
  };
  const around = { constants: () => tensor, integerFor: () => null };
  const steps = readMovement(node(op, operand === null ? [] : ['c'], attributes), dims, around);
  return (steps[0]?.attrs as { readonly dims?: readonly number[] } | undefined)?.dims;
}

describe('readMovement', () => {
  it('resolves shapes', () => {
    expect(movedDims('Reshape', [0, -1], [2, 3, 4])).toEqual([2, 12]);
    expect(movedDims('Reshape', [-1], [2, 3])).toEqual([6]);
    expect(movedDims('Squeeze', [0, -1], [1, 3, 1])).toEqual([3]);
    expect(movedDims('Squeeze', null, [1, 3, 1, 2])).toEqual([3, 2]);
    expect(movedDims('Unsqueeze', [0, -1], [3, 2])).toEqual([1, 3, 2, 1]);
    expect(movedDims('Flatten', null, [2, 3, 4])).toEqual([2, 12]);
    expect(movedDims('Flatten', null, [2, 3, 4], new Map([['axis', { kind: 'int', value: -1 }]]))).toEqual([6, 4]);
    expect(movedDims('Flatten', null, [2, 3], new Map([['axis', { kind: 'int', value: 2 }]]))).toEqual([6, 1]);
    expect(movedDims('Unsqueeze', null, [3], new Map([['axes', { kind: 'ints', value: [1] }]]))).toEqual([3, 1]);
  });

  it.each([
    ['Reshape', [-1, -1], [2, 3], /more than one -1/],
    ['Reshape', [4, -1], [2, 3], /cannot take the shape/],
    ['Reshape', [0, 0, 0], [6], /no counterpart/],
    ['Squeeze', [1], [1, 3], /is not 1/],
    ['Unsqueeze', [0, 0], [3], /repeated/],
    ['Unsqueeze', [4], [3], /out of range/],
  ] as const)('refuses %s to %j of %j', (op, operand, dims, why) => {
    expect(() => movedDims(op, operand, dims)).toThrow(
      expect.objectContaining({ code: 'MODEL_INVALID', message: expect.stringMatching(why) }),
    );
  });

  it.each([
    ['Tile', [2 ** 40, 1]],
    ['Expand', [2 ** 30, 2, 3]],
    ['Pad', [0, 2 ** 31, 0, 0]],
  ] as const)('refuses a %s beyond all measure before making it', (op, operand) => {
    expect(() =>
      movedDims(
        op,
        operand,
        op === 'Expand' ? [1, 2, 3] : [2, 3],
        new Map([['mode', { kind: 'string', value: 'edge' }]]),
      ),
    ).toThrow(expect.objectContaining({ code: 'MODEL_UNSUPPORTED' }));
  });

  it('refuses shapes computed at run time', () => {
    expect(() =>
      readMovement(node('Reshape', ['c']), [2, 3], { constants: () => undefined, integerFor: () => null }),
    ).toThrow(/at run time/);
  });
});
