import { describe, expect, it } from 'vitest';
import { Compared } from '../../../test/support/compared.ts';
import type { Graph } from '../../artifact/graph.ts';
import { writeModel } from '../../onnx/index.ts';
import type { ByteQuantization } from '../formula.ts';
import { compareWithOnnxruntime, GraphBuilder, hasOnnxruntime } from '../laws.ts';
import { importQuantized } from './import-quantized.ts';

const u8 = (scale: number, zeroPoint: number) => ({ scale: Math.fround(scale), zeroPoint, dtype: 'u8' as const });
const s8 = (scale: number, zeroPoint: number) => ({ scale: Math.fround(scale), zeroPoint, dtype: 's8' as const });
const dims = { x: [2, 3, 4], z: [2, 2, 4] };

type Pair = { readonly x: ByteQuantization; readonly z: ByteQuantization; readonly y: ByteQuantization };
const unequal: Pair = { x: u8(0.021, 128), z: u8(0.5, 7), y: u8(0.017, 100) };

function qdq(
  { x, z, y }: Pair,
  parts: (b: GraphBuilder, x: string, z: string) => readonly string[],
  after: (b: GraphBuilder, joined: string) => string = (_, joined) => joined,
): Graph {
  const b = new GraphBuilder();
  const inputs = parts(b, b.pair('x', 'xf', x), b.pair('z', 'zf', z));
  b.pair(after(b, b.node('Concat', inputs, 'joined', { axis: 1 })), 'y', y);
  b.pair('xf', 'x2', x);
  b.pair('zf', 'z2', z);
  return b.graph(dims, ['y', 'x2', 'z2']);
}

function qoperator({ x, z, y }: Pair, axis: number): Graph {
  const b = new GraphBuilder();
  const part = (name: string, from: ByteQuantization) => [
    b.quantize(name, `${name}.q`, from),
    ...b.parameters(name, from),
  ];
  b.node(
    'QLinearConcat',
    [...b.parameters('y', y), ...part('x', x), ...part('z', z)],
    'y.q',
    { axis },
    'com.microsoft',
  );
  b.dequantize('y.q', 'y', y);
  return b.graph(dims, ['y']);
}

const record = new Compared();
const both = (_: GraphBuilder, x: string, z: string) => [x, z];

type Case = readonly [name: string, operators: string, graph: () => Graph];
const cases: readonly Case[] = [
  ['QLinearConcat', 'UnaryTable UnaryTable Concat', () => qoperator(unequal, 1)],
  ['QLinearConcat, axis from the end', 'UnaryTable UnaryTable Concat', () => qoperator(unequal, -2)],
  [
    'QLinearConcat, one part at the scale of the output',
    'UnaryTable Concat',
    () => qoperator({ ...unequal, y: unequal.x }, 1),
  ],
  [
    'QLinearConcat, s8',
    'UnaryTable UnaryTable Concat',
    () => qoperator({ x: s8(0.02, 3), z: s8(0.3, -100), y: s8(0.1, 9) }, 1),
  ],
  ['Concat', 'UnaryTable UnaryTable Concat', () => qdq(unequal, both)],
  ['Concat of one scale', 'Concat', () => qdq({ x: unequal.x, z: unequal.x, y: unequal.x }, both)],
  [
    'Concat of one scale, another output',
    'Concat UnaryTable',
    () => qdq({ x: unequal.x, z: unequal.x, y: unequal.y }, both),
  ],
  ['Concat, s8', 'UnaryTable Concat', () => qdq({ x: s8(0.02, 3), z: s8(0.3, -100), y: s8(0.02, 3) }, both)],
  ['Concat of u8 and s8', 'UnaryTable UnaryTable Concat', () => qdq({ ...unequal, z: s8(0.3, -100) }, both)],
  [
    'Concat with a function of one part',
    'UnaryTable UnaryTable Concat',
    () => qdq(unequal, (b, x, z) => [b.node('Sigmoid', [x], 's'), z]),
  ],
  [
    'Concat with a sum',
    'PairTable UnaryTable Concat',
    () => qdq(unequal, (b, x, z) => [b.node('Add', [x, x1(b)], 'a'), z]),
  ],
  ['Concat with constants', 'UnaryTable Concat', () => qdq(unequal, (b, x) => [b.randomFloats('c', [2, 1, 4]), x])],
  [
    'Concat, Relu that the range implies',
    'UnaryTable UnaryTable Concat',
    () => qdq({ ...unequal, y: u8(0.02, 0) }, both, (b, joined) => b.node('Relu', [joined], 'r')),
  ],
  [
    'Concat, Transpose',
    'UnaryTable UnaryTable Concat Transpose',
    () => qdq(unequal, both, (b, joined) => b.node('Transpose', [joined], 't', { perm: [2, 0, 1] })),
  ],
];

function x1(b: GraphBuilder): string {
  return b.randomFloats('x1', [3, 1]);
}

describe('joined tensors equal onnxruntime', () => {
  it.skipIf(!hasOnnxruntime).each(cases)('%s', async (_, operators, graph) => {
    const { mismatch, elements, quant } = await compareWithOnnxruntime(writeModel(graph()), 12);
    expect(mismatch).toBeNull();
    const found = quant.nodes.map(({ op }) => op).filter((op) => op !== 'Identity');
    expect(found.join(' ')).toBe(operators);
    expect(elements).toBeGreaterThan(200);
    record.network(quant, 12);
  });

  it.skipIf(!hasOnnxruntime)('on as much as the record says, or more', () => record.check('concat'));

  it('refuses what it cannot join, naming the node', () => {
    expect(() => importQuantized(qoperator(unequal, 3))).toThrow(/QLinearConcat:y.q/);
    expect(() => importQuantized(qoperator({ ...unequal, z: s8(0.3, 1) }, 1))).toThrow(/joins s8 to u8/);
    expect(() => importQuantized(qoperator(unequal, 2))).toThrow(/QLinearConcat:y.q/);
  });
});
