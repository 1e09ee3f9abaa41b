import { describe, expect, it } from 'vitest';
import type { Graph } from '../../artifact/graph.ts';
import { ProvennError } from '../../base/errors.ts';
import { writeModel } from '../../onnx/index.ts';
import type { ByteQuantization } from '../formula.ts';
import { compareWithOnnxruntime, GraphBuilder, hasOnnxruntime } from '../laws.ts';
import { importQuantized } from './import-quantized.ts';

const u8 = (scale: number, zeroPoint: number) => ({ scale: Math.fround(scale), zeroPoint, dtype: 'u8' as const });
const s8 = (scale: number, zeroPoint: number) => ({ scale: Math.fround(scale), zeroPoint, dtype: 's8' as const });
const f32 = Math.fround;

const image = [1, 2, 6, 6];
const input = u8(0.02, 128);
const channelScales = [0.01, 0.02, 0.03].map(f32);

type Step = (b: GraphBuilder, from: string) => string;

const relu: Step = (b, from) => b.node('Relu', [from], `${from}.relu`);
const pool: Step = (b, from) => b.node('MaxPool', [from], `${from}.pool`, { kernel_shape: [2, 2], strides: [2, 2] });
const flatten: Step = (b, from) => b.node('Flatten', [from], `${from}.flat`);
const reshape: Step = (b, from) => b.node('Reshape', [from, b.integers('shape', [1, -1])], `${from}.reshape`);
const transpose: Step = (b, from) => b.node('Transpose', [from], `${from}.transpose`, { perm: [0, 1, 3, 2] });
const identity: Step = (b, from) => b.node('Identity', [from], `${from}.identity`);
const dropout: Step = (b, from) => b.node('Dropout', [from], `${from}.dropout`);
const unsqueeze: Step = (b, from) => b.node('Unsqueeze', [from, b.integers('axes', [0])], `${from}.unsqueeze`);
const pair =
  (scale: number, zero: number): Step =>
  (b, from) =>
    b.pair(from, `${from}.pair`, u8(scale, zero));
const clip =
  (low: number, high: number): Step =>
  (b, from) =>
    b.node('Clip', [from, b.floats('low', [], [low]), b.floats('high', [], [high])], `${from}.clip`);

function conv(b: GraphBuilder, from: string, biasScale = 1): string {
  const bias = b.bias(
    'bias',
    channelScales.map((scale) => f32(f32(0.02) * scale) * biasScale),
  );
  const inputs = [from, b.weights('weight', [3, 2, 3, 3], channelScales), bias];
  return b.node('Conv', inputs, 'conv', { kernel_shape: [3, 3], pads: [1, 1, 1, 1] });
}

/** input → pair → Conv → steps → pair → output. */
function convThen(steps: readonly Step[], output = u8(0.05, 100), opset = 17): Graph {
  const b = new GraphBuilder();
  const last = steps.reduce((from, step) => step(b, from), conv(b, b.pair('x', 'xf', input)));
  b.pair(last, 'y', output);
  return b.graph({ x: image }, ['y'], { opset });
}

/** input → pair → steps → Conv or Gemm → pair → output. */
function before(steps: readonly Step[], operator: 'Conv' | 'Gemm'): Graph {
  const b = new GraphBuilder();
  const from = steps.reduce((at, step) => step(b, at), b.pair('x', 'xf', input));
  const last = operator === 'Conv' ? conv(b, from) : b.node('Gemm', [from, b.weights('weight', [72, 4], 0.01)], 'gemm');
  b.pair(last, 'y', u8(0.05, 100));
  return b.graph({ x: image }, ['y']);
}

function matrix(
  build: (b: GraphBuilder, from: string) => string,
  from: ByteQuantization = input,
  to: ByteQuantization = u8(0.05, 100),
): Graph {
  const b = new GraphBuilder();
  b.pair(build(b, b.pair('x', 'xf', from)), 'y', to);
  return b.graph({ x: [2, 8] }, ['y']);
}

const fourScales = [0.01, 0.02, 0.03, 0.005].map(f32);
const gemmBias = (b: GraphBuilder) =>
  b.bias(
    'bias',
    fourScales.map((scale) => f32(f32(0.02) * scale)),
  );

function residual(): Graph {
  const b = new GraphBuilder();
  const x = b.pair('x', 'xf', input);
  const w = (name: string) => b.weights(name, [2, 2, 3, 3], [0.01, 0.02].map(f32));
  const first = b.pair(
    b.node('Relu', [b.node('Conv', [x, w('w1')], 'c1', { pads: [1, 1, 1, 1] })], 'r1'),
    'p1',
    u8(0.03, 0),
  );
  const second = b.pair(b.node('Conv', [first, w('w2')], 'c2', { pads: [1, 1, 1, 1] }), 'p2', u8(0.04, 120));
  b.pair(b.node('Relu', [b.node('Add', [second, first], 'sum')], 'r2'), 'y', u8(0.04, 0));
  return b.graph({ x: image }, ['y']);
}

function integerPorts(): Graph {
  const b = new GraphBuilder();
  b.quantize(conv(b, b.dequantize('x', 'xf', input)), 'y', u8(0.05, 100));
  return b.graph({ x: image }, ['y'], { integers: { x: 'uint8', y: 'uint8' } });
}

function floatWeights(): Graph {
  const b = new GraphBuilder();
  const parameters = b.parameters('w', s8(0.01, 0));
  const folded = b.node('QuantizeLinear', [b.randomFloats('w', [8, 4], 0.5), ...parameters], 'wq');
  const weight = b.node('DequantizeLinear', [folded, ...parameters], 'wf');
  b.pair(b.node('Gemm', [b.pair('x', 'xf', input), weight], 'gemm'), 'y', u8(0.05, 100));
  return b.graph({ x: [2, 8] }, ['y']);
}

/** Two readers of one DequantizeLinear, one of them behind a movement. */
function sharedDequantizer(): Graph {
  const b = new GraphBuilder();
  const x = b.pair('x', 'xf', input);
  b.pair(b.node('Gemm', [reshape(b, x), b.weights('wide', [72, 4], 0.01)], 'gemm'), 'z', u8(0.3, 100));
  b.pair(conv(b, x), 'y', u8(0.05, 100));
  return b.graph({ x: image }, ['y', 'z']);
}

function secondReader(): Graph {
  const b = new GraphBuilder();
  const first = b.pair(conv(b, b.pair('x', 'xf', input)), 'p1', u8(0.05, 100));
  b.pair(b.node('Relu', [first], 'relu'), 'z', u8(0.05, 0));
  b.pair(first, 'y', u8(0.06, 80));
  return b.graph({ x: image }, ['y', 'z']);
}

const accepted: readonly (readonly [name: string, graph: () => Graph, operators: string])[] = [
  ['Conv', () => convThen([]), 'QLinearConv'],
  ['Conv, Relu that the zero point implies', () => convThen([relu], u8(0.05, 0)), 'QLinearConv'],
  ['Conv, Clip that the range implies exactly', () => convThen([clip(0, 6)], u8(6 / 255, 0)), 'QLinearConv'],
  ['Conv, Clip wider than the range', () => convThen([clip(-100, 100)], u8(0.05, 100)), 'QLinearConv'],
  ['Conv, Relu, MaxPool', () => convThen([relu, pool], u8(0.05, 0)), 'QLinearConv MaxPool'],
  ['Conv, Relu, MaxPool, Reshape', () => convThen([relu, pool, reshape], u8(0.05, 0)), 'QLinearConv MaxPool Reshape'],
  ['Conv, Transpose, opset 21', () => convThen([transpose], u8(0.05, 100), 21), 'QLinearConv Transpose'],
  ['Conv, Unsqueeze', () => convThen([unsqueeze]), 'QLinearConv Reshape'],
  ['Conv, Dropout, Relu, Identity', () => convThen([dropout, relu, identity], u8(0.05, 0)), 'QLinearConv'],
  ['Conv, pair, Relu', () => convThen([pair(0.05, 128), relu], u8(0.05, 0)), 'QLinearConv UnaryTable'],
  [
    'Conv, pair, Relu with an inner zero point',
    () => convThen([pair(0.05, 128), relu], u8(0.05, 10)),
    'QLinearConv UnaryTable',
  ],
  ['Conv, pair, Clip', () => convThen([pair(0.05, 128), clip(-1, 2)], u8(0.013, 77)), 'QLinearConv UnaryTable'],
  ['Conv, pair, MaxPool with the same parameters', () => convThen([pair(0.05, 100), pool]), 'QLinearConv MaxPool'],
  ['Conv, pair, MaxPool with others', () => convThen([pair(0.09, 90), pool]), 'QLinearConv MaxPool UnaryTable'],
  [
    'Conv, pair, Relu, MaxPool, Flatten',
    () => convThen([pair(0.05, 128), relu, pool, flatten], u8(0.04, 3)),
    'QLinearConv MaxPool Reshape UnaryTable',
  ],
  ['Conv, pair, pair with the same parameters', () => convThen([pair(0.05, 100)]), 'QLinearConv Identity'],
  ['pair, MaxPool, Conv', () => before([pool], 'Conv'), 'MaxPool QLinearConv'],
  ['pair, Transpose, Conv', () => before([transpose], 'Conv'), 'Transpose QLinearConv'],
  ['pair, Transpose, Reshape, Gemm', () => before([transpose, reshape], 'Gemm'), 'Transpose Reshape QGemm'],
  ['readers of one DequantizeLinear', sharedDequantizer, 'Reshape QGemm QLinearConv'],
  ['a requantization beside another reader', secondReader, 'QLinearConv UnaryTable UnaryTable'],
  ['a residual block', residual, 'QLinearConv QLinearConv QLinearAdd'],
  ['bytes in and out', integerPorts, 'QLinearConv'],
  ['weights not folded', floatWeights, 'QGemm'],
  [
    'Gemm per channel',
    () => matrix((b, x) => b.node('Gemm', [x, b.weights('w', [8, 4], fourScales, 1), gemmBias(b)], 'g')),
    'QGemm',
  ],
  [
    'Gemm transB',
    () => matrix((b, x) => b.node('Gemm', [x, b.weights('w', [4, 8], fourScales, 0), gemmBias(b)], 'g', { transB: 1 })),
    'QGemm',
  ],
  [
    'Gemm with a float bias',
    () => matrix((b, x) => b.node('Gemm', [x, b.weights('w', [8, 4], fourScales, 1), b.randomFloats('c', [4])], 'g')),
    'QGemm',
  ],
  [
    'MatMul per column',
    () => matrix((b, x) => b.node('MatMul', [x, b.weights('w', [8, 4], fourScales, 1)], 'm')),
    'QLinearMatMul',
  ],
  [
    'MatMul, s8',
    () => matrix((b, x) => b.node('MatMul', [x, b.weights('w', [8, 4], 0.01)], 'm'), s8(0.02, 3), s8(0.05, -9)),
    'QLinearMatMul',
  ],
  [
    'MatMul, Add of a float vector',
    () =>
      matrix((b, x) =>
        b.node('Add', [b.randomFloats('c', [4]), b.node('MatMul', [x, b.weights('w', [8, 4], 0.01)], 'm')], 'a'),
      ),
    'QGemm',
  ],
  ['Add of itself', () => matrix((b, x) => b.node('Add', [x, x], 'a')), 'UnaryTable'],
  ['Add of a float constant', () => matrix((b, x) => b.node('Add', [x, b.randomFloats('c', [8])], 'a')), 'PairTable'],
];

describe('patterns onnxruntime computes on integers', () => {
  it.skipIf(!hasOnnxruntime).each(accepted)('%s', async (_, graph, operators) => {
    const { mismatch, elements, quant } = await compareWithOnnxruntime(writeModel(graph()), 12);
    expect(mismatch).toBeNull();
    expect(quant.nodes.map((node) => node.op).join(' ')).toBe(operators);
    expect(elements).toBeGreaterThan(200);
  });
});

const island = /onnxruntime computes .* in floating point/;
const merged = /onnxruntime replaces this second quantization/;

const refused: readonly (readonly [name: string, graph: () => Graph, where: string, why: RegExp])[] = [
  ['Relu with an inner zero point', () => convThen([relu], u8(0.05, 10)), 'Relu:conv.relu', island],
  ['Clip inside the range', () => convThen([clip(0, 6)], u8(0.05, 0)), 'Clip:conv.clip', island],
  ['Relu after MaxPool', () => convThen([pool, relu], u8(0.05, 0)), 'Relu:conv.pool.relu', island],
  ['Conv, Flatten', () => convThen([flatten]), 'Flatten:conv.flat', island],
  ['Conv, MaxPool before opset 12', () => before11(), 'MaxPool:conv.pool', island],
  ['pair, Flatten, Gemm', () => before([flatten], 'Gemm'), 'Gemm:gemm', island],
  ['pair, Relu, Conv', () => before([relu], 'Conv'), 'Conv:conv', island],
  ['two pairs in a row', () => convThen([pair(0.08, 90)]), 'QuantizeLinear:y.q', merged],
  ['two pairs around an Identity', () => convThen([pair(0.08, 90), identity]), 'QuantizeLinear:y.q', merged],
  ['a bias of another scale', () => biasScale(1.5), 'Conv:conv', island],
  ['a bias with a zero point', () => biasZero(), 'Gemm:g', /zero point/],
  [
    'alpha',
    () =>
      matrix((b, x) =>
        b.node('Gemm', [x, b.weights('w', [8, 4], fourScales, 1), gemmBias(b)], 'g', { alpha: { float: 0.5 } }),
      ),
    'Gemm:g',
    island,
  ],
  [
    's8 to u8',
    () => matrix((b, x) => b.node('MatMul', [x, b.weights('w', [8, 4], 0.01)], 'm'), s8(0.02, 3), u8(0.05, 9)),
    'MatMul:m',
    /no integer kernel from s8 by s8 to u8/,
  ],
  ['Gemm weights without a zero point', () => matrix((b, x) => b.node('Gemm', [x, noZero(b)], 'g')), 'Gemm:g', island],
  ['a float tail', () => floatTail(), 'Relu:relu', /output relu is computed in floating point/],
  ['an unknown operator', () => matrix((b, x) => b.node('Hardmax', [x], 'h')), 'Hardmax:h', /not supported/],
  ['a float model', () => floatModel(), 'Gemm:y', /the model is in floating point/],
  ['a value read twice before it is quantized', () => readTwice(), 'QuantizeLinear:y.q', /used more than once/],
];

function noZero(b: GraphBuilder): string {
  const integers = b.constant('w.q', { type: 'int8', dims: [8, 4], data: new Int8Array(32).fill(7) });
  return b.node('DequantizeLinear', [integers, b.floats('w.scale', [], [0.01])], 'w');
}

function before11(): Graph {
  const b = new GraphBuilder();
  const x = b.pair('x', 'xf', input);
  const c = b.node('Conv', [x, b.weights('weight', [3, 2, 3, 3], 0.01)], 'conv', { kernel_shape: [3, 3] });
  b.pair(pool(b, c), 'y', u8(0.05, 100));
  return b.graph({ x: image }, ['y'], { opset: 11 });
}

function biasScale(factor: number): Graph {
  const b = new GraphBuilder();
  b.pair(conv(b, b.pair('x', 'xf', input), factor), 'y', u8(0.05, 100));
  return b.graph({ x: image }, ['y']);
}

function biasZero(): Graph {
  return matrix((b, x) => b.node('Gemm', [x, b.weights('w', [8, 4], 0.01), b.bias('bias', fourScales, 5)], 'g'));
}

function floatTail(): Graph {
  const b = new GraphBuilder();
  b.node('Relu', [b.pair(conv(b, b.pair('x', 'xf', input)), 'p', u8(0.05, 100))], 'relu');
  return b.graph({ x: image }, ['relu']);
}

function floatModel(): Graph {
  const b = new GraphBuilder();
  b.node('Gemm', ['x', b.randomFloats('w', [8, 4])], 'y');
  return b.graph({ x: [2, 8] }, ['y']);
}

function readTwice(): Graph {
  const b = new GraphBuilder();
  const c = conv(b, b.pair('x', 'xf', input));
  b.pair(c, 'y', u8(0.05, 100));
  b.pair(c, 'z', u8(0.04, 100));
  return b.graph({ x: image }, ['y', 'z']);
}

describe('patterns that are refused', () => {
  it.each(refused)('%s', (_, graph, where, why) => {
    const attempt = (): unknown => importQuantized(graph());
    expect(attempt).toThrow(why);
    try {
      attempt();
    } catch (error) {
      expect(error).toBeInstanceOf(ProvennError);
      expect(error).toMatchObject({ code: 'MODEL_UNSUPPORTED', where });
      expect((error as ProvennError).next).toMatch(/[.]$/);
    }
  });
});
