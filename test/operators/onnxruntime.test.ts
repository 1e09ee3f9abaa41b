/** Every arithmetic operator against onnxruntime itself, bit for bit, on seeded random instances. */
import * as ort from 'onnxruntime-node';
import { expect, it } from 'vitest';
import type { Attribute, Graph, GraphTensor } from '../../src/artifact/graph.ts';
import type { Json } from '../../src/base/canonical-json.ts';
import { clamp } from '../../src/base/rounding.ts';
import { type Dtype, type IntTensor, intTensor } from '../../src/base/tensor.ts';
import { writeModel } from '../../src/onnx/index.ts';
import type { ConvIntegerAttrs } from '../../src/ops/conv-integer/op.ts';
import { convIntegerVectors } from '../../src/ops/conv-integer/vectors.ts';
import type { ConvolutionAttrs } from '../../src/ops/convolution.ts';
import type { MatMulIntegerAttrs } from '../../src/ops/matmul-integer/op.ts';
import { matMulIntegerVectors } from '../../src/ops/matmul-integer/vectors.ts';
import type { MaxPoolAttrs } from '../../src/ops/max-pool/attrs.ts';
import { maxPoolVectors } from '../../src/ops/max-pool/vectors.ts';
import type { QGemmAttrs } from '../../src/ops/qgemm/attrs.ts';
import { qgemmVectors } from '../../src/ops/qgemm/vectors.ts';
import type { QLinearAddAttrs } from '../../src/ops/qlinear-add/attrs.ts';
import { qlinearAddVectors } from '../../src/ops/qlinear-add/vectors.ts';
import type { QLinearAveragePoolAttrs } from '../../src/ops/qlinear-average-pool/attrs.ts';
import { qlinearAveragePoolVectors } from '../../src/ops/qlinear-average-pool/vectors.ts';
import type { QLinearConvAttrs } from '../../src/ops/qlinear-conv/attrs.ts';
import { qlinearConvVectors } from '../../src/ops/qlinear-conv/vectors.ts';
import type { QLinearGlobalAveragePoolAttrs } from '../../src/ops/qlinear-global-average-pool/attrs.ts';
import { qlinearGlobalAveragePoolVectors } from '../../src/ops/qlinear-global-average-pool/vectors.ts';
import type { QLinearMatMulAttrs } from '../../src/ops/qlinear-matmul/attrs.ts';
import { qlinearMatMulVectors } from '../../src/ops/qlinear-matmul/vectors.ts';
import type { QLinearMulAttrs } from '../../src/ops/qlinear-mul/attrs.ts';
import { qlinearMulVectors } from '../../src/ops/qlinear-mul/vectors.ts';
import { doublyRounded, type OpCase, type OpVectors, Random } from '../../src/ops/vectors.ts';
import { Compared } from '../support/compared.ts';

const elementTypes = { u8: 'uint8', s8: 'int8', s32: 'int32', s64: 'int64' } as const;

/** A node of one operator under construction: inputs in order, those known before the run as initializers. */
class NodeModel {
  readonly inputs: string[] = [];
  readonly initializers: Map<string, GraphTensor> = new Map();
  readonly feeds: Map<string, IntTensor> = new Map();

  private add(tensor: GraphTensor): void {
    const name = `input${this.inputs.length}`;
    this.inputs.push(name);
    this.initializers.set(name, tensor);
  }

  scales(values: readonly number[]): this {
    this.add({ type: 'float32', dims: values.length === 1 ? [] : [values.length], data: Float32Array.from(values) });
    return this;
  }

  zeros(values: readonly number[], dtype: Dtype): this {
    this.integers({ dtype, dims: values.length === 1 ? [] : [values.length], data: Int32Array.from(values) }, true);
    return this;
  }

  integers(tensor: IntTensor, constant: boolean): this {
    if (!constant) {
      const name = `input${this.inputs.length}`;
      this.inputs.push(name);
      this.feeds.set(name, tensor);
    } else if (tensor.dtype === 'u8')
      this.add({ type: 'uint8', dims: tensor.dims, data: Uint8Array.from(tensor.data) });
    else if (tensor.dtype === 's8') this.add({ type: 'int8', dims: tensor.dims, data: Int8Array.from(tensor.data) });
    else this.add({ type: 'int32', dims: tensor.dims, data: tensor.data });
    return this;
  }

  absent(): this {
    this.inputs.push('');
    return this;
  }
}

async function runInOnnxruntime(
  model: NodeModel,
  op: string,
  domain: string,
  attributes: readonly (readonly [string, Attribute])[],
  output: IntTensor,
): Promise<Int32Array> {
  const graph: Graph = {
    name: op,
    irVersion: 8,
    opsets: new Map([
      ['', 17],
      ['com.microsoft', 1],
    ]),
    inputs: [...model.feeds].map(([name, { dtype, dims }]) => ({ name, type: elementTypes[dtype], dims })),
    outputs: [{ name: 'output', type: elementTypes[output.dtype], dims: output.dims }],
    nodes: [{ name: 'node', op, domain, inputs: model.inputs, outputs: ['output'], attributes: new Map(attributes) }],
    initializers: model.initializers,
    values: new Map(),
  };
  const session = await ort.InferenceSession.create(writeModel(graph), { intraOpNumThreads: 1, logSeverityLevel: 3 });
  const feeds = [...model.feeds].map(([name, { dtype, dims, data }]) => {
    const cells = dtype === 'u8' ? Uint8Array.from(data) : Int8Array.from(data);
    return [name, new ort.Tensor(dtype === 'u8' ? 'uint8' : 'int8', cells, [...dims])] as const;
  });
  const results = await session.run(Object.fromEntries(feeds));
  await session.release();
  return Int32Array.from(results['output']?.data as Uint8Array | Int8Array);
}

type Oracle<Attrs> = (sample: OpCase, attrs: Attrs, output: IntTensor) => Promise<Int32Array> | null;

const ints = (value: readonly number[]): Attribute => ({ kind: 'ints', value });

function convolutionAttributes(a: ConvolutionAttrs): readonly (readonly [string, Attribute])[] {
  return [
    ['strides', ints(a.strides)],
    ['dilations', ints(a.dilations)],
    ['pads', ints(a.pads)],
    ['group', { kind: 'int', value: a.group }],
  ];
}

const convolution: Oracle<QLinearConvAttrs> = ({ inputs }, a, output) => {
  const [x, w, bias] = inputs as [IntTensor, IntTensor, IntTensor | undefined];
  if (a.yType !== x.dtype) return null;
  const model = new NodeModel().integers(x, false).scales([a.xScale]).zeros([a.xZero], x.dtype);
  model.integers(w, true).scales(a.wScale).zeros(a.wZero, w.dtype).scales([a.yScale]).zeros([a.yZero], a.yType);
  if (bias !== undefined) model.integers(bias, true);
  return runInOnnxruntime(model, 'QLinearConv', '', convolutionAttributes(a), output);
};

const matrixProduct: Oracle<QLinearMatMulAttrs> = ({ inputs, constants }, a, output) => {
  const [left, right] = inputs as [IntTensor, IntTensor];
  if (a.yType !== left.dtype) return null;
  const model = new NodeModel().integers(left, false).scales([a.aScale]).zeros([a.aZero], left.dtype);
  const zeros = a.bScale.map((_, i) => a.bZero[a.bZero.length === 1 ? 0 : i] as number);
  model
    .integers(right, constants[1] === true)
    .scales(a.bScale)
    .zeros(zeros, right.dtype);
  model.scales([a.yScale]).zeros([a.yZero], a.yType);
  return runInOnnxruntime(model, 'QLinearMatMul', '', [], output);
};

const dense: Oracle<QGemmAttrs> = ({ inputs }, a, output) => {
  const [left, right, c] = inputs as [IntTensor, IntTensor, IntTensor | undefined];
  if (a.yType !== left.dtype) return null;
  const model = new NodeModel().integers(left, false).scales([a.aScale]).zeros([a.aZero], left.dtype);
  model.integers(right, true).scales(a.bScale).zeros(a.bZero, right.dtype);
  if (c === undefined) model.absent();
  else model.integers(c, true);
  model.scales([a.yScale]).zeros([a.yZero], a.yType);
  const attributes = [
    ['alpha', { kind: 'float', value: a.alpha }],
    ['transB', { kind: 'int', value: a.transB ? 1 : 0 }],
  ] as const;
  return runInOnnxruntime(model, 'QGemm', 'com.microsoft', attributes, output);
};

const binary =
  (op: string): Oracle<QLinearAddAttrs & QLinearMulAttrs> =>
  ({ inputs, constants }, a, output) => {
    const [left, right] = inputs as [IntTensor, IntTensor];
    const model = new NodeModel().integers(left, false).scales([a.aScale]).zeros([a.aZero], left.dtype);
    model
      .integers(right, constants[1] === true)
      .scales([a.bScale])
      .zeros([a.bZero], right.dtype);
    model.scales([a.yScale]).zeros([a.yZero], a.yType);
    return runInOnnxruntime(model, op, 'com.microsoft', [], output);
  };

const pooling: Oracle<MaxPoolAttrs> = ({ inputs }, a, output) => {
  const attributes = [
    ['kernel_shape', ints(a.kernel)],
    ['strides', ints(a.strides)],
    ['dilations', ints(a.dilations)],
    ['pads', ints(a.pads)],
    ['ceil_mode', { kind: 'int', value: a.ceilMode ? 1 : 0 }],
  ] as const;
  return runInOnnxruntime(new NodeModel().integers(inputs[0] as IntTensor, false), 'MaxPool', '', attributes, output);
};

const integerConvolution: Oracle<ConvIntegerAttrs> = ({ inputs }, a, output) => {
  const [x, w] = inputs as [IntTensor, IntTensor];
  const model = new NodeModel().integers(x, false).integers(w, true).zeros([a.xZero], x.dtype).zeros(a.wZero, w.dtype);
  return runInOnnxruntime(model, 'ConvInteger', '', convolutionAttributes(a), output);
};

const integerProduct: Oracle<MatMulIntegerAttrs> = ({ inputs, constants }, a, output) => {
  const [left, right, bias] = inputs as [IntTensor, IntTensor, IntTensor | undefined];
  if (bias !== undefined) return null;
  const model = new NodeModel().integers(left, false).integers(right, constants[1] === true);
  model.zeros([a.aZero], left.dtype).zeros(a.bZero, right.dtype);
  return runInOnnxruntime(model, 'MatMulInteger', '', [], output);
};

/** Input, its quantization, the quantization of the output: what the average pools read. */
function pooled(x: IntTensor, a: QLinearGlobalAveragePoolAttrs): NodeModel {
  const model = new NodeModel().integers(x, false).scales([a.xScale]).zeros([a.xZero], x.dtype);
  return model.scales([a.yScale]).zeros([a.yZero], a.yType);
}

const globalAverage: Oracle<QLinearGlobalAveragePoolAttrs> = ({ inputs: [x] }, a, output) => {
  if (a.yType !== x?.dtype) return null;
  return runInOnnxruntime(pooled(x, a), 'QLinearGlobalAveragePool', 'com.microsoft', [], output);
};

const average: Oracle<QLinearAveragePoolAttrs> = ({ inputs: [x] }, a, output) => {
  if (a.yType !== x?.dtype) return null;
  const attributes = [
    ['kernel_shape', ints(a.kernel)],
    ['strides', ints(a.strides)],
    ['pads', ints(a.pads)],
    ['ceil_mode', { kind: 'int', value: a.ceilMode ? 1 : 0 }],
    ['count_include_pad', { kind: 'int', value: a.countIncludePad ? 1 : 0 }],
  ] as const;
  return runInOnnxruntime(pooled(x, a), 'QLinearAveragePool', 'com.microsoft', attributes, output);
};

const record = new Compared();

/** Compares `count` instances and returns how many integers were compared. */
async function compare<Attrs>(vectors: OpVectors<Attrs & Json>, oracle: Oracle<Attrs>, count: number): Promise<number> {
  const random = new Random(11);
  let compared = 0;
  for (let i = 0; i < count; i++) {
    const sample = vectors.sample(random);
    const [ours] = vectors.op.run(sample.inputs, sample.attrs) as [IntTensor];
    const theirs = await oracle(sample, sample.attrs as Attrs, ours);
    if (theirs === null) continue;
    const { low, high } = sample.attrs as { low?: number; high?: number };
    expect(ours.data, `instance ${i}`).toEqual(
      theirs.map((y) => (low === undefined || high === undefined ? y : clamp(y, low, high))),
    );
    compared += theirs.length;
    record.operator(vectors.op.name, theirs.length);
  }
  return compared;
}

it('QLinearConv equals onnxruntime', async () => {
  expect(await compare(qlinearConvVectors, convolution, 300)).toBeGreaterThan(6000);
});

it('QLinearConv equals onnxruntime where an accumulator is no float32', async () => {
  // One channel per case: the image is 0, so the bias is the accumulator.
  const cases = doublyRounded(60);
  const attrs: QLinearConvAttrs = {
    xScale: 1,
    xZero: 0,
    wScale: cases.map(({ multiplier }) => multiplier),
    wZero: [0],
    strides: [1, 1],
    dilations: [1, 1],
    pads: [0, 0, 0, 0],
    group: 1,
    yScale: 1,
    yZero: 0,
    yType: 'u8',
    low: 0,
    high: 255,
  };
  const inputs = [
    intTensor('u8', [1, 1, 1, 1], [0]),
    intTensor('s8', [cases.length, 1, 1, 1], new Int32Array(cases.length).fill(1)),
    intTensor(
      's32',
      [cases.length],
      cases.map(({ acc }) => acc),
    ),
  ];
  const [ours] = qlinearConvVectors.op.run(inputs, attrs) as [IntTensor];
  expect(ours.data).toEqual(await convolution({ attrs, inputs, constants: [false, true, true] }, attrs, ours));
});

it('QLinearMatMul equals onnxruntime', async () => {
  expect(await compare(qlinearMatMulVectors, matrixProduct, 200)).toBeGreaterThan(500);
});

it('QGemm equals onnxruntime', async () => {
  expect(await compare(qgemmVectors, dense, 80)).toBeGreaterThan(300);
});

it('QLinearAdd equals onnxruntime', async () => {
  expect(await compare(qlinearAddVectors, binary('QLinearAdd'), 300)).toBeGreaterThan(2000);
});

it('QLinearMul equals onnxruntime', async () => {
  expect(await compare(qlinearMulVectors, binary('QLinearMul'), 300)).toBeGreaterThan(2000);
});

it('MaxPool equals onnxruntime', async () => {
  expect(await compare(maxPoolVectors, pooling, 150)).toBeGreaterThan(1500);
});

it('QLinearGlobalAveragePool equals onnxruntime', async () => {
  expect(await compare(qlinearGlobalAveragePoolVectors, globalAverage, 200)).toBeGreaterThan(400);
});

it('QLinearAveragePool equals onnxruntime', async () => {
  expect(await compare(qlinearAveragePoolVectors, average, 400)).toBeGreaterThan(2000);
});

it('ConvInteger equals onnxruntime', async () => {
  expect(await compare(convIntegerVectors, integerConvolution, 100)).toBeGreaterThan(1000);
});

it('MatMulInteger equals onnxruntime', async () => {
  expect(await compare(matMulIntegerVectors, integerProduct, 160)).toBeGreaterThan(500);
});

it('is what the record says, or more', () => {
  record.check('operators');
});
