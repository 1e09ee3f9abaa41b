/** Types and shapes of every rule against those of the tensors onnxruntime computes. */
import * as ort from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import type { Attribute, ElementType, Graph, GraphTensor, ValueInfo } from '../../artifact/graph.ts';
import { product } from '../../base/tensor.ts';
import { cropsInput, windowGeometry } from '../../base/window.ts';
import { readModel, writeModel } from '../index.ts';

type Port = { readonly type: ElementType; readonly dims: readonly number[] };

/** A fed input, an initializer, or an absent input. */
type Input = Port | GraphTensor | null;

type Case = {
  readonly inputs: readonly Input[];
  readonly attributes?: Readonly<Record<string, number | string | readonly number[]>>;
  readonly outputs?: number;
  readonly domain?: string;
  readonly opset?: number;
};

const port = (type: ElementType, ...dims: number[]): Input => ({ type, dims });
const f32 = (...dims: number[]): Input => port('float32', ...dims);
const u8 = (...dims: number[]): Input => port('uint8', ...dims);
const integers = (...values: number[]): Input => {
  return { type: 'int64', dims: [values.length], data: BigInt64Array.from(values, BigInt) };
};
const floats = (...values: number[]): Input => {
  return { type: 'float32', dims: [values.length], data: Float32Array.from(values) };
};
const scale: GraphTensor = { type: 'float32', dims: [], data: Float32Array.of(0.5) };
const zero: GraphTensor = { type: 'uint8', dims: [], data: Uint8Array.of(3) };
const signedZero: GraphTensor = { type: 'int8', dims: [], data: Int8Array.of(3) };

function attribute(value: number | string | readonly number[]): Attribute {
  if (typeof value === 'string') return { kind: 'string', value };
  return typeof value === 'number' ? { kind: 'int', value } : { kind: 'ints', value };
}

function graphOf(op: string, { inputs, attributes = {}, outputs = 1, domain = '', opset = 17 }: Case): Graph {
  const names = inputs.map((input, i) => (input === null ? '' : `in${i}`));
  const initializers = new Map<string, GraphTensor>();
  const ports: ValueInfo[] = [];
  for (const [i, input] of inputs.entries()) {
    if (input === null) continue;
    if ('data' in input) initializers.set(`in${i}`, input);
    else ports.push({ name: `in${i}`, ...input });
  }
  const made = Array.from({ length: outputs }, (_, i) => `out${i}`);
  return {
    name: op,
    irVersion: 8,
    opsets: new Map([
      ['', opset],
      ['com.microsoft', 1],
    ]),
    inputs: ports,
    outputs: made.map((name) => ({ name, type: undefined, dims: undefined })),
    nodes: [
      {
        name: 'node',
        op,
        domain,
        inputs: names,
        outputs: made,
        attributes: new Map(Object.entries(attributes).map(([name, value]) => [name, attribute(value)])),
      },
    ],
    initializers,
    values: new Map(),
  };
}

function zeros(type: ElementType, dims: readonly number[]): ort.Tensor {
  const size = product(dims);
  if (type === 'float32') return new ort.Tensor('float32', new Float32Array(size), dims);
  if (type === 'uint8') return new ort.Tensor('uint8', new Uint8Array(size), dims);
  if (type === 'int8') return new ort.Tensor('int8', new Int8Array(size), dims);
  if (type === 'bool') return new ort.Tensor('bool', new Uint8Array(size), dims);
  if (type === 'int32') return new ort.Tensor('int32', new Int32Array(size), dims);
  return new ort.Tensor('int64', new BigInt64Array(size), dims);
}

type Typed = { readonly type: string | undefined; readonly dims: readonly (number | string)[] | undefined };

async function onnxruntime(bytes: Uint8Array, graph: Graph): Promise<Typed[]> {
  const session = await ort.InferenceSession.create(bytes, { logSeverityLevel: 4 });
  const feeds = Object.fromEntries(
    graph.inputs.map(({ name, type, dims }) => [name, zeros(type as ElementType, dims as readonly number[])]),
  );
  const results = await session.run(feeds);
  await session.release();
  return graph.outputs.map(({ name }) => {
    const tensor = results[name] as ort.Tensor;
    return { type: tensor.type, dims: [...tensor.dims] };
  });
}

const pools = [
  { inputs: [f32(1, 2, 7, 8)], attributes: { kernel_shape: [3, 2], strides: [2, 3], pads: [1, 0, 2, 1] } },
  { inputs: [f32(1, 2, 7, 8)], attributes: { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 } },
  { inputs: [f32(2, 1, 7)], attributes: { kernel_shape: [2], auto_pad: 'SAME_LOWER', strides: [2] } },
];

const scaled = (input: Input): Input[] => [input, scale, zero];

const cases: readonly (readonly [string, readonly Case[]])[] = [
  ...['Relu', 'Sigmoid', 'Tanh', 'LeakyRelu', 'Softmax', 'Identity', 'Elu', 'Softplus', 'Neg', 'Sqrt'].map(
    (op) => [op, [{ inputs: [f32(2, 3)] }]] as const,
  ),
  ['Clip', [{ inputs: [f32(2, 3), null, scale] }, { inputs: [f32(2)], opset: 7 }]],
  ...['Add', 'Sub', 'Mul', 'Div', 'Max', 'Min', 'PRelu', 'Pow'].map(
    (op) => [op, [{ inputs: [f32(2, 3, 4), f32(3, 1)] }, { inputs: [f32(2, 1), scale] }]] as const,
  ),
  ['Add', [{ inputs: [f32(3, 1), f32(2, 1, 4)] }, { inputs: [f32(), f32()] }]],
  ['Sum', [{ inputs: [f32(2, 1), f32(3), f32(1)] }]],
  ['Where', [{ inputs: [port('bool', 2, 1), f32(3), f32(4, 1, 1)] }]],
  ['Less', [{ inputs: [f32(2, 3), f32(3)] }]],
  [
    'Cast',
    [
      { inputs: [f32(2)], attributes: { to: 3 } },
      { inputs: [f32(2)], attributes: { to: 7 } },
    ],
  ],
  ['Dropout', [{ inputs: [f32(2, 3)], outputs: 2 }]],
  ['BatchNormalization', [{ inputs: [f32(2, 3, 4), ...Array.from({ length: 4 }, () => f32(3))] }]],
  [
    'Conv',
    [
      { inputs: [f32(2, 4, 9, 8), f32(6, 2, 3, 2), f32(6)], attributes: { group: 2, strides: [2, 1] } },
      { inputs: [f32(1, 1, 9), f32(2, 1, 3)], attributes: { dilations: [3], pads: [2, 1] } },
      { inputs: [f32(1, 3, 9, 9), f32(2, 3, 3, 3)], attributes: { auto_pad: 'SAME_UPPER', strides: [2, 2] } },
      { inputs: [f32(1, 3, 8, 8), f32(2, 3, 1, 1)], attributes: { auto_pad: 'SAME_UPPER', strides: [2, 2] } },
      { inputs: [f32(1, 3, 9, 9), f32(2, 3, 4, 4)], attributes: { auto_pad: 'VALID', kernel_shape: [4, 4] } },
    ],
  ],
  ['ConvInteger', [{ inputs: [u8(1, 2, 5, 5), u8(3, 2, 2, 2), zero], attributes: { pads: [1, 1, 0, 0] } }]],
  ['MaxPool', [...pools, { inputs: [u8(1, 1, 6, 6)], attributes: { kernel_shape: [2, 2] }, outputs: 1 }]],
  ['MaxPool', [{ inputs: [f32(1, 2, 6, 6)], attributes: { kernel_shape: [2, 2] }, outputs: 2 }]],
  ['AveragePool', pools.map((pool) => ({ ...pool, opset: 19 }))],
  ['GlobalAveragePool', [{ inputs: [f32(2, 3, 4, 5)] }]],
  ['GlobalMaxPool', [{ inputs: [f32(2, 3, 4)] }]],
  [
    'MatMul',
    [
      { inputs: [f32(2, 3), f32(3, 4)] },
      { inputs: [f32(5, 1, 2, 3), f32(6, 3, 4)] },
      { inputs: [f32(3), f32(3, 4)] },
      { inputs: [f32(2, 3), f32(3)] },
      { inputs: [f32(3), f32(3)] },
      { inputs: [f32(3), f32(5, 3, 4)] },
    ],
  ],
  ['MatMulInteger', [{ inputs: [u8(2, 3), u8(3, 4)] }]],
  [
    'Gemm',
    [
      { inputs: [f32(3, 2), f32(4, 3), f32(4)], attributes: { transA: 1, transB: 1 } },
      { inputs: [f32(2, 3), f32(3, 4), f32(2, 1)] },
      { inputs: [f32(2, 3), f32(3, 4)] },
    ],
  ],
  [
    'Flatten',
    [-1, 0, 1, 2, 3]
      .map((axis) => ({ inputs: [f32(2, 3, 4)], attributes: { axis } }))
      .concat([{ inputs: [f32(2, 3, 4)], attributes: { axis: -3 } }]),
  ],
  [
    'Reshape',
    [
      { inputs: [f32(2, 3, 4), integers(0, -1)] },
      { inputs: [f32(2, 3, 4), integers(4, 0, 2)] },
      { inputs: [f32(2, 3, 4), integers(24)] },
      { inputs: [f32(0, 3), integers(3, 0)], attributes: { allowzero: 1 } },
    ],
  ],
  ['Transpose', [{ inputs: [f32(2, 3, 4)] }, { inputs: [f32(2, 3, 4)], attributes: { perm: [1, 0, 2] } }]],
  [
    'Squeeze',
    [
      { inputs: [f32(1, 3, 1)] },
      { inputs: [f32(1, 3, 1), integers(-1)] },
      { inputs: [f32(1, 3, 1)], attributes: { axes: [0] }, opset: 11 },
    ],
  ],
  [
    'Unsqueeze',
    [{ inputs: [f32(3, 4), integers(0, -1)] }, { inputs: [f32(3, 4)], attributes: { axes: [1, 2] }, opset: 11 }],
  ],
  ['Concat', [{ inputs: [f32(2, 3), f32(2, 1), f32(2, 4)], attributes: { axis: -1 } }]],
  [
    'Pad',
    [
      { inputs: [f32(2, 3), integers(0, 1, 2, 3)] },
      { inputs: [f32(2, 5), integers(0, -1, 0, -2)] },
      { inputs: [f32(2, 3), integers(1, 2), null, integers(-1)], opset: 18 },
      { inputs: [f32(2, 3)], attributes: { pads: [1, 0, 0, 1] }, opset: 10 },
    ],
  ],
  [
    'Slice',
    [
      { inputs: [f32(9, 8), integers(1, -3), integers(2 ** 40, -1)] },
      { inputs: [f32(9, 8), integers(-1), integers(-(2 ** 40)), integers(0), integers(-2)] },
      { inputs: [f32(9, 8), integers(7), integers(3), integers(1)] },
      { inputs: [f32(9, 8), integers(100), integers(2), integers(-1), integers(-3)] },
      { inputs: [f32(9)], attributes: { starts: [2], ends: [5] }, opset: 9 },
    ],
  ],
  [
    'Split',
    [
      { inputs: [f32(6, 2)], outputs: 3 },
      { inputs: [f32(2, 6), integers(1, 5)], attributes: { axis: 1 }, outputs: 2 },
      { inputs: [f32(7)], attributes: { num_outputs: 3 }, outputs: 3, opset: 18 },
      { inputs: [f32(6)], attributes: { split: [2, 4] }, outputs: 2, opset: 11 },
    ],
  ],
  ['Gather', [{ inputs: [f32(4, 5, 6), port('int64', 2, 3)], attributes: { axis: 1 } }]],
  ['Gather', [{ inputs: [f32(4, 5), { type: 'int64', dims: [], data: BigInt64Array.of(1n) }] }]],
  ['Expand', [{ inputs: [f32(3, 1), integers(2, 1, 4)] }]],
  ['Tile', [{ inputs: [f32(2, 3), integers(2, 1)] }]],
  [
    'Resize',
    [
      { inputs: [f32(1, 2, 3, 4), null, floats(1, 1, 2, 1.6)] },
      { inputs: [f32(1, 2, 3, 4), null, null, integers(1, 2, 5, 2)] },
      { inputs: [f32(2, 3), floats(0.5, 2)], opset: 10 },
      { inputs: [f32(1, 2, 3, 4), null, floats(2, 3)], attributes: { axes: [2, -1] }, opset: 18 },
    ],
  ],
  ['Upsample', [{ inputs: [f32(1, 2, 3, 4), floats(1, 1, 2, 2)], opset: 9 }]],
  [
    'TopK',
    [
      { inputs: [f32(3, 5), integers(2)], outputs: 2 },
      { inputs: [f32(3, 5), integers(1)], attributes: { axis: 0, largest: 0 }, outputs: 2 },
    ],
  ],
  ['ConstantOfShape', [{ inputs: [integers(2, 3)] }]],
  ['SpaceToDepth', [{ inputs: [f32(1, 2, 4, 6)], attributes: { blocksize: 2 } }]],
  ['DepthToSpace', [{ inputs: [f32(1, 8, 2, 3)], attributes: { blocksize: 2 } }]],
  ['Shape', [{ inputs: [f32(2, 3, 4)] }, { inputs: [f32(2, 3, 4)], attributes: { start: 1, end: -1 } }]],
  ['Size', [{ inputs: [f32(2, 3, 4)] }]],
  ...['ReduceMean', 'ReduceMax'].map(
    (op) =>
      [
        op,
        [
          { inputs: [f32(2, 3, 4)] },
          { inputs: [f32(2, 3, 4)], attributes: { axes: [-1, 0], keepdims: 0 } },
          { inputs: [f32(2, 3, 4), integers(1)], attributes: { keepdims: 1 }, opset: 18 },
        ],
      ] as const,
  ),
  [
    'ReduceSum',
    [{ inputs: [f32(2, 3), integers(1)] }, { inputs: [f32(2, 3)], attributes: { noop_with_empty_axes: 1 } }],
  ],
  ['ArgMax', [{ inputs: [f32(2, 3)], attributes: { axis: 1, keepdims: 0 } }, { inputs: [f32(2, 3)] }]],
  [
    'QuantizeLinear',
    [{ inputs: [f32(2, 3), scale] }, { inputs: scaled(f32(2, 3)) }, { inputs: [f32(2), scale, signedZero] }],
  ],
  ['DequantizeLinear', [{ inputs: scaled(u8(2, 3)) }, { inputs: [port('int32', 4), scale] }]],
  ['DynamicQuantizeLinear', [{ inputs: [f32(2, 3)], outputs: 3 }]],
  ['QLinearConv', [{ inputs: [...scaled(u8(1, 2, 5, 5)), ...scaled(u8(3, 2, 2, 2)), scale, zero, port('int32', 3)] }]],
  ['QLinearMatMul', [{ inputs: [...scaled(u8(2, 3)), ...scaled(u8(3, 4)), scale, zero] }]],
];

const microsoft: readonly (readonly [string, readonly Case[]])[] = [
  ['QLinearAdd', [{ inputs: [...scaled(u8(2, 3)), ...scaled(u8(4, 1, 1)), scale, zero] }]],
  ['QLinearMul', [{ inputs: [...scaled(u8(2, 3)), ...scaled(u8(3)), scale, zero] }]],
  ['QLinearSigmoid', [{ inputs: [...scaled(u8(2, 3)), scale, zero] }]],
  ['QLinearLeakyRelu', [{ inputs: [...scaled(u8(2, 3)), scale, zero] }]],
  ['QLinearConcat', [{ inputs: [scale, zero, ...scaled(u8(2, 3)), ...scaled(u8(2, 4))], attributes: { axis: 1 } }]],
  [
    'QLinearAveragePool',
    [
      { inputs: [...scaled(u8(1, 2, 7, 7)), scale, zero], attributes: { kernel_shape: [3, 2], strides: [2, 2] } },
      { inputs: [...scaled(u8(1, 7, 7, 2)), scale, zero], attributes: { kernel_shape: [2, 2], channels_last: 1 } },
    ],
  ],
  [
    'QLinearGlobalAveragePool',
    [
      { inputs: [...scaled(u8(1, 2, 7, 5)), scale, zero] },
      { inputs: [...scaled(u8(1, 7, 5, 2)), scale, zero], attributes: { channels_last: 1 } },
    ],
  ],
  [
    'QGemm',
    [
      { inputs: [...scaled(u8(2, 3)), ...scaled(u8(4, 3)), null, scale, zero], attributes: { transB: 1 } },
      { inputs: [...scaled(u8(3, 2)), ...scaled(u8(3, 4))], attributes: { transA: 1 } },
      { inputs: [...scaled(u8(2, 3)), ...scaled(u8(3, 4)), port('int32', 4), scale, zero] },
    ],
  ],
];

describe.each([
  ['', cases],
  ['com.microsoft', microsoft],
])('domain %j', (domain, table) => {
  test.each(table)('%s', async (op, list) => {
    for (const each of list) {
      const graph = graphOf(op, { ...each, domain });
      const bytes = writeModel(graph);
      const { outputs } = readModel(bytes);
      const inferred = outputs.map(({ type, dims }) => ({ type, dims }));
      expect(inferred).toEqual(await onnxruntime(bytes, graph));
    }
  });
});

describe('windows', () => {
  const next = ((state: number) => (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  })(7);

  test.each(['Conv', 'MaxPool', 'AveragePool'])('of %s are counted alike on random axes', async (op) => {
    let compared = 0;
    while (compared < 150) {
      const [kernel, stride] = [1 + next(5), 1 + next(4)];
      const autoPad = (['NOTSET', 'NOTSET', 'VALID', 'SAME_UPPER', 'SAME_LOWER'] as const)[next(5)] ?? 'NOTSET';
      // onnxruntime refuses dilated convolutions with SAME padding.
      const dilation = op === 'Conv' && autoPad.startsWith('SAME') ? 1 : 1 + next(3);
      const [padBegin, padEnd] = autoPad === 'NOTSET' ? [next(kernel), next(kernel)] : [0, 0];
      const ceilMode = op !== 'Conv' && next(2) === 1;
      const samePadding = op === 'Conv' ? 'dilated' : 'undilated';
      const input = 1 + next(12);
      const axis = { input, kernel, stride, dilation, padBegin, padEnd, autoPad, ceilMode, samePadding } as const;
      // onnxruntime's MaxPool fails on any negative padding.
      if (windowGeometry(axis).output < 1 || cropsInput(axis) || (op === 'MaxPool' && stride > kernel)) continue;
      const attributes = {
        kernel_shape: [kernel],
        strides: [stride],
        dilations: [dilation],
        auto_pad: autoPad,
        ...(autoPad === 'NOTSET' ? { pads: [padBegin, padEnd] } : {}),
        ...(op === 'Conv' ? {} : { ceil_mode: ceilMode ? 1 : 0 }),
      };
      const inputs = op === 'Conv' ? [f32(1, 1, input), f32(1, 1, kernel)] : [f32(1, 1, input)];
      const graph = graphOf(op, { inputs, attributes, opset: 19 });
      const bytes = writeModel(graph);
      expect([axis, readModel(bytes).outputs[0]?.dims]).toEqual([axis, (await onnxruntime(bytes, graph))[0]?.dims]);
      compared++;
    }
  });
});
