import { describe, expect, test } from 'vitest';
import type { Attribute, GraphTensor } from '../artifact/graph.ts';
import { ProvennError } from '../base/errors.ts';
import { checkModel } from './check.ts';
import type { RawModel, RawNode } from './model.ts';
import type { RawValue } from './value-info.ts';

function value(name: string): RawValue {
  return { name, type: 'float32', dims: [2], otherType: undefined };
}

function node(op: string, inputs: string[], outputs: string[], rest: Partial<RawNode> = {}): RawNode {
  return { name: '', op, domain: '', inputs, outputs, attributes: new Map(), ...rest };
}

function scalar(value: number): GraphTensor {
  return { type: 'float32', dims: [], data: Float32Array.of(value) };
}

/** x → Relu → y, with parts replaced. */
function model(parts: Partial<RawModel> = {}): RawModel {
  return {
    name: 'g',
    irVersion: 8,
    opsets: [{ domain: '', version: 17 }],
    inputs: [value('x')],
    outputs: [value('y')],
    values: [],
    nodes: [node('Relu', ['x'], ['y'])],
    initializers: [],
    ...parts,
  };
}

function refusal(parts: Partial<RawModel>): ProvennError {
  try {
    checkModel(model(parts));
  } catch (error) {
    if (error instanceof ProvennError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('names', () => {
  test('are filled in and made unique', () => {
    const names = (given: string[]): string[] => {
      const nodes = given.map((name, i) => node('Relu', [i === 0 ? 'x' : `v${i}`], [`v${i + 1}`], { name }));
      const graph = checkModel(model({ nodes, outputs: [value(`v${given.length}`)] }));
      return graph.nodes.map((each) => each.name);
    };
    expect(names(['', 'a', 'a', '', 'a'])).toEqual(['Relu_0', 'a', 'a_1', 'Relu_3', 'a_2']);
    expect(names(['a', 'a', 'a_1', ''])).toEqual(['a', 'a_2', 'a_1', 'Relu_3']);
    expect(names(['', 'Relu_0', 'Relu_0_1'])).toEqual(['Relu_0_2', 'Relu_0', 'Relu_0_1']);
  });

  test.each<[string, Partial<RawModel>, string]>([
    ['a node output that is a graph input', { nodes: [node('Relu', ['x'], ['x'])] }, "'x', which is already defined"],
    [
      'a node output of another node',
      { nodes: [node('Relu', ['x'], ['y']), node('Abs', ['x'], ['y'])] },
      "Node 'Abs_1' defines the value 'y'",
    ],
    ['a node output that is a constant', { initializers: [{ name: 'y', tensor: scalar(1) }] }, "the value 'y'"],
    ['two inputs', { inputs: [value('x'), value('x')] }, "graph input 'x' is defined twice"],
    ['two outputs', { outputs: [value('y'), value('y')] }, "graph output 'y' is listed twice"],
    [
      'two constants',
      {
        initializers: [
          { name: 'w', tensor: scalar(1) },
          { name: 'w', tensor: scalar(1) },
        ],
      },
      "constant 'w' is defined twice",
    ],
  ])('cannot be shared by %s', (_, parts, why) => {
    const error = refusal(parts);
    expect(error.code).toBe('MODEL_INVALID');
    expect(error.message).toContain(why);
  });

  test.each<[string, Partial<RawModel>, string]>([
    ['an input', { inputs: [value('')] }, 'A graph input has no name.'],
    ['a constant', { initializers: [{ name: '', tensor: scalar(1) }] }, 'An initializer has no name.'],
    ['an operator', { nodes: [node('', ['x'], ['y'], { name: 'n' })] }, "Node 0 ('n') names no operator."],
  ])('are required of %s', (_, parts, message) => {
    expect(refusal(parts)).toMatchObject({ code: 'MODEL_INVALID', message });
  });

  test('may be missing for optional inputs and outputs', () => {
    const nodes = [node('Clip', ['x', '', 'high'], ['y', '', ''])];
    expect(checkModel(model({ nodes, initializers: [{ name: 'high', tensor: scalar(6) }] })).nodes).toHaveLength(1);
  });
});

describe('edges', () => {
  test('to nowhere are refused by node and value', () => {
    const error = refusal({ nodes: [node('Add', ['x', 'ghost'], ['y'], { name: 'sum' })] });
    expect(error).toMatchObject({ code: 'MODEL_INVALID', where: 'sum' });
    expect(error.message).toBe("Node 'sum' reads the value 'ghost', which nothing defines.");
    expect(refusal({ outputs: [value('z')] }).message).toBe("The graph output 'z' is defined by nothing.");
    expect(refusal({ outputs: [] }).message).toBe('The graph has no outputs.');
  });

  test('that form a cycle are refused by a node of the cycle', () => {
    const nodes = [
      node('Relu', ['b'], ['y'], { name: 'after' }),
      node('Add', ['x', 'b'], ['a'], { name: 'one' }),
      node('Abs', ['a'], ['b'], { name: 'two' }),
    ];
    const error = refusal({ nodes });
    expect(error.code).toBe('MODEL_INVALID');
    expect(['one', 'two']).toContain(error.where);
    expect(refusal({ nodes: [node('Relu', ['y'], ['y'], { name: 'self' })] }).where).toBe('self');
  });

  test('decide the order, and the file decides between free nodes', () => {
    const order = (nodes: RawNode[]): string[] => checkModel(model({ nodes })).nodes.map((each) => each.op);
    const [a, b, c, y] = [
      node('Abs', ['x'], ['a']),
      node('Exp', ['x'], ['b']),
      node('Neg', ['a'], ['c']),
      node('Max', ['c', 'b'], ['y']),
    ];
    expect(order([a, b, c, y])).toEqual(['Abs', 'Exp', 'Neg', 'Max']);
    expect(order([b, a, c, y])).toEqual(['Exp', 'Abs', 'Neg', 'Max']);
    expect(order([y, c, b, a])).toEqual(['Abs', 'Neg', 'Exp', 'Max']);
  });
});

describe('constants', () => {
  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('of %d are refused by name', (bad) => {
    const single: GraphTensor = { type: 'float32', dims: [2], data: Float32Array.of(1, bad) };
    const double: GraphTensor = { type: 'float64', dims: [2], data: Float64Array.of(1, bad) };
    for (const tensor of [single, double]) {
      expect(refusal({ initializers: [{ name: 'scale', tensor }] })).toMatchObject({
        code: 'MODEL_INVALID',
        where: 'scale',
      });
    }
  });

  test('that are also graph inputs are no inputs', () => {
    const parts = { inputs: [value('x'), value('w')], initializers: [{ name: 'w', tensor: scalar(1) }] };
    expect(checkModel(model(parts)).inputs.map((input) => input.name)).toEqual(['x']);
  });

  const constant = (attributes: [string, Attribute][], rest: Partial<RawNode> = {}): Partial<RawModel> => {
    return {
      nodes: [
        node('Constant', [], ['k'], { attributes: new Map(attributes), ...rest }),
        node('Add', ['x', 'k'], ['y']),
      ],
    };
  };

  test.each<[string, Attribute, GraphTensor]>([
    ['value', { kind: 'tensor', value: scalar(3) }, scalar(3)],
    ['value_float', { kind: 'float', value: 0.5 }, scalar(0.5)],
    ['value_floats', { kind: 'floats', value: [1, 2] }, { type: 'float32', dims: [2], data: Float32Array.of(1, 2) }],
    ['value_int', { kind: 'int', value: -7 }, { type: 'int64', dims: [], data: BigInt64Array.of(-7n) }],
    ['value_ints', { kind: 'ints', value: [1, 2] }, { type: 'int64', dims: [2], data: BigInt64Array.of(1n, 2n) }],
  ])('from Constant nodes (%s) become initializers', (name, attribute, tensor) => {
    const graph = checkModel(model(constant([[name, attribute]])));
    expect(graph.nodes.map((each) => each.op)).toEqual(['Add']);
    expect(graph.initializers.get('k')).toEqual(tensor);
  });

  test('from odd Constant nodes are refused', () => {
    const one: [string, Attribute] = ['value_int', { kind: 'int', value: 1 }];
    expect(refusal(constant([]))).toMatchObject({ code: 'MODEL_INVALID', where: 'Constant_0' });
    expect(refusal(constant([one, ['value_float', { kind: 'float', value: 1 }]])).code).toBe('MODEL_INVALID');
    expect(refusal(constant([one], { inputs: ['x'] })).code).toBe('MODEL_INVALID');
    expect(refusal(constant([one], { outputs: ['k', 'l'] })).code).toBe('MODEL_INVALID');
    expect(refusal(constant([['value_string', { kind: 'string', value: 's' }]])).code).toBe('MODEL_UNSUPPORTED');
    expect(refusal(constant([['value', { kind: 'int', value: 1 }]])).code).toBe('MODEL_UNSUPPORTED');
  });
});

describe('operator sets', () => {
  test.each([6, 7, 25])('of version %i are known', (version) => {
    expect(checkModel(model({ opsets: [{ domain: '', version }] })).opsets.get('')).toBe(version);
  });

  test.each([5, 26, 0, -1])('of version %i are unsupported', (version) => {
    const error = refusal({ opsets: [{ domain: '', version }] });
    expect(error).toMatchObject({ code: 'MODEL_UNSUPPORTED', where: 'opset_import' });
  });

  test('must be imported, once', () => {
    expect(refusal({ opsets: [] }).code).toBe('MODEL_INVALID');
    const twice = [
      { domain: '', version: 17 },
      { domain: 'ai.onnx', version: 18 },
    ];
    expect(refusal({ opsets: twice }).message).toContain('in versions 17 and 18');
  });

  test('of other domains matter only when a node uses them', () => {
    const opsets = [
      { domain: '', version: 17 },
      { domain: 'org.example', version: 1 },
    ];
    expect(checkModel(model({ opsets })).nodes).toHaveLength(1);
    const nodes = (domain: string): RawNode[] => [node('Relu', ['x'], ['y'], { domain, name: 'n' })];
    expect(refusal({ opsets, nodes: nodes('org.example') })).toMatchObject({ code: 'MODEL_UNSUPPORTED', where: 'n' });
    expect(refusal({ nodes: nodes('com.microsoft') })).toMatchObject({ code: 'MODEL_INVALID', where: 'n' });
  });
});

test('a file without format version is refused', () => {
  expect(refusal({ irVersion: 0 })).toMatchObject({ code: 'MODEL_INVALID', where: 'ir_version' });
});
