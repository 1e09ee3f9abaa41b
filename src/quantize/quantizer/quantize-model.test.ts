import { readFileSync } from 'node:fs';
import { unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import type { Graph } from '../../artifact/graph.ts';
import { readModel, writeModel } from '../../onnx/index.ts';
import { compareWithOnnxruntime, GraphBuilder, generator, hasOnnxruntime, normalFloats } from '../laws.ts';
import { calibrate, type FloatInputs } from '../node/calibrate.ts';
import { quantizationReport } from '../node/report.ts';
import type { CalibrationRanges } from '../ranges.ts';
import type { QuantizeOptions } from './options.ts';
import { prepareFloatModel } from './prepare.ts';
import { quantizeModel } from './quantize-model.ts';

const root = new URL('../../../', import.meta.url);

function read(path: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(path, root)));
}

function samplesFor(graph: Graph, count = 32): readonly FloatInputs[] {
  const random = generator(3);
  return Array.from({ length: count }, () => {
    const entries = graph.inputs.map(({ name, dims = [] }) => {
      const sizes = dims.map(Number);
      return [
        name,
        {
          dims: sizes,
          data: normalFloats(
            sizes.reduce((a, b) => a * b, 1),
            1,
            random,
          ),
        },
      ] as const;
    });
    return new Map(entries);
  });
}

async function quantized(graph: Graph, options: QuantizeOptions = {}): Promise<Graph> {
  return quantizeModel(graph, await calibrate(graph, writeModel, samplesFor(graph)), options);
}

const variants: readonly QuantizeOptions[] = [
  {},
  { weights: 'per-tensor' },
  { weights: 'per-channel' },
  { activations: 's8' },
  { activations: 's8', weights: 'per-tensor' },
  { reduceRange: true },
];

function batchNormalized(): Graph {
  const b = new GraphBuilder();
  const conv = b.node('Conv', ['x', b.randomFloats('w', [3, 2, 3, 3], 0.2), b.randomFloats('c', [3])], 'conv', {
    pads: [1, 1, 1, 1],
  });
  const statistics = [
    b.randomFloats('gamma', [3]),
    b.randomFloats('beta', [3]),
    b.randomFloats('mean', [3]),
    b.floats('variance', [3], [0.5, 2, 1]),
  ];
  const normal = b.node('BatchNormalization', [conv, ...statistics], 'bn', { epsilon: { float: 0.001 } });
  b.node('Identity', [b.node('Dropout', [b.node('Relu', [normal], 'relu')], 'drop')], 'y');
  return b.graph({ x: [1, 2, 6, 6] }, ['y']);
}

function residual(): Graph {
  const b = new GraphBuilder();
  const pads = { pads: [1, 1, 1, 1] };
  const first = b.node('Relu', [b.node('Conv', ['x', b.randomFloats('w1', [2, 2, 3, 3], 0.3)], 'c1', pads)], 'r1');
  const second = b.node(
    'Conv',
    [first, b.randomFloats('w2', [2, 2, 3, 3], 0.3), b.randomFloats('b2', [2])],
    'c2',
    pads,
  );
  const sum = b.node('Relu', [b.node('Add', [second, first], 'sum')], 'r2');
  const shifted = b.node('Add', [sum, b.randomFloats('shift', [2, 1, 1])], 'shifted');
  const turned = b.node('Transpose', [shifted], 'turned', { perm: [0, 2, 3, 1] });
  b.node(
    'MatMul',
    [b.node('Reshape', [turned, b.integers('shape', [36, 2])], 'flat'), b.randomFloats('w3', [2, 5])],
    'y',
  );
  return b.graph({ x: [1, 2, 6, 6] }, ['y']);
}

function clips(): Graph {
  const b = new GraphBuilder();
  const bounds = (name: string, low: number, high: number) => [
    b.floats(`${name}.low`, [], [low]),
    b.floats(`${name}.high`, [], [high]),
  ];
  const six = b.node(
    'Clip',
    [b.node('Conv', ['x', b.randomFloats('w1', [2, 2, 3, 3])], 'c1'), ...bounds('six', 0, 6)],
    'relu6',
  );
  const odd = b.node(
    'Clip',
    [b.node('Conv', [six, b.randomFloats('w2', [2, 2, 3, 3])], 'c2'), ...bounds('odd', 0.5, 3)],
    'clip',
  );
  b.node('Relu', [odd], 'y');
  return b.graph({ x: [1, 2, 8, 8] }, ['y', 'relu6']);
}

function factors(): Graph {
  const b = new GraphBuilder();
  const first = b.node('Gemm', ['x', b.randomFloats('w', [8, 4]), b.randomFloats('c', [1, 4])], 'g', {
    alpha: { float: 0.5 },
    beta: { float: 3 },
  });
  b.node('Gemm', [first, b.randomFloats('w2', [4, 3]), b.randomFloats('c2', [1])], 'y');
  return b.graph({ x: [2, 8] }, ['y']);
}

function zeros(): Graph {
  const b = new GraphBuilder();
  const w = b.floats('w', [3, 8], [...new Array<number>(8).fill(0), ...new Array<number>(16).fill(0.25)]);
  const dead = b.node('Gemm', ['x', w, b.floats('c', [3], [1e6, -1, 0])], 'g', { transB: 1 });
  const none = b.node('Gemm', [b.node('Relu', [dead], 'r'), b.floats('w2', [3, 2], new Array<number>(6).fill(0))], 'y');
  return b.graph({ x: [1, 8] }, [none]);
}

const models: readonly (readonly [string, () => Graph])[] = [
  ...['tiny-cnn', 'tiny-mlp', 'tiny-matmul', 'tiny-stride'].map(
    (name) => [name, () => readModel(read(`test/fixtures/models/${name}.float.onnx`))] as const,
  ),
  ['batch normalization', batchNormalized],
  ['residual', residual],
  ['clips', clips],
  ['alpha and beta', factors],
  ['weights and activations of zeros', zeros],
];

describe.skipIf(!hasOnnxruntime)('quantizeModel', () => {
  it.each(models)('%s runs bit for bit in every variant', async (_, build) => {
    for (const options of variants) {
      const { mismatch, elements } = await compareWithOnnxruntime(writeModel(await quantized(build(), options)), 4);
      expect(mismatch, JSON.stringify(options)).toBeNull();
      expect(elements).toBeGreaterThan(10);
    }
  });

  it('prepares without changing what the model computes', async () => {
    for (const build of [
      batchNormalized,
      residual,
      () => readModel(read('test/fixtures/models/tiny-matmul.float.onnx')),
    ]) {
      const graph = build();
      const ranges = await calibrate(graph, writeModel, samplesFor(graph, 8));
      const plain = await rawRange(graph, samplesFor(graph, 8));
      expect(ranges.get('y')?.max ?? ranges.get('output')?.max).toBeCloseTo(plain, 4);
      expect(prepareFloatModel(graph).nodes.length).toBeLessThanOrEqual(graph.nodes.length);
    }
  });

  it('drops a Relu its range implies and keeps one it does not', async () => {
    const ops = (graph: Graph): string[] => graph.nodes.map((node) => node.op).filter((op) => !op.endsWith('Linear'));
    expect(ops(await quantized(residual()))).toEqual(['Conv', 'Conv', 'Add', 'Add', 'Transpose', 'Reshape', 'MatMul']);
    // Clip(0.5, 3) cannot be implied, because 0 must stay representable; relu6 is an output but follows its own Conv.
    expect(ops(await quantized(clips()))).toEqual(['Conv', 'Conv', 'Clip', 'Relu']);
  });

  it('keeps LeNet-5 accurate and exact', async () => {
    const graph = readModel(read('artifacts/lenet5/lenet5.onnx'));
    const { samples, labels } = lenetSamples();
    const int8 = quantizeModel(graph, await calibrate(graph, writeModel, samples));
    const { mismatch } = await compareWithOnnxruntime(writeModel(int8), 3);
    expect(mismatch).toBeNull();
    const report = await quantizationReport(graph, int8, writeModel, samples, labels);
    expect(report.samples).toBe(256);
    expect(report.agreement).toBeGreaterThan(0.98);
    expect(Math.abs((report.accuracy?.float ?? 0) - (report.accuracy?.int8 ?? 1))).toBeLessThan(0.02);
    expect(report.activations.map((activation) => activation.name)).toEqual([
      'image',
      'relu1',
      'pool1',
      'relu2',
      'pool2',
      'flatten',
      'relu3',
      'relu4',
      'logits',
    ]);
    for (const { name, sqnr, maxAbsoluteError, scale } of report.activations) {
      expect(sqnr, name).toBeGreaterThan(30);
      expect(maxAbsoluteError, name).toBeLessThan(8 * scale);
    }
  });
});

async function rawRange(graph: Graph, samples: readonly FloatInputs[]): Promise<number> {
  const { openModel } = await import('../node/float-session.ts');
  const runner = await openModel(writeModel(graph), {});
  let max = -Infinity;
  for (const sample of samples) {
    const [output] = (await runner.run(sample)).values();
    for (const value of (output?.data ?? []) as Float32Array) max = Math.max(max, value);
  }
  await runner.close();
  return max;
}

function lenetSamples(): { readonly samples: readonly FloatInputs[]; readonly labels: Uint8Array } {
  const files = unzipSync(read('artifacts/lenet5/calibration.npz'));
  const body = (name: string): Uint8Array => {
    const bytes = files[name] ?? new Uint8Array();
    return bytes.subarray(10 + (bytes[8] ?? 0) + 256 * (bytes[9] ?? 0));
  };
  const pixels = body('image.npy');
  const size = 28 * 28;
  const samples = Array.from({ length: pixels.length / size }, (_, i) => {
    const data = Float32Array.from(pixels.subarray(i * size, (i + 1) * size), (pixel) => pixel * 0.00392156862745098);
    return new Map([['image', { dims: [1, 1, 28, 28], data }]]);
  });
  return { samples, labels: body('label.npy') };
}

const anyRange: CalibrationRanges = new Map([['x', { min: -1, max: 1 }]]);

it.skipIf(!hasOnnxruntime)('keeps LeNet-5 accurate when entropy chooses the ranges', async () => {
  const graph = readModel(read('artifacts/lenet5/lenet5.onnx'));
  const { samples, labels } = lenetSamples();
  const int8 = quantizeModel(graph, await calibrate(graph, writeModel, samples, { method: 'entropy' }));
  const { accuracy, agreement } = await quantizationReport(graph, int8, writeModel, samples, labels);
  expect(agreement).toBeGreaterThan(0.98);
  expect(Math.abs((accuracy?.float ?? 0) - (accuracy?.int8 ?? 1))).toBeLessThan(0.02);
});

describe('quantizeModel refuses', () => {
  const graph = (op: string): Graph => {
    const b = new GraphBuilder();
    b.node(op, ['x'], 'y');
    return b.graph({ x: [1, 8] }, ['y']);
  };

  it('an operator it does not know, by name', () => {
    expect(() => quantizeModel(graph('Softmax'), anyRange)).toThrow(
      expect.objectContaining({
        code: 'MODEL_UNSUPPORTED',
        where: 'Softmax:y',
        message: expect.stringContaining('Softmax'),
      }),
    );
  });

  it('a model that is int8 already', () => {
    const model = readModel(read('test/fixtures/models/tiny-mlp.qdq.onnx'));
    expect(() => quantizeModel(model, anyRange)).toThrow(/quantized already/);
  });

  it('to guess a range', () => {
    expect(() => quantizeModel(graph('Relu'), anyRange)).toThrow(
      expect.objectContaining({ code: 'USAGE', where: 'y' }),
    );
  });

  it('a BatchNormalization that nothing can absorb', () => {
    const b = new GraphBuilder();
    b.node('BatchNormalization', ['x', ...['g', 'b', 'm', 'v'].map((name) => b.randomFloats(name, [8]))], 'y');
    expect(() => prepareFloatModel(b.graph({ x: [1, 8] }, ['y']))).toThrow(/no Conv or Gemm of its own/);
  });
});
