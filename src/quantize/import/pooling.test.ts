import { describe, expect, it } from 'vitest';
import type { Graph } from '../../artifact/graph.ts';
import { writeModel } from '../../onnx/index.ts';
import type { ByteQuantization } from '../formula.ts';
import { compareWithOnnxruntime, GraphBuilder, hasOnnxruntime } from '../laws.ts';
import { importQuantized } from './import-quantized.ts';

const u8 = (scale: number, zeroPoint: number) => ({ scale: Math.fround(scale), zeroPoint, dtype: 'u8' as const });
const s8 = (scale: number, zeroPoint: number) => ({ scale: Math.fround(scale), zeroPoint, dtype: 's8' as const });

type Attributes = Parameters<GraphBuilder['node']>[3];

const window = { kernel_shape: [3, 2], strides: [2, 1] };

/** input → pair → operator → pair → output. */
function between(
  op: string,
  attributes: Attributes,
  from: ByteQuantization = u8(0.02, 120),
  to: ByteQuantization = u8(0.013, 100),
  dims: readonly number[] = [1, 3, 7, 6],
): Graph {
  const b = new GraphBuilder();
  b.pair(b.node(op, [b.pair('x', 'xf', from)], 'pool', attributes), 'y', to);
  return b.graph({ x: dims }, ['y']);
}

/** A pool in QOperator form on an image with channels last. */
function channelsLast(op: string, attributes: Attributes): Graph {
  const b = new GraphBuilder();
  const from = u8(0.02, 120);
  const to = u8(0.015, 100);
  const x = b.quantize('x', 'xq', from);
  const operands = [x, ...b.parameters('from', from), ...b.parameters('to', to)];
  const pooled = b.node(op, operands, 'p', { ...attributes, channels_last: 1 }, 'com.microsoft');
  b.dequantize(pooled, 'y', to);
  return b.graph({ x: [2, 6, 5, 3] }, ['y']);
}

/** Conv → Relu → global average → Flatten → Gemm, the tail of a classifier. */
function classifier(): Graph {
  const b = new GraphBuilder();
  const conv = b.node('Conv', [b.pair('x', 'xf', u8(0.02, 128)), b.weights('w', [4, 3, 3, 3], 0.01)], 'conv');
  const features = b.pair(b.node('Relu', [conv], 'relu'), 'r', u8(0.03, 0));
  const mean = b.pair(b.node('GlobalAveragePool', [features], 'gap'), 'm', u8(0.01, 0));
  const flat = b.pair(b.node('Flatten', [mean], 'flat'), 'f', u8(0.01, 0));
  b.pair(b.node('Gemm', [flat, b.weights('fc', [4, 5], 0.01)], 'gemm'), 'y', u8(0.02, 100));
  return b.graph({ x: [1, 3, 7, 6] }, ['y']);
}

const accepted: readonly (readonly [name: string, graph: () => Graph, operators: string])[] = [
  ['AveragePool', () => between('AveragePool', window), 'QLinearAveragePool'],
  ['AveragePool, s8', () => between('AveragePool', window, s8(0.02, 3), s8(0.013, -9)), 'QLinearAveragePool'],
  ['AveragePool with pads', () => between('AveragePool', { ...window, pads: [1, 0, 2, 1] }), 'QLinearAveragePool'],
  [
    'AveragePool that counts its pads',
    () => between('AveragePool', { ...window, pads: [1, 0, 2, 1], count_include_pad: 1 }),
    'QLinearAveragePool',
  ],
  ['AveragePool in ceil mode', () => between('AveragePool', { ...window, ceil_mode: 1 }), 'QLinearAveragePool'],
  [
    'AveragePool, SAME_UPPER',
    () => between('AveragePool', { ...window, auto_pad: 'SAME_UPPER' }),
    'QLinearAveragePool',
  ],
  [
    'AveragePool, SAME_LOWER',
    () => between('AveragePool', { ...window, auto_pad: 'SAME_LOWER' }),
    'QLinearAveragePool',
  ],
  [
    'AveragePool in one dimension',
    () => between('AveragePool', { kernel_shape: [3] }, u8(0.02, 0), u8(0.018, 0), [2, 3, 9]),
    'QLinearAveragePool',
  ],
  [
    'AveragePool of the whole image',
    () => between('AveragePool', { kernel_shape: [7, 6] }),
    'QLinearGlobalAveragePool',
  ],
  [
    'AveragePool without change of scale',
    () => between('AveragePool', window, u8(0.02, 9), u8(0.02, 9)),
    'QLinearAveragePool',
  ],
  ['GlobalAveragePool', () => between('GlobalAveragePool', {}), 'QLinearGlobalAveragePool'],
  [
    'GlobalAveragePool, s8',
    () => between('GlobalAveragePool', {}, s8(0.02, 3), s8(0.005, -9)),
    'QLinearGlobalAveragePool',
  ],
  ['GlobalMaxPool', () => between('GlobalMaxPool', {}), 'MaxPool UnaryTable'],
  ['GlobalMaxPool without change of scale', () => between('GlobalMaxPool', {}, u8(0.02, 9), u8(0.02, 9)), 'MaxPool'],
  [
    'QLinearAveragePool, channels last',
    () => channelsLast('QLinearAveragePool', { ...window, pads: [1, 0, 1, 1] }),
    'Transpose QLinearAveragePool Transpose',
  ],
  [
    'QLinearGlobalAveragePool, channels last',
    () => channelsLast('QLinearGlobalAveragePool', {}),
    'Transpose QLinearGlobalAveragePool Transpose',
  ],
  ['the tail of a classifier', classifier, 'QLinearConv QLinearGlobalAveragePool Reshape QGemm'],
];

describe('pools onnxruntime computes on integers', () => {
  it.skipIf(!hasOnnxruntime).each(accepted)('%s', async (_, graph, operators) => {
    const { mismatch, elements, quant } = await compareWithOnnxruntime(writeModel(graph()), 12);
    expect(mismatch).toBeNull();
    expect(quant.nodes.map((node) => node.op).join(' ')).toBe(operators);
    expect(elements).toBeGreaterThan(200);
  });
});

describe('pools that are refused', () => {
  it('names an average from one type to another', () => {
    const graph = between('AveragePool', window, s8(0.02, 3), u8(0.013, 9));
    expect(() => importQuantized(graph)).toThrow(/AveragePool:pool.*floating point from s8 to u8/);
  });
});
