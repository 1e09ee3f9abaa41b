import { describe, expect, test } from 'vitest';
import type { Attribute, Dimension, ElementType, Graph, GraphNode, GraphTensor, ValueInfo } from '../artifact/graph.ts';
import { ProvennError } from '../base/errors.ts';
import type { Bindings } from './bindings.ts';
import { readModel, writeModel } from './index.ts';
import { defaultLimits } from './limits.ts';
import { inferShapes } from './shape-inference.ts';

type Attributes = Readonly<Record<string, number | string | readonly number[]>>;

function node(op: string, inputs: string[], outputs: string[], attributes: Attributes = {}): GraphNode {
  const entries = Object.entries(attributes).map(([name, value]): [string, Attribute] => {
    if (typeof value === 'string') return [name, { kind: 'string', value }];
    return [name, typeof value === 'number' ? { kind: 'int', value } : { kind: 'ints', value }];
  });
  return { name: `${op}:${outputs[0]}`, op, domain: '', inputs, outputs, attributes: new Map(entries) };
}

function value(name: string, dims: readonly Dimension[], type: ElementType = 'float32'): ValueInfo {
  return { name, type, dims };
}

function integers(...values: number[]): GraphTensor {
  return { type: 'int64', dims: [values.length], data: BigInt64Array.from(values, BigInt) };
}

function float(...dims: number[]): GraphTensor {
  const count = dims.reduce((product, size) => product * size, 1);
  return { type: 'float32', dims, data: new Float32Array(count) };
}

type Parts = {
  readonly inputs: readonly ValueInfo[];
  readonly nodes: readonly GraphNode[];
  readonly initializers?: Readonly<Record<string, GraphTensor>>;
  readonly declared?: readonly ValueInfo[];
};

/** The outputs of the last node are the outputs of the graph. */
function graphOf({ inputs, nodes, initializers = {}, declared = [] }: Parts): Graph {
  const outputs = (nodes.at(-1)?.outputs ?? []).map((name) => ({ name, type: undefined, dims: undefined }));
  return {
    name: 'g',
    irVersion: 8,
    opsets: new Map([['', 17]]),
    inputs,
    outputs,
    nodes,
    initializers: new Map(Object.entries(initializers)),
    values: new Map(declared.map((each) => [each.name, each])),
  };
}

function infer(parts: Parts, bindings: Bindings = {}): Graph {
  return inferShapes(graphOf(parts), bindings, defaultLimits);
}

function refusal(parts: Parts, bindings: Bindings = {}): ProvennError {
  try {
    infer(parts, bindings);
  } catch (error) {
    if (error instanceof ProvennError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

const relu = (...dims: Dimension[]): Parts => ({ inputs: [value('x', dims)], nodes: [node('Relu', ['x'], ['y'])] });

describe('symbolic dimensions', () => {
  test('first ones are batches of one unless bound', () => {
    expect(infer(relu('N', 3)).outputs[0]?.dims).toEqual([1, 3]);
    expect(infer(relu('', 3)).outputs[0]?.dims).toEqual([1, 3]);
    const bound = infer(relu('N', 3), { N: 8 });
    expect(bound.outputs[0]?.dims).toEqual([8, 3]);
    expect(bound.inputs).toEqual([value('x', [8, 3])]);
  });

  test('other ones must be bound, by name', () => {
    expect(refusal(relu('N', 'height'))).toMatchObject({ code: 'INPUT_MISMATCH', where: 'x' });
    expect(refusal(relu('N', 'height')).message).toBe("Dimension 'height' of the graph input 'x' has no size.");
    expect(refusal(relu('N', '')).message).toBe("Dimension 1 of the graph input 'x' has no size.");
    expect(infer(relu('N', 'height'), { height: 5 }).outputs[0]?.dims).toEqual([1, 5]);
  });

  test('of one name have one size', () => {
    const parts: Parts = {
      inputs: [value('a', ['N', 2]), value('b', [2, 'N'])],
      nodes: [node('MatMul', ['a', 'b'], ['y'])],
    };
    expect(infer(parts).outputs[0]?.dims).toEqual([1, 1]);
    expect(infer(parts, { N: 4 }).outputs[0]?.dims).toEqual([4, 4]);
  });

  test('that no input has, or sizes that are none, are misuse', () => {
    expect(refusal(relu('N'), { M: 1 })).toMatchObject({ code: 'USAGE', where: 'M' });
    for (const size of [0, -1, 1.5, Number.NaN]) expect(refusal(relu('N'), { N: size }).code).toBe('USAGE');
  });

  test('inside the graph bind nothing and contradict nothing', () => {
    const parts = { ...relu('N', 3), declared: [value('y', ['anything', 3])] };
    expect(infer(parts).outputs).toEqual([value('y', [1, 3])]);
  });
});

describe('declared values', () => {
  test('that contradict the operator are refused by node', () => {
    const shape = refusal({ ...relu(1, 3), declared: [value('y', [1, 4])] });
    expect(shape).toMatchObject({ code: 'MODEL_INVALID', where: 'Relu:y' });
    expect(shape.message).toContain("makes 'y' of shape [1, 3], the file declares [1, 4]");
    expect(refusal({ ...relu(1, 3), declared: [value('y', [3])] }).code).toBe('MODEL_INVALID');
    const type = refusal({ ...relu(1, 3), declared: [value('y', [1, 3], 'int8')] });
    expect(type.message).toContain('of type float32, the file declares int8');
  });

  test('stand in for operators without a rule', () => {
    const unheard: Parts = {
      inputs: [value('x', ['N', 3])],
      nodes: [node('Unheard', ['x'], ['h']), node('Relu', ['h'], ['y'])],
    };
    expect(infer({ ...unheard, declared: [value('h', ['N', 7])] }).outputs).toEqual([value('y', [1, 7])]);
    const unknown = infer({ ...unheard, declared: [value('h', ['mystery', 7])] });
    expect(unknown.values.get('h')).toEqual({ name: 'h', type: 'float32', dims: undefined });
    expect(unknown.outputs).toEqual([{ name: 'y', type: undefined, dims: undefined }]);
    expect(infer(unheard).values.has('h')).toBe(false);
  });

  test('of inputs must be there', () => {
    const parts = { ...relu(1), inputs: [{ name: 'x', type: 'float32', dims: undefined } as const] };
    expect(refusal(parts)).toMatchObject({ code: 'MODEL_INVALID', where: 'x' });
  });
});

describe('shapes computed by the graph', () => {
  test('become constants, and the nodes that compute them go', () => {
    // x.view(x.size(0), -1) as PyTorch exports it.
    const parts: Parts = {
      inputs: [value('x', ['N', 2, 3, 4])],
      nodes: [
        node('Shape', ['x'], ['s']),
        node('Gather', ['s', 'zero'], ['n'], { axis: 0 }),
        node('Unsqueeze', ['n', 'zeros'], ['first']),
        node('Concat', ['first', 'rest'], ['target'], { axis: 0 }),
        node('Reshape', ['x', 'target'], ['y']),
      ],
      initializers: {
        zero: { type: 'int64', dims: [], data: BigInt64Array.of(0n) },
        zeros: integers(0),
        rest: integers(-1),
      },
    };
    const graph = infer(parts, { N: 5 });
    expect(graph.nodes.map((each) => each.op)).toEqual(['Reshape']);
    expect(graph.initializers.get('target')).toEqual(integers(5, -1));
    expect(graph.outputs).toEqual([value('y', [5, 24])]);
    expect(readModel(writeModel(graph))).toEqual(graph);
  });

  test.each<[string, GraphNode[], number[]]>([
    ['slices', [node('Slice', ['s', 'one', 'three'], ['t'])], [3, 4]],
    ['reversed slices', [node('Slice', ['s', 'minus1', 'minus9', 'zeros', 'minus1'], ['t'])], [4, 3, 2]],
    ['products', [node('Mul', ['s', 'three'], ['t'])], [6, 9, 12]],
    ['quotients towards zero', [node('Div', ['minus9', 's'], ['t'])], [-4, -3, -2]],
    ['sums and differences', [node('Add', ['s', 's'], ['u']), node('Sub', ['u', 'one'], ['t'])], [3, 5, 7]],
    ['totals', [node('ReduceProd', ['s'], ['t'])], [24]],
    ['casts', [node('Cast', ['s'], ['t'], { to: 6 })], [2, 3, 4]],
    ['sizes', [node('Size', ['x'], ['t'])], [24]],
    ['gathered entries from the end', [node('Gather', ['s', 'minus1'], ['t'])], [4]],
    [
      'pads turned around',
      [
        node('Concat', ['s', 'one'], ['pads'], { axis: 0 }),
        node('Reshape', ['pads', 'pairs'], ['rows']),
        node('Slice', ['rows', 'minus1', 'minus9', 'zeros', 'minus1'], ['reversed']),
        node('Transpose', ['reversed'], ['columns'], { perm: [1, 0] }),
        node('Reshape', ['columns', 'minus1'], ['t']),
      ],
      [4, 2, 1, 3],
    ],
    [
      'expanded shapes with what stays as it is',
      [
        {
          ...node('ConstantOfShape', ['three'], ['none']),
          attributes: new Map([['value', { kind: 'tensor', value: integers(0) }]]),
        },
        node('Sub', ['none', 'one'], ['open']),
        node('Range', ['first', 'last', 'step'], ['wanted']),
        node('Equal', ['wanted', 'open'], ['stays']),
        node('Where', ['stays', 's', 'wanted'], ['t']),
      ],
      [2, 1, 3],
    ],
    ['larger and smaller sizes', [node('Max', ['s', 'three'], ['m']), node('Min', ['m', 'three'], ['t'])], [3, 3, 3]],
  ])('include %s', (_, nodes, expected) => {
    const scalar = (of: number): GraphTensor => ({ type: 'int64', dims: [], data: BigInt64Array.of(BigInt(of)) });
    const constants = {
      pairs: integers(-1, 2),
      first: scalar(-1),
      last: scalar(5),
      step: scalar(2),
      one: integers(1),
      three: integers(3),
      minus1: integers(-1),
      minus9: integers(-9),
      zeros: integers(0),
    };
    const shape = node('Shape', ['x'], ['s']);
    const graph = infer({ inputs: [value('x', [2, 3, 4])], nodes: [shape, ...nodes], initializers: constants });
    expect(graph.nodes).toEqual([]);
    expect(Array.from(graph.initializers.get('t')?.data ?? [], Number)).toEqual(expected);
  });

  test('stay nodes where they are not constant', () => {
    const overflow: Parts = {
      inputs: [value('x', [2])],
      nodes: [node('Mul', ['big', 'big'], ['t'])],
      initializers: { big: integers(2 ** 40) },
    };
    expect(infer(overflow).nodes).toHaveLength(1);
    const zero = {
      ...overflow,
      nodes: [node('Div', ['big', 'o'], ['t'])],
      initializers: { big: integers(1), o: integers(0) },
    };
    expect(infer(zero).nodes).toHaveLength(1);
    const dynamic: Parts = {
      inputs: [value('x', [2, 3]), value('s', [1], 'int64')],
      nodes: [node('Reshape', ['x', 's'], ['y'])],
    };
    expect(infer(dynamic).outputs[0]?.dims).toBeUndefined();
  });
});

describe('operators refuse', () => {
  const x = [value('x', [2, 3, 6, 6])];
  const one = (
    op: string,
    rest: string[],
    attributes: Attributes = {},
    initializers: Record<string, GraphTensor> = {},
  ): Parts => {
    return { inputs: x, nodes: [node(op, ['x', ...rest], ['y'], attributes)], initializers };
  };

  test.each<[string, Parts, string]>([
    ['missing inputs', one('MatMul', []), 'input 1 is missing'],
    ['shapes that do not broadcast', one('Add', ['b'], {}, { b: float(4) }), '[2, 3, 6, 6] and [4] do not broadcast'],
    ['unequal types', one('Add', ['b'], {}, { b: integers(1) }), 'its inputs are float32 and int64'],
    ['channels that do not fit', one('Conv', ['w'], {}, { w: float(4, 2, 3, 3) }), 'do not fit together'],
    ['groups that do not divide', one('Conv', ['w'], { group: 3 }, { w: float(4, 1, 3, 3) }), '3 groups'],
    ['weights of another rank', one('Conv', ['w'], {}, { w: float(4, 3, 3) }), 'input 1 has 3 dimensions instead of 4'],
    ['a bias of another length', one('Conv', ['w', 'b'], {}, { w: float(4, 3, 3, 3), b: float(3) }), '3 entries for 4'],
    [
      'another kernel_shape',
      one('Conv', ['w'], { kernel_shape: [2, 3] }, { w: float(4, 3, 3, 3) }),
      "'kernel_shape' is",
    ],
    ['windows that do not fit', one('Conv', ['w'], {}, { w: float(4, 3, 7, 7) }), 'does not fit'],
    ['strides of zero', one('Conv', ['w'], { strides: [0, 1] }, { w: float(4, 3, 3, 3) }), "'strides' is [0, 1]"],
    ['negative pads', one('MaxPool', [], { kernel_shape: [2, 2], pads: [0, 0, -1, 0] }), "'pads' is"],
    ['pads as large as the kernel', one('MaxPool', [], { kernel_shape: [2, 2], pads: [2, 0, 0, 0] }), 'not smaller'],
    ['too few strides', one('MaxPool', [], { kernel_shape: [2, 2], strides: [1] }), '1 entries instead of 2'],
    ['no kernel', one('AveragePool', []), "lacks the attribute 'kernel_shape'"],
    ['an unknown auto_pad', one('MaxPool', [], { kernel_shape: [2, 2], auto_pad: 'SAME' }), "'auto_pad' is 'SAME'"],
    ['attributes of another kind', one('Flatten', [], { axis: 'one' }), 'kind string'],
    ['axes that do not exist', one('Flatten', [], { axis: 5 }), 'axis 5 does not exist in 4 dimensions'],
    ['a reshape of another size', one('Reshape', ['s'], {}, { s: integers(5, -1) }), 'does not reshape to [5, -1]'],
    ['two open dimensions', one('Reshape', ['s'], {}, { s: integers(-1, -1) }), 'does not reshape'],
    ['a reshape that copies nothing', one('Reshape', ['s'], {}, { s: integers(1, 1, 1, 1, 0) }), 'dimension 4'],
    ['a negative target', one('Reshape', ['s'], {}, { s: integers(-2) }), 'the target shape is [-2]'],
    ['a permutation that repeats', one('Transpose', [], { perm: [0, 1, 1, 2] }), 'repeat'],
    ['a permutation of another rank', one('Transpose', [], { perm: [0, 1] }), '2 entries for 4 dimensions'],
    ['a squeeze of more than one', one('Squeeze', ['a'], {}, { a: integers(0) }), 'dimension 0 is 2, not 1'],
    ['unequal concatenation', one('Concat', ['b'], { axis: 1 }, { b: float(2, 3, 6, 5) }), 'do not concatenate'],
    ['inner sizes that differ', one('MatMul', ['b'], {}, { b: float(5, 2) }), 'do not multiply'],
    ['a scalar factor', one('MatMul', ['b'], {}, { b: float() }), 'an operand is a scalar'],
    ['crops beyond the size', one('Pad', ['p'], {}, { p: integers(-3, 0, 0, 0, 0, 0, 0, 0) }), 'impossible shape'],
    ['too few pads', one('Pad', ['p'], {}, { p: integers(1) }), '1 pads for 4 axes'],
    ['slices with steps of zero', one('Slice', ['s', 's', 's', 's'], {}, { s: integers(0) }), 'a step is 0'],
    ['sizes that do not split', one('Split', ['s'], {}, { s: integers(1, 2) }), 'do not split 2'],
  ])('%s', (_, parts, why) => {
    const error = refusal(parts);
    expect(error.message).toContain(why);
    expect(error).toMatchObject({ code: 'MODEL_INVALID', where: parts.nodes[0]?.name });
    expect(error.next).toMatch(/\.$/);
  });

  test('Gemm operands of other ranks and C that does not fit', () => {
    const gemm = (inputs: string[], constants: Record<string, GraphTensor>): Parts => ({
      inputs: [value('a', [2, 3])],
      nodes: [node('Gemm', ['a', ...inputs], ['y'])],
      initializers: constants,
    });
    expect(refusal(gemm(['b'], { b: float(3) })).message).toContain('input 1 has 1 dimensions instead of 2');
    expect(refusal(gemm(['b'], { b: float(4, 3) })).message).toContain('inner sizes 3 and 4');
    const wide = gemm(['b', 'c'], { b: float(3, 4), c: float(1, 2, 4) });
    expect(refusal(wide).message).toContain('does not broadcast to [2, 4]');
    expect(refusal(gemm(['b', 'c'], { b: float(3, 1), c: float(2, 4) })).message).toContain('does not broadcast');
  });

  test('what is well-formed but unsupported, by another code', () => {
    expect(refusal(one('Cast', [], { to: 10 })).message).toContain('it casts to float16');
    expect(refusal(one('Cast', [], { to: 10 })).code).toBe('MODEL_UNSUPPORTED');
    const gap = one('AveragePool', [], { kernel_shape: [1, 1], strides: [7, 1], auto_pad: 'SAME_LOWER' });
    expect(refusal(gap)).toMatchObject({ code: 'MODEL_UNSUPPORTED', where: 'AveragePool:y' });
  });

  test('batch normalization with other channel counts', () => {
    const parts = one('BatchNormalization', ['s', 's', 's', 'v'], {}, { s: float(3), v: float(2) });
    expect(refusal(parts).message).toContain('input 4 has 2 channels, the data 3');
  });
});
