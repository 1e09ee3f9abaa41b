import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Attribute, Graph, GraphNode, GraphTensor } from '../../artifact/graph.ts';
import { ProvennError } from '../../base/errors.ts';
import { readModel } from '../../onnx/index.ts';
import { GraphBuilder, generator } from '../laws.ts';
import { quantizeModel } from '../quantizer/quantize-model.ts';
import { importQuantized } from './import-quantized.ts';

const folder = new URL('../../../test/fixtures/models/', import.meta.url);
const files = readdirSync(folder).filter((file) => file.startsWith('tiny') || file === 'lenet5.qdq.channel.u8s8.onnx');
const graphs = [...files.map((file) => readModel(new Uint8Array(readFileSync(new URL(file, folder))))), islands()];

/** Elementwise operators of every kind: of one tensor, of two, with constants, joined, compared. */
function islands(): Graph {
  const b = new GraphBuilder();
  const q = (scale: number, zeroPoint: number) => ({ scale: Math.fround(scale), zeroPoint, dtype: 'u8' as const });
  const [x, z] = [b.pair('x', 'xf', q(0.02, 128)), b.pair('z', 'zf', q(0.03, 90))];
  const product = b.pair(b.node('Mul', [x, z], 'm'), 'mf', q(0.05, 120));
  const scaled = b.node('Add', [b.node('Mul', [x, b.randomFloats('s', [3, 1])], 'ms'), b.floats('t', [], [0.5])], 'as');
  const parameters = ['scale', 'bias', 'mean'].map((name) => b.randomFloats(name, [3]));
  const normal = b.node('BatchNormalization', [z, ...parameters, b.floats('variance', [3], [1, 2, 3])], 'bn');
  const joined = b.node('Concat', [product, b.node('Relu', [scaled], 'r'), b.node('Erf', [normal], 'e')], 'c', {
    axis: 1,
  });
  const above = b.node('Greater', [x, b.node('PRelu', [z, b.floats('slope', [1], [0.2])], 'p')], 'g');
  const chosen = b.node('Where', [b.node('Not', [above], 'n'), x, b.floats('other', [], [-1])], 'w');
  b.pair(joined, 'y', q(0.05, 99));
  b.pair(chosen, 'v', q(0.01, 200));
  return b.graph({ x: [2, 3, 4], z: [2, 3, 4] }, ['y', 'v'], { opset: 17 });
}

type Random = () => number;

function pick<T>(list: readonly T[], random: Random): T {
  return list[Math.floor(random() * list.length)] as T;
}

const attributes: readonly (readonly [string, Attribute])[] = [
  ['axis', { kind: 'int', value: -7 }],
  ['axis', { kind: 'int', value: 3 }],
  ['axis', { kind: 'string', value: 'one' }],
  ['pads', { kind: 'ints', value: [1, 2] }],
  ['pads', { kind: 'ints', value: [-1, 0, 0, 0] }],
  ['strides', { kind: 'ints', value: [0, 1] }],
  ['kernel_shape', { kind: 'ints', value: [9, 9] }],
  ['kernel_shape', { kind: 'ints', value: [] }],
  ['group', { kind: 'int', value: 0 }],
  ['dilations', { kind: 'ints', value: [1000, 1] }],
  ['auto_pad', { kind: 'string', value: 'SOMETIMES' }],
  ['transB', { kind: 'int', value: 1 }],
  ['alpha', { kind: 'float', value: -1 }],
  ['perm', { kind: 'ints', value: [0, 0] }],
];

const operators = [
  'Reshape',
  'Squeeze',
  'Unsqueeze',
  'Transpose',
  'Flatten',
  'MaxPool',
  'Add',
  'MatMul',
  'Gemm',
  'Conv',
  'Relu',
  'Clip',
  'QLinearConv',
  'QLinearMatMul',
  'QuantizeLinear',
  'DequantizeLinear',
  'Dropout',
  'Identity',
  'Sub',
  'Mul',
  'Div',
  'Max',
  'Pow',
  'PRelu',
  'Where',
  'Not',
  'And',
  'Greater',
  'Concat',
  'BatchNormalization',
  'Sigmoid',
  'Erf',
  'Sin',
];

/** One random change to one node; names stay those of the graph, so that it is not caught as an undefined value. */
function changedNode(graph: Graph, node: GraphNode, random: Random): GraphNode {
  const names = [...graph.initializers.keys(), ...graph.inputs.map((input) => input.name), ''];
  const inputs = [...node.inputs];
  switch (Math.floor(random() * 5)) {
    case 0:
      inputs.pop();
      return { ...node, inputs };
    case 1:
      inputs[Math.floor(random() * inputs.length)] = pick(names, random);
      return { ...node, inputs };
    case 2:
      return { ...node, attributes: new Map([...node.attributes, pick(attributes, random)]) };
    case 3:
      return { ...node, op: pick(operators, random) };
    default:
      return { ...node, inputs: inputs.reverse() };
  }
}

/** A constant with other dimensions, other values or another type. */
function changedTensor(tensor: GraphTensor, random: Random): GraphTensor {
  const choices: readonly GraphTensor[] = [
    { type: 'float32', dims: [0], data: new Float32Array() },
    { type: 'float32', dims: [], data: Float32Array.of(0) },
    { type: 'float32', dims: [2], data: Float32Array.of(1e-45, 3e38) },
    { type: 'int8', dims: [], data: Int8Array.of(-128) },
    { type: 'int64', dims: [3], data: BigInt64Array.of(-1n, 0n, -1n) },
    { type: 'int32', dims: [1], data: Int32Array.of(2 ** 31 - 1) },
    { ...tensor, dims: [1, ...tensor.dims] },
    { ...tensor, dims: [...tensor.dims].reverse() },
  ];
  return pick(choices, random);
}

function mutated(graph: Graph, random: Random): Graph {
  const nodes = [...graph.nodes];
  const initializers = new Map(graph.initializers);
  for (let edits = 1 + Math.floor(random() * 3); edits > 0; edits--) {
    if (random() < 0.6) {
      const at = Math.floor(random() * nodes.length);
      nodes[at] = changedNode(graph, nodes[at] as GraphNode, random);
    } else {
      const name = pick([...initializers.keys()], random);
      initializers.set(name, changedTensor(initializers.get(name) as GraphTensor, random));
    }
  }
  return { ...graph, nodes, initializers };
}

function outcome(work: () => unknown): 'done' | ProvennError['code'] {
  try {
    work();
    return 'done';
  } catch (error) {
    if (error instanceof ProvennError && error.code !== 'INTERNAL') return error.code;
    throw error;
  }
}

describe('damaged graphs', () => {
  it('are imported or refused with a code, never with a broken invariant', () => {
    const random = generator(11);
    const seen = new Map<string, number>();
    for (let i = 0; i < 2500; i++) {
      const graph = mutated(pick(graphs, random), random);
      const code = outcome(() => importQuantized(graph));
      seen.set(code, (seen.get(code) ?? 0) + 1);
    }
    expect([...seen.keys()].sort()).toEqual(expect.arrayContaining(['MODEL_INVALID', 'MODEL_UNSUPPORTED', 'done']));
  });

  it('are quantized or refused with a code', () => {
    const random = generator(12);
    const floats = graphs.filter(
      (graph) => !graph.nodes.some((node) => node.op.endsWith('Linear') || node.op.startsWith('QG')),
    );
    expect(floats).toHaveLength(4);
    for (let i = 0; i < 3000; i++) {
      const graph = mutated(pick(floats, random), random);
      const names = [...graph.inputs.map((input) => input.name), ...graph.nodes.flatMap((node) => node.outputs)];
      const ranges = new Map(names.map((name) => [name, { min: -random(), max: random() }]));
      outcome(() => quantizeModel(graph, ranges));
    }
  });
});
