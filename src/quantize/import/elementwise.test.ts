import { describe, expect, it } from 'vitest';
import type { Graph } from '../../artifact/graph.ts';
import { ProvennError } from '../../base/errors.ts';
import { writeModel } from '../../onnx/index.ts';
import type { ByteQuantization } from '../formula.ts';
import { compareWithOnnxruntime, GraphBuilder, hasOnnxruntime } from '../laws.ts';
import { importQuantized } from './import-quantized.ts';

const u8 = (scale: number, zeroPoint: number) => ({ scale: Math.fround(scale), zeroPoint, dtype: 'u8' as const });
const s8 = (scale: number, zeroPoint: number) => ({ scale: Math.fround(scale), zeroPoint, dtype: 's8' as const });

type Build = (b: GraphBuilder, x: string, z: string) => string;
type Options = {
  readonly x?: ByteQuantization;
  readonly z?: ByteQuantization;
  readonly y?: ByteQuantization;
  readonly dims?: readonly [readonly number[], readonly number[]];
  readonly opset?: number;
};

const image = [2, 3, 4, 2];

/** Two quantized inputs, what `build` makes of them, and a quantized output. */
function graph(
  build: Build,
  { x = u8(0.021, 128), z = u8(0.013, 77), y = u8(0.017, 100), ...rest }: Options = {},
): Graph {
  const b = new GraphBuilder();
  const [dimsX, dimsZ] = rest.dims ?? [image, image];
  const made = build(b, b.pair('x', 'xf', x), b.pair('z', 'zf', z));
  b.pair(made, 'y', y);
  // Both inputs are used whatever `build` does with them.
  b.pair('xf', 'x2', x);
  b.pair('zf', 'z2', z);
  return b.graph({ x: dimsX, z: dimsZ }, ['y', 'x2', 'z2'], { opset: rest.opset ?? 17 });
}

const binary =
  (op: string): Build =>
  (b, x, z) =>
    b.node(op, [x, z], 'made');
const scalar = (b: GraphBuilder, name: string, value: number): string => b.floats(name, [], [value]);
const perChannel = (b: GraphBuilder, name: string, size = 3): string => b.randomFloats(name, [size, 1, 1], 0.7);

/** 0.5·x·(1 + erf(x / √2)) as exporters write it. */
const gelu =
  (order: 'last' | 'first'): Build =>
  (b, x) => {
    const div = b.node('Div', [x, scalar(b, 'root', Math.SQRT2)], 'div');
    const add = b.node('Add', [b.node('Erf', [div], 'erf'), scalar(b, 'one', 1)], 'add');
    const half = scalar(b, 'half', 0.5);
    if (order === 'first') return b.node('Mul', [b.node('Mul', [x, half], 'halved'), add], 'made');
    return b.node('Mul', [b.node('Mul', [x, add], 'product'), half], 'made');
  };

const batchNormalization: Build = (b, x) => {
  const variance = b.floats('variance', [3], [0.3, 1.7, 0.02]);
  const parameters = ['scale', 'bias', 'mean'].map((name) => b.randomFloats(name, [3]));
  return b.node('BatchNormalization', [x, ...parameters, variance], 'made', { epsilon: { float: 1e-3 } });
};

const signed: Options = { x: s8(0.021, 3), z: s8(0.013, -7), y: s8(0.03, 11) };
const row: Options = { dims: [image, [4, 1]] };
const column: Options = { dims: [[3, 1, 1], image] };

type Case = readonly [name: string, operators: string, build: Build, options?: Options];

const titled = (cases: readonly Case[]) => cases.map((each) => [each[0], each] as const);

const accepted: readonly Case[] = [
  ['Mul', 'QLinearMul', binary('Mul')],
  ['Mul, s8', 'QLinearMul', binary('Mul'), signed],
  ['Mul that broadcasts', 'QLinearMul', binary('Mul'), row],
  ['Mul that broadcasts on the left', 'QLinearMul', binary('Mul'), column],
  [
    'Mul, Relu that the range implies',
    'QLinearMul',
    (b, x, z) => b.node('Relu', [b.node('Mul', [x, z], 'm')], 'r'),
    { y: u8(0.01, 0) },
  ],
  ['Mul, Relu that it does not imply', 'PairTable', (b, x, z) => b.node('Relu', [b.node('Mul', [x, z], 'm')], 'r')],
  ['Add, Relu that it does not imply', 'PairTable', (b, x, z) => b.node('Relu', [b.node('Add', [x, z], 'm')], 'r')],
  [
    'Add, Relu, Transpose',
    'PairTable Transpose',
    (b, x, z) => b.node('Transpose', [b.node('Relu', [b.node('Add', [x, z], 'm')], 'r')], 't', { perm: [1, 0, 3, 2] }),
  ],
  ['Add, Flatten', 'PairTable Reshape', (b, x, z) => b.node('Flatten', [b.node('Add', [x, z], 'm')], 'f')],
  [
    'Sub, Transpose',
    'PairTable Transpose',
    (b, x, z) => b.node('Transpose', [b.node('Sub', [x, z], 'm')], 't', { perm: [1, 0, 3, 2] }),
  ],
  [
    'Add, Sigmoid',
    'PairTable',
    (b, x, z) => b.node('Sigmoid', [b.node('Add', [x, z], 'm')], 's'),
    { y: u8(1 / 255, 0) },
  ],
  ['Add of u8 and s8', 'PairTable', binary('Add'), { z: s8(0.013, -7) }],
  ['Mul of u8 to s8', 'PairTable', binary('Mul'), { y: s8(0.013, -7) }],
  ['Sub', 'PairTable', binary('Sub')],
  ['Sub, s8', 'PairTable', binary('Sub'), signed],
  ['Sub that broadcasts', 'PairTable', binary('Sub'), row],
  ['Div', 'PairTable', binary('Div')],
  ['Max', 'PairTable', binary('Max')],
  ['Min, s8', 'PairTable', binary('Min'), signed],
  ['Max of one quantization', 'PairTable', binary('Max'), { z: u8(0.021, 128), y: u8(0.021, 128) }],
  ['Sum', 'PairTable', binary('Sum')],
  ['Pow', 'PairTable', binary('Pow'), { x: u8(0.021, 0) }],
  ['PRelu with a quantized slope', 'PairTable', binary('PRelu')],
  ['Mul by itself', 'UnaryTable', (b, x) => b.node('Mul', [x, x], 'made')],
  ['x · sigmoid(x)', 'UnaryTable', (b, x) => b.node('Mul', [x, b.node('Sigmoid', [x], 's')], 'made')],
  ['x · hardsigmoid(x)', 'UnaryTable', (b, x) => b.node('Mul', [x, b.node('HardSigmoid', [x], 's')], 'made')],
  [
    'hard swish by hand',
    'UnaryTable',
    (b, x) => {
      const six = scalar(b, 'six', 6);
      const clip = b.node('Clip', [b.node('Add', [x, scalar(b, 'three', 3)], 'a'), scalar(b, 'zero', 0), six], 'c');
      return b.node('Mul', [x, b.node('Div', [clip, six], 'd')], 'made');
    },
  ],
  ['Gelu by hand', 'UnaryTable', gelu('last'), { x: u8(0.03, 128) }],
  ['Gelu by hand, half first', 'UnaryTable', gelu('first'), { x: u8(0.03, 128) }],
  [
    'a chain of functions',
    'UnaryTable',
    (b, x) => b.node('Tanh', [b.node('Softplus', [b.node('Neg', [x], 'n')], 's')], 'made'),
  ],
  ['Relu of NaN and infinities', 'UnaryTable', (b, x) => b.node('Relu', [b.node('Log', [x], 'l')], 'made')],
  [
    'zeros that keep their sign',
    'UnaryTable',
    (b, x) => b.node('Reciprocal', [b.node('Relu', [b.node('Ceil', [x], 'c')], 'r')], 'made'),
  ],
  [
    'what rounds to zero keeps its sign',
    'UnaryTable',
    (b, x) => b.node('Reciprocal', [b.node('Round', [x], 'r')], 'made'),
  ],
  ...['ThresholdedRelu', 'Sign', 'Tanh', 'Sigmoid', 'Erf', 'Softplus', 'HardSwish', 'Round', 'Gelu'].map(
    (op): Case => [
      `${op} of NaN and infinities`,
      'UnaryTable',
      (b, x) => b.node(op, [b.node('Log', [x], 'l')], 'made'),
      { opset: 20 },
    ],
  ),
  [
    'the sign of zero',
    'UnaryTable',
    (b, x) => b.node('Reciprocal', [b.node('Sign', [b.node('Ceil', [x], 'c')], 's')], 'made'),
  ],
  ['Sqrt of negative numbers', 'UnaryTable', (b, x) => b.node('Sqrt', [x], 'made')],
  ['Reciprocal of zero', 'UnaryTable', (b, x) => b.node('Reciprocal', [x], 'made')],
  ['PRelu per channel', 'PairTable', (b, x) => b.node('PRelu', [x, perChannel(b, 'slope')], 'made')],
  ['PRelu with one slope', 'UnaryTable', (b, x) => b.node('PRelu', [x, b.floats('slope', [1], [0.25])], 'made')],
  [
    'a scale and a shift per channel',
    'PairTable',
    (b, x) => b.node('Add', [b.node('Mul', [x, perChannel(b, 's')], 'm'), perChannel(b, 't')], 'made'),
  ],
  [
    'constants whose classes differ',
    'PairTable',
    (b, x) => b.node('Sub', [b.node('Mul', [x, perChannel(b, 's')], 'm'), b.randomFloats('t', [2])], 'made'),
  ],
  [
    'a constant of higher rank',
    'PairTable',
    (b, x) => b.node('Mul', [x, b.floats('s', [1, 1, 1, 1, 1], [0.3])], 'made'),
  ],
  ['Mul by a quantized constant', 'QLinearMul', (b, x) => b.node('Mul', [x, constant(b, [3, 1, 1])], 'made')],
  ['Mul by a quantized scalar', 'UnaryTable', (b, x) => b.node('Mul', [x, constant(b, [1])], 'made')],
  ['a quantized scalar plus x', 'UnaryTable', (b, x) => b.node('Add', [constant(b, [1]), x], 'made')],
  ['Sub from a quantized constant', 'PairTable', (b, x) => b.node('Sub', [constant(b, [3, 1, 1]), x], 'made')],
  [
    'constants folded',
    'PairTable',
    (b, x) => b.node('Mul', [x, b.node('Exp', [b.node('Neg', [perChannel(b, 's')], 'n')], 'e')], 'made'),
  ],
  ['BatchNormalization', 'PairTable', batchNormalization],
  [
    'Where',
    'PairTable',
    (b, x, z) => b.node('Where', [b.node('Greater', [x, z], 'g'), x, scalar(b, 'c', 0.4)], 'made'),
  ],
  [
    'Where on one tensor',
    'UnaryTable',
    (b, x) => b.node('Where', [b.node('Less', [x, scalar(b, 'c', 0.4)], 'l'), x, b.node('Exp', [x], 'e')], 'made'),
  ],
];

function constant(b: GraphBuilder, dims: readonly number[]): string {
  const data = Uint8Array.from({ length: dims.reduce((a, n) => a * n, 1) }, (_, i) => 90 + 50 * i);
  return b.dequantize(b.constant('c.q', { type: 'uint8', dims, data }), 'c', u8(0.02, 110));
}

describe('elementwise operators equal onnxruntime', () => {
  it.skipIf(!hasOnnxruntime).each(titled(accepted))('%s', async (_, [, operators, build, options]) => {
    const { mismatch, elements, quant } = await compareWithOnnxruntime(writeModel(graph(build, options)), 12);
    expect(mismatch).toBeNull();
    const found = quant.nodes.map(({ op }) => op).filter((op) => op !== 'Identity');
    expect(found.join(' ')).toBe(operators);
    expect(elements).toBeGreaterThan(200);
  });
});

/** A comparison as the second output of a model. */
function comparison(build: Build, options: Options = {}): Graph {
  const b = new GraphBuilder();
  const { x = u8(0.5, 128), z = u8(0.25, 77) } = options;
  const [dimsX, dimsZ] = options.dims ?? [image, image];
  const made = build(b, b.pair('x', 'xf', x), b.pair('z', 'zf', z));
  b.pair('xf', 'x2', x);
  b.pair('zf', 'z2', z);
  return b.graph({ x: dimsX, z: dimsZ }, [made, 'x2', 'z2'], { integers: { [made]: 'bool' } });
}

const claims: readonly Case[] = [
  ...['Equal', 'Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual'].map((op): Case => [op, 'PairTable', binary(op)]),
  ['Greater, s8, that broadcasts', 'PairTable', binary('Greater'), { x: s8(0.5, 3), z: s8(0.25, -9), ...row }],
  ['Greater than a constant', 'UnaryTable', (b, x) => b.node('Greater', [x, scalar(b, 'c', 3.5)], 'made')],
  ['Not', 'PairTable', (b, x, z) => b.node('Not', [b.node('Less', [x, z], 'l')], 'made')],
  [
    'And, Or, Xor',
    'PairTable',
    (b, x, z) => {
      const [less, above] = [b.node('Less', [x, z], 'l'), b.node('Greater', [x, scalar(b, 'c', 3.5)], 'g')];
      return b.node('Xor', [b.node('And', [less, above], 'a'), b.node('Or', [less, above], 'o')], 'made');
    },
  ],
];

describe('comparisons are claims', () => {
  it.skipIf(!hasOnnxruntime).each(titled(claims))('%s', async (_, [, operators, build, options]) => {
    const { mismatch, quant } = await compareWithOnnxruntime(writeModel(comparison(build, options)), 12);
    expect(mismatch).toBeNull();
    expect(
      quant.nodes
        .map(({ op }) => op)
        .filter((op) => op !== 'Identity')
        .join(' '),
    ).toBe(operators);
    expect(quant.outputs[0]).toMatchObject({ name: 'made', tensor: 'made', dtype: 'u8', quantization: null });
  });
});

const refused: readonly (readonly [name: string, build: Build, why: RegExp, where: string])[] = [
  [
    'three tensors',
    (b, x, z) =>
      b.node('Mul', [b.node('Sub', [x, z], 's'), b.pair(b.node('Tanh', [x], 't'), 'p', u8(0.01, 128))], 'made'),
    /depends on more than two tensors/,
    'Mul:made',
  ],
  ['Softmax', (b, x) => b.node('Softmax', [x], 'made'), /normalises in floating point/, 'Softmax:made'],
  [
    'a maximum of floats that fall',
    (b, x) => b.node('MaxPool', [b.node('Neg', [x], 'n')], 'made', { kernel_shape: [2, 2] }),
    /takes the largest of floats that do not increase/,
    'MaxPool:made',
  ],
  [
    'shapes that do not broadcast',
    (b, x) => b.node('Mul', [x, b.randomFloats('c', [5])], 'made'),
    /do not broadcast/,
    'Mul:made',
  ],
  [
    'a slope larger than the input',
    (b, x) => b.node('PRelu', [x, b.randomFloats('c', [5, 2, 3, 4, 2])], 'made'),
    /a slope of shape \[5,2,3,4,2\] does not broadcast/,
    'PRelu:made',
  ],
  [
    'booleans as numbers',
    (b, x, z) => b.node('Sqrt', [b.node('Less', [x, z], 'l')], 'made'),
    /operand 0 is a tensor of booleans/,
    'Sqrt:made',
  ],
  ['numbers as booleans', (b, x) => b.node('Not', [x], 'made'), /operand 0 is not a tensor of booleans/, 'Not:made'],
  [
    'too many constants',
    (b, x) =>
      b.node(
        'Mul',
        [
          x,
          b.floats(
            'c',
            [3000, 1, 1, 1, 1],
            Array.from({ length: 3000 }, (_, i) => i + 1),
          ),
        ],
        'made',
      ),
    /3000 distinct constants/,
    'Mul:made',
  ],
  ['an angle beyond the kernel', (b, x) => b.node('Sin', [b.node('Exp', [x], 'e')], 'made'), /18838/, 'Sin:made'],
];

describe('elementwise operators that are refused', () => {
  it.each(refused)('%s', (_, build, why, where) => {
    const attempt = (): unknown => importQuantized(graph(build, { x: u8(0.2, 128) }));
    expect(attempt).toThrow(why);
    try {
      attempt();
    } catch (error) {
      expect(error).toBeInstanceOf(ProvennError);
      expect(error).toMatchObject({ where });
      expect((error as ProvennError).next).toMatch(/[.]$/);
    }
  });
});
