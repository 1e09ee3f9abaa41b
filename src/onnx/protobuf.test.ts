/** Reader and writer against protobufjs, an independent implementation of protobuf, on a subset of onnx.proto. */
import protobuf from 'protobufjs';
import { describe, expect, test } from 'vitest';
import type { Attribute, ElementType, Graph, GraphTensor, ValueInfo } from '../artifact/graph.ts';
import { readModel, writeModel } from './index.ts';
import { defaultLimits } from './limits.ts';
import { parseModel } from './model.ts';
import { attributeTypes, dataTypes } from './schema.ts';

const schema = `
syntax = "proto2";
message OperatorSetIdProto { optional string domain = 1; optional int64 version = 2; }
message StringStringEntryProto { optional string key = 1; optional string value = 2; }
message ModelProto {
  optional int64 ir_version = 1; repeated OperatorSetIdProto opset_import = 8; optional string producer_name = 2;
  optional string producer_version = 3; optional string doc_string = 6; optional int64 model_version = 5;
  optional GraphProto graph = 7; repeated StringStringEntryProto metadata_props = 14; repeated FunctionProto functions = 25;
}
message FunctionProto { optional string name = 1; }
message GraphProto {
  repeated NodeProto node = 1; optional string name = 2; repeated TensorProto initializer = 5; optional string doc_string = 10;
  repeated ValueInfoProto input = 11; repeated ValueInfoProto output = 12; repeated ValueInfoProto value_info = 13;
  repeated SparseTensorProto sparse_initializer = 15;
}
message NodeProto {
  repeated string input = 1; repeated string output = 2; optional string name = 3; optional string op_type = 4;
  repeated AttributeProto attribute = 5; optional string doc_string = 6; optional string domain = 7;
}
message AttributeProto {
  optional string name = 1; optional string ref_attr_name = 21; optional string doc_string = 13; optional int32 type = 20;
  optional float f = 2; optional int64 i = 3; optional bytes s = 4; optional TensorProto t = 5; optional GraphProto g = 6;
  repeated float floats = 7; repeated int64 ints = 8; repeated bytes strings = 9;
}
message SparseTensorProto { optional TensorProto values = 1; }
message TensorProto {
  repeated int64 dims = 1; optional int32 data_type = 2; repeated float float_data = 4 [packed = true];
  repeated int32 int32_data = 5 [packed = true]; repeated bytes string_data = 6; repeated int64 int64_data = 7 [packed = true];
  optional string name = 8; optional bytes raw_data = 9; repeated double double_data = 10 [packed = true];
  optional string doc_string = 12; repeated StringStringEntryProto external_data = 13; optional int32 data_location = 14;
}
message ValueInfoProto { optional string name = 1; optional TypeProto type = 2; optional string doc_string = 3; }
message TensorShapeProto {
  message Dimension { oneof value { int64 dim_value = 1; string dim_param = 2; } optional string denotation = 3; }
  repeated Dimension dim = 1;
}
message TypeProto {
  message Tensor { optional int32 elem_type = 1; optional TensorShapeProto shape = 2; }
  optional Tensor tensor_type = 1; optional string denotation = 6;
}
`;

const modelProto = protobuf.parse(schema, { keepCase: true }).root.lookupType('ModelProto');

type Plain = Record<string, unknown>;

function encode(model: Plain): Uint8Array {
  return modelProto.encode(modelProto.fromObject(model)).finish();
}

function decode(bytes: Uint8Array): Plain {
  return modelProto.toObject(modelProto.decode(bytes), { longs: String, bytes: Array, arrays: true });
}

/** xorshift32: the tests must not depend on the day. */
function random(seed: number): (below: number) => number {
  let state = seed * 2654435761 + 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

type Random = ReturnType<typeof random>;

const names = ['x', '__proto__', 'constructor', 'naïve/β', '🙂', 'a b', 'toString', 'conv1.weight'];
const elementTypes = Object.keys(dataTypes) as ElementType[];

function array<T>(next: Random, most: number, make: (i: number) => T): T[] {
  return Array.from({ length: next(most + 1) }, (_, i) => make(i));
}

function randomFloat(next: Random): number {
  return Math.fround((next(2 ** 20) - 2 ** 19) / 2 ** next(20));
}

function randomInt(next: Random): number {
  return [next(5), -1 - next(200), 2 ** 31 + next(9), -(2 ** 40) - next(9), Number.MAX_SAFE_INTEGER][next(5)] as number;
}

function randomTensor(next: Random): GraphTensor {
  const type = elementTypes[next(elementTypes.length)] as ElementType;
  const dims = array(next, 3, () => next(4));
  const count = dims.reduce((product, size) => product * size, 1);
  const fill = <T>(make: () => T): T[] => Array.from({ length: count }, make);
  if (type === 'int64') return { type, dims, data: BigInt64Array.from(fill(() => BigInt(randomInt(next)) * 1000n)) };
  if (type === 'int32') return { type, dims, data: Int32Array.from(fill(() => next(2 ** 31) - 2 ** 30)) };
  if (type === 'float64') return { type, dims, data: Float64Array.from(fill(() => randomFloat(next) / 3)) };
  if (type === 'float32') return { type, dims, data: Float32Array.from(fill(() => randomFloat(next))) };
  if (type === 'int8') return { type, dims, data: Int8Array.from(fill(() => next(256) - 128)) };
  return { type, dims, data: Uint8Array.from(fill(() => next(type === 'bool' ? 2 : 256))) };
}

function randomAttribute(next: Random): Attribute {
  const make: Record<Attribute['kind'], () => Attribute> = {
    float: () => ({ kind: 'float', value: randomFloat(next) }),
    int: () => ({ kind: 'int', value: randomInt(next) }),
    string: () => ({ kind: 'string', value: names[next(names.length)] as string }),
    floats: () => ({ kind: 'floats', value: array(next, 4, () => randomFloat(next)) }),
    ints: () => ({ kind: 'ints', value: array(next, 4, () => randomInt(next)) }),
    strings: () => ({ kind: 'strings', value: array(next, 3, (i) => names[i] as string) }),
    tensor: () => ({ kind: 'tensor', value: randomTensor(next) }),
  };
  const kinds = Object.values(make);
  return (kinds[next(kinds.length)] as () => Attribute)();
}

/** A valid graph of operators without shape rules, so that the declared values decide. */
function randomGraph(seed: number): Graph {
  const next = random(seed);
  const input: ValueInfo = { name: 'input', type: 'float32', dims: [1, 2 + next(3)] };
  const initializers = new Map(names.slice(next(names.length)).map((name) => [name, randomTensor(next)]));
  const values = new Map<string, ValueInfo>([['input', input]]);
  for (const [name, { type, dims }] of initializers) values.set(name, { name, type, dims });
  const available = ['input', ...initializers.keys(), ''];
  const nodes = Array.from({ length: 1 + next(5) }, (_, i) => {
    const name = `value${i}`;
    const inputs = array(next, 4, () => available[next(available.length)] as string);
    available.push(name);
    values.set(name, { name, type: elementTypes[next(elementTypes.length)], dims: array(next, 3, () => next(5)) });
    const attributes = new Map(names.slice(next(names.length)).map((key) => [key, randomAttribute(next)]));
    return {
      name: `node ${i}`,
      op: 'Unheard',
      domain: next(2) ? '' : 'com.microsoft',
      inputs,
      outputs: [name],
      attributes,
    };
  });
  const output = values.get(`value${nodes.length - 1}`) as ValueInfo;
  const opsets = new Map([
    ['', 7 + next(18)],
    ['com.microsoft', 1],
  ]);
  return { name: 'g', irVersion: 8, opsets, inputs: [input], outputs: [output], nodes, initializers, values };
}

/** The tensor as protobufjs writes it: raw or in the field of its type. */
function tensorProto(tensor: GraphTensor, name: string | undefined, raw: boolean): Plain {
  const { buffer, byteOffset, byteLength } = tensor.data;
  const head = { dims: tensor.dims, data_type: dataTypes[tensor.type], ...(name === undefined ? {} : { name }) };
  if (raw) return { ...head, raw_data: new Uint8Array(buffer, byteOffset, byteLength) };
  const numbers = Array.from(tensor.data as ArrayLike<number | bigint>, (value) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
  const field = { float32: 'float_data', float64: 'double_data', int64: 'int64_data' }[tensor.type as string];
  return { ...head, [field ?? 'int32_data']: numbers };
}

function valueProto(value: ValueInfo): Plain {
  const dim = (value.dims ?? []).map((size) => (typeof size === 'number' ? { dim_value: size } : { dim_param: size }));
  return { name: value.name, type: { tensor_type: { elem_type: dataTypes[value.type ?? 'bool'], shape: { dim } } } };
}

function attributeProto(name: string, attribute: Attribute, raw: boolean): Plain {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  const long = (value: number): string => value.toString();
  const head = { name, type: attributeTypes[attribute.kind] };
  if (attribute.kind === 'float') return { ...head, f: attribute.value };
  if (attribute.kind === 'int') return { ...head, i: long(attribute.value) };
  if (attribute.kind === 'string') return { ...head, s: bytes(attribute.value) };
  if (attribute.kind === 'floats') return { ...head, floats: attribute.value };
  if (attribute.kind === 'ints') return { ...head, ints: attribute.value.map(long) };
  if (attribute.kind === 'strings') return { ...head, strings: attribute.value.map(bytes) };
  return { ...head, t: tensorProto(attribute.value, undefined, raw) };
}

function graphProto(graph: Graph, raw: boolean): Plain {
  return {
    name: graph.name,
    doc_string: 'skipped',
    node: graph.nodes.map((node) => ({
      input: node.inputs,
      output: node.outputs,
      name: node.name,
      op_type: node.op,
      domain: node.domain,
      doc_string: 'skipped',
      attribute: [...node.attributes].map(([name, attribute]) => attributeProto(name, attribute, raw)),
    })),
    initializer: [...graph.initializers].map(([name, tensor]) => tensorProto(tensor, name, raw)),
    input: graph.inputs.map(valueProto),
    output: graph.outputs.map(valueProto),
    value_info: graph.nodes
      .flatMap((node) => node.outputs)
      .map((name) => valueProto(graph.values.get(name) as ValueInfo)),
  };
}

function modelOf(graph: Graph, raw: boolean): Plain {
  return {
    ir_version: graph.irVersion,
    producer_name: 'another',
    opset_import: [...graph.opsets].map(([domain, version]) => ({ domain, version })),
    graph: graphProto(graph, raw),
    metadata_props: [{ key: 'k', value: 'v' }],
  };
}

const seeds = Array.from({ length: 150 }, (_, i) => i + 1);

describe('the reader', () => {
  test.each(['raw_data', 'typed fields'])('reads what protobufjs writes, numbers in %s', (where) => {
    for (const seed of seeds) {
      const graph = randomGraph(seed);
      expect(readModel(encode(modelOf(graph, where === 'raw_data')))).toEqual(graph);
    }
  });

  test('merges a graph that comes in two parts', () => {
    const graph = randomGraph(3);
    const { node, ...rest } = graphProto(graph, true);
    const both = [encode({ graph: { node } }), encode({ ...modelOf(graph, true), graph: rest })];
    expect(readModel(Uint8Array.from(both.flatMap((bytes) => [...bytes])))).toEqual(graph);
  });

  test('reads symbolic and nameless dimensions', () => {
    const dim = [{ dim_param: 'N' }, { denotation: 'CHANNEL' }, { dim_value: 3 }];
    const input = [{ name: 'x', type: { tensor_type: { elem_type: 1, shape: { dim } } } }];
    const { inputs } = parseModel(encode({ graph: { input } }), defaultLimits);
    expect(inputs).toMatchObject([{ name: 'x', type: 'float32', dims: ['N', '', 3] }]);
  });
});

describe('the writer', () => {
  test('writes what protobufjs reads', () => {
    for (const seed of seeds) {
      const graph = randomGraph(seed);
      const expected = decode(encode({ ...modelOf(graph, true), producer_name: 'provenn' }));
      const { doc_string: _, ...graphPart } = expected['graph'] as Plain;
      const node = (graphPart['node'] as Plain[]).map(({ doc_string: _, domain, ...rest }) =>
        domain === '' ? rest : { ...rest, domain },
      );
      const output = new Set(graph.outputs.map((value) => value.name));
      const value_info = (graphPart['value_info'] as Plain[]).filter((value) => !output.has(value['name'] as string));
      expect(decode(writeModel(graph))).toEqual({
        ...expected,
        metadata_props: [],
        graph: { ...graphPart, node, value_info },
      });
    }
  });

  test('round trips through the reader, twice the same bytes', () => {
    for (const seed of seeds) {
      const graph = randomGraph(seed);
      const bytes = writeModel(graph);
      expect(readModel(bytes)).toEqual(graph);
      expect(writeModel(readModel(bytes))).toEqual(bytes);
    }
  });

  test('adds outputs with their types', () => {
    const graph = randomGraph(8);
    expect(graph.nodes.length).toBeGreaterThan(1);
    const names = graph.nodes.flatMap((node) => node.outputs);
    const { outputs } = readModel(writeModel(graph, { extraOutputs: names }));
    expect(new Set(outputs)).toEqual(new Set(names.map((name) => graph.values.get(name))));
    expect(() => writeModel(graph, { extraOutputs: ['nowhere'] })).toThrow(/'nowhere'/);
  });

  test('lists initializers as inputs for files older than IR version 4', () => {
    const graph: Graph = { ...randomGraph(5), irVersion: 3 };
    const { input } = decode(writeModel(graph))['graph'] as { input: Plain[] };
    expect(input.map((value) => value['name'])).toEqual(['input', ...graph.initializers.keys()]);
    expect(readModel(writeModel(graph))).toEqual(graph);
  });
});
