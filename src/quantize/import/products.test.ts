import { describe, expect, it } from 'vitest';
import type { Graph } from '../../artifact/graph.ts';
import { writeModel } from '../../onnx/index.ts';
import type { ByteQuantization } from '../formula.ts';
import { compareWithOnnxruntime, GraphBuilder, hasOnnxruntime } from '../laws.ts';
import { importQuantized } from './import-quantized.ts';

const f32 = Math.fround;
const u8 = (scale: number, zeroPoint: number) => ({ scale: f32(scale), zeroPoint, dtype: 'u8' as const });
const s8 = (scale: number, zeroPoint: number) => ({ scale: f32(scale), zeroPoint, dtype: 's8' as const });
const input = u8(0.02, 128);
const columnScales = [0.01, 0.02, 0.03, 0.005].map(f32);

type Dims = readonly number[];

/** input → pair → operator → pair → output. */
function after(
  dims: Dims,
  build: (b: GraphBuilder, from: string) => string,
  from: ByteQuantization = input,
  to: ByteQuantization = u8(0.05, 100),
): Graph {
  const b = new GraphBuilder();
  b.pair(build(b, b.pair('x', 'xf', from)), 'y', to);
  return b.graph({ x: dims }, ['y']);
}

/** A product of two inputs. */
function ofTwo(
  left: Dims,
  right: Dims,
  from: ByteQuantization = input,
  with_: ByteQuantization = u8(0.03, 7),
  to: ByteQuantization = u8(0.1, 100),
): Graph {
  const b = new GraphBuilder();
  b.pair(b.node('MatMul', [b.pair('x', 'xf', from), b.pair('w', 'wf', with_)], 'm'), 'y', to);
  return b.graph({ x: left, w: right }, ['y']);
}

/** Q·Kᵀ, then the product with V: attention without its softmax. */
function attention(): Graph {
  const b = new GraphBuilder();
  const x = b.pair('x', 'xf', input);
  const project = (name: string): string => {
    const product = b.pair(
      b.node('MatMul', [x, b.weights(`${name}.w`, [8, 8], 0.01)], name),
      `${name}.p`,
      u8(0.03, 120),
    );
    const heads = b.node('Reshape', [product, b.integers(`${name}.shape`, [1, 5, 2, 4])], `${name}.heads`);
    return b.node('Transpose', [heads], `${name}.t`, { perm: name === 'k' ? [0, 2, 3, 1] : [0, 2, 1, 3] });
  };
  const scores = b.pair(b.node('MatMul', [project('q'), project('k')], 'qk'), 'qkp', u8(0.05, 128));
  const mixed = b.pair(b.node('MatMul', [scores, project('v')], 'av'), 'avp', u8(0.2, 128));
  const joined = b.node('Transpose', [mixed], 'joined', { perm: [0, 2, 1, 3] });
  const flat = b.node('Reshape', [joined, b.integers('flat.shape', [1, 5, 8])], 'flat');
  b.pair(b.node('MatMul', [flat, b.weights('o.w', [8, 6], 0.01)], 'o'), 'y', u8(0.3, 128));
  return b.graph({ x: [1, 5, 8] }, ['y']);
}

/** QGemm as it stands in a file; both operands computed. */
function qgemm(left: Dims, right: Dims, attributes: Parameters<GraphBuilder['node']>[3]): Graph {
  const b = new GraphBuilder();
  const [from, other, to] = [input, s8(0.03, 0), u8(0.1, 100)];
  const operands = [
    b.quantize('x', 'xq', from),
    ...b.parameters('x.from', from),
    b.quantize('w', 'wq', other),
    ...b.parameters('w.from', other),
    '',
    ...b.parameters('y.to', to),
  ];
  b.dequantize(b.node('QGemm', operands, 'g', attributes, 'com.microsoft'), 'y', to);
  return b.graph({ x: left, w: right }, ['y']);
}

const weight = (b: GraphBuilder, dims: Dims) => b.weights('w', dims, 0.01);

const accepted: readonly (readonly [name: string, graph: () => Graph, operators: string])[] = [
  ['matrices', () => ofTwo([3, 8], [8, 4]), 'QLinearMatMul'],
  ['matrices, s8', () => ofTwo([3, 8], [8, 4], s8(0.02, 3), s8(0.03, -5), s8(0.1, 9)), 'QLinearMatMul'],
  ['matrices, u8 by s8', () => ofTwo([3, 8], [8, 4], input, s8(0.03, -5)), 'QLinearMatMul'],
  ['batches', () => ofTwo([2, 3, 8], [2, 8, 4]), 'QLinearMatMul'],
  ['broadcast batches', () => ofTwo([2, 1, 3, 8], [3, 8, 4]), 'QLinearMatMul'],
  ['a row by a matrix', () => ofTwo([8], [8, 4]), 'QLinearMatMul'],
  ['batches by a column', () => ofTwo([2, 3, 8], [8]), 'QLinearMatMul'],
  [
    'batches by constant batches',
    () => after([2, 3, 8], (b, x) => b.node('MatMul', [x, weight(b, [2, 8, 4])], 'm')),
    'QLinearMatMul',
  ],
  [
    'constants on the left',
    () => after([8, 4], (b, x) => b.node('MatMul', [weight(b, [3, 8]), x], 'm'), s8(0.02, 3), s8(0.05, 0)),
    'QLinearMatMul',
  ],
  ['attention', attention, ''],
  [
    'Gemm, transA',
    () => after([8, 3], (b, x) => b.node('Gemm', [x, weight(b, [8, 4])], 'g', { transA: 1 })),
    'Transpose QGemm',
  ],
  [
    'Gemm, transA and transB',
    () =>
      after([8, 3], (b, x) =>
        b.node('Gemm', [x, b.weights('w', [4, 8], columnScales, 0)], 'g', { transA: 1, transB: 1 }),
      ),
    'Transpose QGemm',
  ],
  [
    'Gemm with alpha',
    () => after([3, 8], (b, x) => b.node('Gemm', [x, weight(b, [8, 4])], 'g', { alpha: { float: 0.37 } })),
    'QGemm',
  ],
  ['QGemm of activations', () => qgemm([3, 8], [8, 4], {}), 'QGemm'],
  [
    'QGemm of activations, transposed',
    () => qgemm([8, 3], [4, 8], { transA: 1, transB: 1, alpha: { float: 0.5 } }),
    'Transpose Transpose QGemm',
  ],
];

describe('products onnxruntime computes on integers', () => {
  it.skipIf(!hasOnnxruntime).each(accepted)('%s', async (_, graph, operators) => {
    const { mismatch, elements, quant } = await compareWithOnnxruntime(writeModel(graph()), 12);
    expect(mismatch).toBeNull();
    if (operators !== '') expect(quant.nodes.map((node) => node.op).join(' ')).toBe(operators);
    expect(elements).toBeGreaterThan(100);
  });
});

/** A product whose floats leave the model. */
function floatHead(build: (b: GraphBuilder, from: string) => string): Graph {
  const b = new GraphBuilder();
  return b.graph({ x: [3, 8] }, [build(b, b.pair('x', 'xf', input))]);
}

const head: readonly (readonly [name: string, graph: () => Graph])[] = [
  ['Gemm', () => floatHead((b, x) => b.node('Gemm', [x, weight(b, [8, 4])], 'y'))],
  [
    'Gemm with a bias, transposed',
    () => floatHead((b, x) => b.node('Gemm', [x, weight(b, [4, 8]), b.bias('c', columnScales)], 'y', { transB: 1 })),
  ],
  [
    'Gemm with alpha',
    () => floatHead((b, x) => b.node('Gemm', [x, weight(b, [8, 4])], 'y', { alpha: { float: 0.37 } })),
  ],
  ['MatMul', () => floatHead((b, x) => b.node('MatMul', [x, weight(b, [8, 4])], 'y'))],
  ['QGemm without an output scale', () => qgemmHead({})],
  ['QGemm with alpha', () => qgemmHead({ alpha: { float: 0.37 } })],
];

function qgemmHead(attributes: Parameters<GraphBuilder['node']>[3]): Graph {
  const b = new GraphBuilder();
  const data = Int8Array.from({ length: 32 }, (_, i) => ((i * 37) % 200) - 100);
  const operands = [
    b.quantize('x', 'xq', input),
    ...b.parameters('x.from', input),
    b.constant('w', { type: 'int8', dims: [8, 4], data }),
    ...b.parameters('w.from', s8(0.013, 0)),
    b.constant('c', { type: 'int32', dims: [4], data: Int32Array.of(5, -70000, 800, 33554433) }),
  ];
  b.node('QGemm', operands, 'y', attributes, 'com.microsoft');
  return b.graph({ x: [3, 8] }, ['y']);
}

describe('products whose floats leave the model are int32 claims', () => {
  it.skipIf(!hasOnnxruntime).each(head)('%s', async (_, graph) => {
    const { mismatch, quant } = await compareWithOnnxruntime(writeModel(graph()), 20);
    expect(mismatch).toBeNull();
    expect(quant.nodes.map((node) => node.op).join(' ')).toMatch(/MatMulInteger$/);
    expect(quant.outputs[0]).toMatchObject({ dtype: 's32', quantization: { zeroPoint: 0 } });
  });

  it('but not with a scale per column', () => {
    const graph = floatHead((b, x) => b.node('Gemm', [x, b.weights('w', [8, 4], columnScales, 1)], 'y'));
    expect(() => importQuantized(graph)).toThrow(/Gemm:y.*scale per column/);
  });

  it('nor with a float bias', () => {
    const graph = floatHead((b, x) => b.node('Gemm', [x, weight(b, [8, 4]), b.randomFloats('c', [4])], 'y'));
    expect(() => importQuantized(graph)).toThrow(/computed in floating point/);
  });

  it('nor where something is computed from them', () => {
    const graph = floatHead((b, x) => b.node('Relu', [b.node('Gemm', [x, weight(b, [8, 4])], 'g')], 'y'));
    expect(() => importQuantized(graph)).toThrow(/computed in floating point/);
  });
});

describe('products that are refused', () => {
  it('names weights in batches with a scale per column', () => {
    const graph = (): Graph =>
      after([2, 3, 8], (b, x) => b.node('MatMul', [x, b.weights('w', [2, 8, 4], [0.1, 0.2].map(f32), 1)], 'm'));
    expect(() => importQuantized(graph())).toThrow(/MatMul:m.*batches/);
  });
});
