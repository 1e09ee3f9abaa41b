import { describe, expect, it } from 'vitest';
import type { Attribute, Graph, GraphTensor } from '../artifact/graph.ts';
import { readModel } from './index.ts';
import { writeModel } from './writer.ts';

type Attributes = Readonly<Record<string, number>>;

/** A model of operator set 6 with one node that reads an image and constants. */
function model(op: string, constants: readonly (readonly number[])[], attributes: Attributes = {}, opset = 6): Graph {
  const initializers = constants.map((dims, i): [string, GraphTensor] => {
    const size = dims.reduce((a, b) => a * b, 1);
    return [`c${i}`, { type: 'float32', dims, data: new Float32Array(size).fill(0.5) }];
  });
  const map = new Map(
    Object.entries(attributes).map(([key, value]): [string, Attribute] => [key, { kind: 'int', value }]),
  );
  const inputs = ['x', ...initializers.map(([name]) => name)];
  const graph: Graph = {
    name: 'old',
    irVersion: 4,
    opsets: new Map([['', opset]]),
    inputs: [{ name: 'x', type: 'float32', dims: [1, 3, 4, 4] }],
    outputs: [{ name: 'y', type: 'float32', dims: undefined }],
    nodes: [{ name: 'n', op, domain: '', inputs, outputs: ['y'], attributes: map }],
    initializers: new Map(initializers),
    values: new Map(),
  };
  return readModel(writeModel(graph));
}

describe('models of operator set 6', () => {
  it('are read as models of set 7', () => {
    const graph = model('Add', [[4]], { broadcast: 1 });
    expect(graph.opsets.get('')).toBe(7);
    expect(graph.nodes[0]?.attributes.size).toBe(0);
    expect(graph.values.get('y')?.dims).toEqual([1, 3, 4, 4]);
  });

  it('keep the place of a second operand that ends where the first one ends', () => {
    expect(model('Mul', [[4, 4]], { broadcast: 1, axis: 2 }).nodes[0]?.attributes.size).toBe(0);
    expect(() => model('Mul', [[3]], { broadcast: 1, axis: 1 })).toThrow(/leading dimensions/);
  });

  it('spread the slopes of a PRelu over images', () => {
    const graph = model('PRelu', [[3]]);
    expect(graph.initializers.get(graph.nodes[0]?.inputs[1] ?? '')?.dims).toEqual([3, 1, 1]);
    expect(model('PRelu', [[1]]).nodes[0]?.inputs[1]).toBe('c0');
  });

  it('lose their switches for training, and are refused with them on', () => {
    const statistics = [[3], [3], [3], [3]];
    expect(model('BatchNormalization', statistics, { is_test: 1 }).nodes[0]?.attributes.size).toBe(0);
    expect(() => model('BatchNormalization', statistics)).toThrow(/training mode/);
    expect(() => model('BatchNormalization', statistics, { is_test: 1, spatial: 0 })).toThrow(/every cell/);
  });

  it('of older sets are refused', () => {
    expect(() => model('Relu', [], {}, 5)).toThrow(/version 5/);
  });
});
