/** Broken and hostile files: always a `ProvennError`, never another exception, never much time or memory. */
import { describe, expect, test } from 'vitest';
import type { Attribute, Graph, GraphNode, GraphTensor } from '../artifact/graph.ts';
import { type ErrorCode, ProvennError } from '../base/errors.ts';
import { type ReadOptions, readModel, writeModel } from './index.ts';
import {
  attributeField,
  graphField,
  modelField,
  nodeField,
  opsetField,
  tensorField,
  valueInfoField,
} from './schema.ts';
import { WireWriter } from './wire-writer.ts';

function refusal(bytes: Uint8Array, options?: ReadOptions): ProvennError {
  try {
    readModel(bytes, options);
  } catch (error) {
    if (error instanceof ProvennError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

function node(op: string, inputs: string[], outputs: string[], attributes: [string, Attribute][] = []): GraphNode {
  return { name: `${op} node`, op, domain: '', inputs, outputs, attributes: new Map(attributes) };
}

/** Convolution, pooling and a matrix product, with every kind of attribute and several element types. */
function smallModel(): Uint8Array {
  const float = (dims: number[]): GraphTensor => {
    const count = dims.reduce((product, size) => product * size, 1);
    return { type: 'float32', dims, data: Float32Array.from({ length: count }, (_, i) => i / 8) };
  };
  const graph: Graph = {
    name: 'small',
    irVersion: 8,
    opsets: new Map([['', 17]]),
    inputs: [{ name: 'x', type: 'float32', dims: ['N', 1, 6, 6] }],
    outputs: [{ name: 'y', type: 'float32', dims: ['N', 3] }],
    nodes: [
      node(
        'Conv',
        ['x', 'w', 'b'],
        ['c'],
        [
          ['pads', { kind: 'ints', value: [1, 1, 1, 1] }],
          ['auto_pad', { kind: 'string', value: 'NOTSET' }],
        ],
      ),
      node('LeakyRelu', ['c'], ['r'], [['alpha', { kind: 'float', value: 0.5 }]]),
      node(
        'MaxPool',
        ['r'],
        ['p'],
        [
          ['kernel_shape', { kind: 'ints', value: [2, 2] }],
          ['strides', { kind: 'ints', value: [2, 2] }],
        ],
      ),
      node('Constant', [], ['shape'], [['value', { kind: 'tensor', value: ints([-1, 18]) }]]),
      node('Reshape', ['p', 'shape'], ['f']),
      node('Gemm', ['f', 'm'], ['y'], [['transB', { kind: 'int', value: 1 }]]),
    ],
    initializers: new Map([
      ['w', float([2, 1, 3, 3])],
      ['b', float([2])],
      ['m', float([3, 18])],
    ]),
    values: new Map(),
  };
  return writeModel(graph);
}

function ints(values: number[]): GraphTensor {
  return { type: 'int64', dims: [values.length], data: BigInt64Array.from(values, BigInt) };
}

/** A model around the given graph message. */
function modelOf(graph: WireWriter): Uint8Array {
  const opset = new WireWriter().int(opsetField.version, 17);
  return new WireWriter()
    .int(modelField.irVersion, 8)
    .message(modelField.opsetImport, opset)
    .message(modelField.graph, graph)
    .finish();
}

function tensorModel(tensor: WireWriter): Uint8Array {
  return modelOf(new WireWriter().message(graphField.initializer, tensor.text(tensorField.name, 'weights')));
}

function float32(dims: readonly number[]): WireWriter {
  const tensor = new WireWriter().int(tensorField.dataType, 1);
  for (const size of dims) tensor.int(tensorField.dims, size);
  return tensor;
}

describe('damage', () => {
  test('truncation anywhere is refused', () => {
    // The graph is the last field of the file, so that no prefix is a model.
    const bytes = smallModel();
    expect(readModel(bytes).outputs).toEqual([{ name: 'y', type: 'float32', dims: [1, 3] }]);
    for (let length = 0; length < bytes.length; length++) {
      expect(refusal(bytes.subarray(0, length)).code).toBe('MODEL_MALFORMED');
    }
  });

  test('random byte changes end in a graph or a ProvennError, quickly', () => {
    const original = smallModel();
    let state = 1;
    const next = (below: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    const outcomes = new Map<ErrorCode | 'graph', number>();
    for (let run = 0; run < 8_000; run++) {
      const bytes = original.slice();
      for (let change = next(4); change >= 0; change--) bytes[next(bytes.length)] = next(256);
      const began = performance.now();
      const outcome = outcomeOf(bytes);
      expect(performance.now() - began).toBeLessThan(1000);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    // The changes must reach every layer: the wire, the graph, the operators.
    for (const outcome of ['graph', 'MODEL_MALFORMED', 'MODEL_INVALID', 'MODEL_UNSUPPORTED'] as const) {
      expect(outcomes.get(outcome) ?? 0).toBeGreaterThan(20);
    }
  });

  test('bytes that are no protobuf at all are refused', () => {
    for (const bytes of [new Uint8Array(), new Uint8Array(100), Uint8Array.from({ length: 256 }, (_, i) => i)]) {
      expect(refusal(bytes).code).toBe('MODEL_MALFORMED');
    }
  });
});

function outcomeOf(bytes: Uint8Array): ErrorCode | 'graph' {
  try {
    readModel(bytes);
    return 'graph';
  } catch (error) {
    if (error instanceof ProvennError) return error.code;
    throw error;
  }
}

describe('sizes', () => {
  test('of a tensor are judged before anything is allocated', () => {
    const huge = [2 ** 31, 2 ** 31, 2 ** 31];
    expect(refusal(tensorModel(float32(huge)))).toMatchObject({ code: 'RESOURCE_LIMIT' });
    expect(refusal(tensorModel(float32([2 ** 28 + 1])))).toMatchObject({ code: 'RESOURCE_LIMIT' });
    expect(refusal(tensorModel(float32([2 ** 28]))).message).toContain('more elements than the file holds');
    expect(refusal(tensorModel(float32([0, ...huge]))).code).toBe('MODEL_INVALID');
    expect(refusal(tensorModel(float32(new Array(9).fill(1)))).message).toContain('more than 8 dimensions');
    expect(refusal(tensorModel(float32([-1]))).message).toContain('a dimension is -1');
  });

  test('of a value that an operator makes are limited too', () => {
    const input = { name: 'x', type: 'float32', dims: [1] } as const;
    const graph: Graph = {
      name: 'expand',
      irVersion: 8,
      opsets: new Map([['', 17]]),
      inputs: [input],
      outputs: [{ name: 'y', type: 'float32', dims: undefined }],
      nodes: [node('Expand', ['x', 's'], ['y'])],
      initializers: new Map([['s', ints([2 ** 20, 2 ** 20])]]),
      values: new Map(),
    };
    expect(refusal(writeModel(graph))).toMatchObject({ code: 'RESOURCE_LIMIT' });
  });

  test('of the file and its lists have limits', () => {
    const bytes = smallModel();
    const limits = (key: string, value: number): ReadOptions => ({ limits: { [key]: value } });
    expect(refusal(bytes, limits('maxFileBytes', 100)).code).toBe('RESOURCE_LIMIT');
    expect(refusal(bytes, limits('maxNodes', 5)).message).toContain('6 nodes; the limit is 5');
    expect(refusal(bytes, limits('maxInitializers', 2)).message).toContain('3 inputs of a node; the limit is 2');
    const two = new WireWriter()
      .message(graphField.initializer, float32([0]))
      .message(graphField.initializer, float32([0]));
    expect(refusal(modelOf(two), limits('maxInitializers', 1)).message).toContain('2 initializers; the limit is 1');
    expect(refusal(bytes, limits('maxAttributeElements', 3)).message).toContain('4 values in one attribute');
    expect(refusal(bytes, limits('maxNameBytes', 3)).message).toContain('longer than 3');
    expect(refusal(bytes, limits('maxRank', 3)).message).toContain('more than 3 dimensions');
    expect(refusal(bytes, limits('maxDepth', 2)).message).toContain('nested too deeply');
    expect(refusal(bytes, limits('maxElements', 50)).code).toBe('RESOURCE_LIMIT');
  });

  test('of a long chain of nodes are no problem', () => {
    const length = 50_000;
    const nodes = Array.from({ length }, (_, i) => node('Relu', [`v${i}`], [`v${i + 1}`])).reverse();
    const graph: Graph = {
      name: 'chain',
      irVersion: 8,
      opsets: new Map([['', 17]]),
      inputs: [{ name: 'v0', type: 'float32', dims: [2] }],
      outputs: [{ name: `v${length}`, type: undefined, dims: undefined }],
      nodes,
      initializers: new Map(),
      values: new Map(),
    };
    const read = readModel(writeModel(graph));
    expect(read.nodes[0]?.inputs).toEqual(['v0']);
    expect(read.outputs[0]?.dims).toEqual([2]);
  });
});

describe('tensors', () => {
  const raw = (bytes: number) => float32([2]).blob(tensorField.rawData, new Uint8Array(bytes));

  test('whose bytes do not match their shape are refused', () => {
    expect(refusal(tensorModel(raw(7))).message).toBe(
      "Tensor 'weights' is malformed: float32[2] takes 8 bytes, the file has 7.",
    );
    expect(refusal(tensorModel(raw(9))).code).toBe('MODEL_MALFORMED');
    expect(refusal(tensorModel(float32([2]))).code).toBe('MODEL_MALFORMED');
    const one = float32([2]).float(tensorField.floatData, 1).text(tensorField.name, 'a name as long as a number');
    expect(refusal(tensorModel(one)).message).toContain('it holds 1 elements, [2] has 2');
    const three = float32([2]).float(tensorField.floatData, 1).float(tensorField.floatData, 1);
    expect(refusal(tensorModel(three.float(tensorField.floatData, 1))).message).toContain('more than the 2 elements');
  });

  test('with numbers in two places or in the wrong one are refused', () => {
    expect(refusal(tensorModel(raw(8).float(tensorField.floatData, 1))).message).toContain('fields of another type');
    expect(refusal(tensorModel(float32([1]).int(tensorField.int32Data, 1))).message).toContain(
      'fields of another type',
    );
  });

  test('with integers out of range are refused', () => {
    const typed = (type: number, value: number): Uint8Array =>
      tensorModel(new WireWriter().int(tensorField.dataType, type).int(tensorField.int32Data, value));
    expect(refusal(typed(2, 256)).message).toContain('256 is not a uint8');
    expect(refusal(typed(3, -129)).message).toContain('-129 is not a int8');
    expect(refusal(typed(9, 2)).message).toContain('2 is not a bool');
    const bool = new WireWriter().int(tensorField.dataType, 9).blob(tensorField.rawData, Uint8Array.of(2));
    expect(refusal(tensorModel(bool)).message).toContain('neither 0 nor 1');
  });

  test('of other types, segmented or sparse ones are unsupported', () => {
    const half = new WireWriter().int(tensorField.dataType, 10).blob(tensorField.rawData, new Uint8Array(2));
    expect(refusal(tensorModel(half))).toMatchObject({
      code: 'MODEL_UNSUPPORTED',
      where: 'weights',
      message: "Tensor 'weights' has element type float16.",
    });
    const segmented = float32([0]).message(tensorField.segment, new WireWriter());
    expect(refusal(tensorModel(segmented)).message).toContain('split into segments');
    const values = float32([0]).text(tensorField.name, 'thin');
    const sparse = new WireWriter().message(graphField.sparseInitializer, new WireWriter().message(1, values));
    expect(refusal(modelOf(sparse))).toMatchObject({ code: 'MODEL_UNSUPPORTED', where: 'thin' });
  });

  test('kept in another file are refused with the way out', () => {
    const error = refusal(tensorModel(float32([2]).int(tensorField.dataLocation, 1)));
    expect(error).toMatchObject({ code: 'MODEL_EXTERNAL_DATA', where: 'weights' });
    expect(error.next).toContain('save_as_external_data=False');
  });
});

describe('attributes', () => {
  const attribute = (body: WireWriter, name = 'knob'): Uint8Array => {
    const message = new WireWriter()
      .text(nodeField.opType, 'If')
      .message(nodeField.attribute, body.text(attributeField.name, name))
      .text(nodeField.name, 'branch');
    return modelOf(new WireWriter().message(graphField.node, message));
  };

  test.each([
    ['sub-graph', attributeField.graph],
    ['sub-graphs', attributeField.graphs],
    ['list of tensors', attributeField.tensors],
    ['sparse tensor', attributeField.sparseTensor],
    ['reference to a function attribute', attributeField.refAttrName],
    ['type', attributeField.typeProto],
  ])('that are a %s are refused by the node they belong to', (what, field) => {
    const error = refusal(attribute(new WireWriter().message(field, new WireWriter())));
    expect(error).toMatchObject({ code: 'MODEL_UNSUPPORTED', where: 'branch' });
    expect(error.message).toContain(what);
  });

  test('with sub-graphs inside each other are skipped, not descended into', () => {
    let graph = new WireWriter();
    for (let depth = 0; depth < 1000; depth++) {
      const inner = new WireWriter().message(attributeField.graph, graph);
      graph = new WireWriter().message(graphField.node, new WireWriter().message(nodeField.attribute, inner));
    }
    expect(refusal(attribute(new WireWriter().message(attributeField.graph, graph))).code).toBe('MODEL_UNSUPPORTED');
  });

  test.each([
    ['no value', new WireWriter(), 'MODEL_INVALID'],
    ['two values', new WireWriter().int(attributeField.int, 1).float(attributeField.float, 1), 'MODEL_INVALID'],
    [
      'a value of another type',
      new WireWriter().int(attributeField.int, 1).int(attributeField.type, 1),
      'MODEL_INVALID',
    ],
    ['no tensor', new WireWriter().int(attributeField.type, 4), 'MODEL_INVALID'],
    ['NaN', new WireWriter().float(attributeField.float, Number.NaN), 'MODEL_INVALID'],
    ['an unknown type', new WireWriter().int(attributeField.type, 99), 'MODEL_UNSUPPORTED'],
    ['an integer beyond 2^53', new WireWriter().int(attributeField.int, 2 ** 62), 'MODEL_UNSUPPORTED'],
  ])('with %s are refused', (_, body, code) => {
    expect(refusal(attribute(body))).toMatchObject({ code, where: 'branch' });
  });

  test('that repeat are refused', () => {
    const one = new WireWriter().text(attributeField.name, 'knob').int(attributeField.int, 1);
    const twice = new WireWriter().message(nodeField.attribute, one).message(nodeField.attribute, one);
    const model = modelOf(new WireWriter().message(graphField.node, twice.text(nodeField.opType, 'Relu')));
    expect(refusal(model).message).toBe("Node 'Relu_0' has the attribute 'knob' twice.");
  });
});

test('local functions are refused by name', () => {
  const model = new WireWriter().message(modelField.functions, new WireWriter().text(1, 'gelu'));
  expect(refusal(model.finish())).toMatchObject({ code: 'MODEL_UNSUPPORTED', where: 'gelu' });
});

test('names from Object.prototype are names like any other', () => {
  const names = ['__proto__', 'constructor', 'hasOwnProperty'];
  const graph: Graph = {
    name: '__proto__',
    irVersion: 8,
    opsets: new Map([['', 17]]),
    inputs: [{ name: '__proto__', type: 'float32', dims: ['__proto__', 2] }],
    outputs: [{ name: 'hasOwnProperty', type: 'float32', dims: [5, 2] }],
    nodes: [
      node('Relu', ['__proto__'], ['constructor'], [['__proto__', { kind: 'int', value: 1 }]]),
      node('Relu', ['constructor'], ['hasOwnProperty']),
    ],
    initializers: new Map(),
    values: new Map(),
  };
  const bindings = JSON.parse('{"__proto__": 5}') as Record<string, number>;
  const read = readModel(writeModel(graph), { bindings });
  expect([...read.values.keys()]).toEqual(names);
  expect(read.nodes[0]?.attributes.get('__proto__')).toEqual({ kind: 'int', value: 1 });
  expect(read.outputs[0]?.dims).toEqual([5, 2]);
  expect(Object.keys(Object.prototype)).toEqual([]);
});

test('a declared value may be of a kind provenn does not read, a port may not', () => {
  const sequence = new WireWriter().message(4, new WireWriter());
  const value = new WireWriter().text(valueInfoField.name, 'list').message(valueInfoField.type, sequence);
  const error = refusal(modelOf(new WireWriter().message(graphField.input, value)));
  expect(error).toMatchObject({ code: 'MODEL_UNSUPPORTED', where: 'list' });
  const declared = refusal(modelOf(new WireWriter().message(graphField.valueInfo, value)));
  expect(declared.message).toBe('The graph has no outputs.');
});
