/** Spellings put together: fewer nodes, the same values. */
import { describe, expect, it } from 'vitest';
import type { Graph } from '../../artifact/graph.ts';
import { product } from '../../base/tensor.ts';
import { writeModel } from '../../onnx/index.ts';
import { GraphBuilder, generator, hasOnnxruntime, normalFloats } from '../laws.ts';
import { openModel } from '../node/float-session.ts';
import { prepareFloatModel } from './prepare.ts';

const image = [1, 3, 4, 4];

type Build = (b: GraphBuilder) => void;

function graphOf(build: Build, opset = 13): Graph {
  const b = new GraphBuilder();
  build(b);
  return b.graph({ x: image }, ['y'], { opset });
}

function constants(b: GraphBuilder): { readonly three: string; readonly zero: string; readonly six: string } {
  return { three: b.floats('three', [], [3]), zero: b.floats('zero', [], [0]), six: b.floats('six', [], [6]) };
}

function sixfold(b: GraphBuilder): string {
  const { three, zero, six } = constants(b);
  return b.node('Clip', [b.node('Add', [three, 'x'], 'a'), zero, six], 'c');
}

const conv = (b: GraphBuilder): string => b.node('Conv', ['x', b.randomFloats('w', [5, 3, 3, 3])], 'conv');

const cases: readonly (readonly [string, Build, readonly string[]])[] = [
  ['x·clip(x + 3)/6', (b) => b.node('Div', [b.node('Mul', ['x', sixfold(b)], 'm'), 'six'], 'y'), ['HardSwish']],
  ['x·(clip(x + 3)/6)', (b) => b.node('Mul', [b.node('Div', [sixfold(b), 'six'], 'd'), 'x'], 'y'), ['HardSwish']],
  [
    'x·clip(x + 3)·(1/6)',
    (b) => b.node('Mul', [b.node('Mul', [sixfold(b), 'x'], 'm'), b.floats('sixth', [], [1 / 6])], 'y'),
    ['HardSwish'],
  ],
  [
    'x·HardSigmoid(x)',
    (b) => b.node('Mul', ['x', b.node('HardSigmoid', ['x'], 'h', { alpha: { float: 1 / 6 } })], 'y'),
    ['HardSwish'],
  ],
  ['Conv + vector', (b) => b.node('Add', [conv(b), b.randomFloats('v', [1, 5, 1, 1])], 'y'), ['Conv']],
  ['scalar + Conv', (b) => b.node('Add', [b.floats('v', [1], [0.5]), conv(b)], 'y'), ['Conv']],
  ['mean of the last axis', (b) => b.node('ReduceMean', ['x'], 'y', { axes: [-1] }), ['MatMul']],
  ['mean of images', (b) => b.node('ReduceMean', ['x'], 'y', { axes: [2, 3] }), ['GlobalAveragePool']],
  [
    'mean that drops axes',
    (b) => b.node('ReduceMean', ['x'], 'y', { axes: [3, 2], keepdims: 0 }),
    ['GlobalAveragePool', 'Reshape'],
  ],
];

const different: readonly (readonly [string, Build, readonly string[]])[] = [
  [
    'a gate of something else',
    (b) => b.node('Div', [b.node('Mul', [b.node('Neg', ['x'], 'n'), sixfold(b)], 'm'), 'six'], 'y'),
    ['Neg', 'Add', 'Clip', 'Mul', 'Div'],
  ],
  [
    'a HardSigmoid of another slope',
    (b) => b.node('Mul', ['x', b.node('HardSigmoid', ['x'], 'h')], 'y'),
    ['HardSigmoid', 'Mul'],
  ],
  ['a value that is no bias', (b) => b.node('Add', [conv(b), b.randomFloats('v', [1, 1, 2, 2])], 'y'), ['Conv', 'Add']],
];

async function outputs(graph: Graph, data: Float32Array): Promise<ArrayLike<number>> {
  const runner = await openModel(writeModel(graph), {});
  const results = await runner.run(new Map([['x', { dims: image, data }]]));
  await runner.close();
  return results.get('y')?.data as Float32Array;
}

describe.skipIf(!hasOnnxruntime)('prepareFloatModel', () => {
  it.each([...cases, ...different])('%s', async (_, build, ops) => {
    const graph = graphOf(build);
    const prepared = prepareFloatModel(graph);
    expect([...prepared.nodes.map(({ op }) => op)].sort()).toEqual([...ops].sort());
    const data = normalFloats(product(image), 3, generator(4));
    const before = await outputs(graph, data);
    const after = await outputs(prepared, data);
    expect(after.length).toBe(before.length);
    for (let i = 0; i < before.length; i++) expect(after[i]).toBeCloseTo(before[i] as number, 4);
  });

  it.each([
    ['Squeeze', { axes: [0] }, 11],
    ['Unsqueeze', { axes: [1] }, 11],
    ['Slice', { starts: [1], ends: [3], axes: [2] }, 9],
    ['Pad', { pads: [0, 0, 1, 0, 0, 0, 0, 2], mode: 'constant' }, 10],
    ['Upsample', { mode: 'nearest' }, 9],
  ] as const)('gives the %s of older operator sets its operands', async (op, attributes, opset) => {
    const operands = op === 'Upsample' ? ['x', 'scales'] : ['x'];
    const graph = graphOf((b) => {
      b.floats('scales', [4], [1, 1, 2, 2]);
      b.node(op, operands, 'y', attributes);
    }, opset);
    const data = normalFloats(product(image), 3, generator(4));
    expect(await outputs(prepareFloatModel(graph), data)).toEqual(await outputs(graph, data));
  });
});
