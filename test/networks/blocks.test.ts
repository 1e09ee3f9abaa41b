/** Blocks of well-known networks with seeded weights: equal to onnxruntime in every integer, and proven whole. */
import { describe, expect, it } from 'vitest';
import type { Graph } from '../../src/artifact/graph.ts';
import { encodeVerifyingKey } from '../../src/artifact/keys.ts';
import { encodeProof } from '../../src/artifact/proof.ts';
import { writeModel } from '../../src/onnx/index.ts';
import { compileModel, proveInference } from '../../src/pipeline/index.ts';
import type { ByteQuantization } from '../../src/quantize/formula.ts';
import {
  compareWithOnnxruntime,
  GraphBuilder,
  generator,
  hasOnnxruntime,
  randomInputs,
} from '../../src/quantize/laws.ts';
import { quantizeInput } from '../../src/runtime/ports.ts';
import { fresh } from '../support/fresh.ts';
import { verify } from '../support/judged.ts';

const u8 = (scale: number, zeroPoint: number): ByteQuantization => ({
  scale: Math.fround(scale),
  zeroPoint,
  dtype: 'u8',
});

type Convolution = {
  readonly from: number;
  readonly to: number;
  readonly kernel: number;
  readonly stride?: number;
  readonly group?: number;
};

/** A convolution with a scale per channel, padded to keep the image, behind its own pair. */
function convolution(
  b: GraphBuilder,
  x: string,
  name: string,
  { from, to, kernel, stride = 1, group = 1 }: Convolution,
  quantization: ByteQuantization,
  activation?: 'Relu',
): string {
  const scales = Array.from({ length: to }, (_, i) => Math.fround(0.004 + 0.001 * (i % 5)));
  const weights = b.weights(`${name}.w`, [to, from / group, kernel, kernel], scales);
  const pad = (kernel - 1) / 2;
  const attributes = { strides: [stride, stride], pads: [pad, pad, pad, pad], group };
  const sum = b.node('Conv', [x, weights], name, attributes);
  return b.pair(activation === undefined ? sum : b.node(activation, [sum], `${name}.act`), `${name}.q`, quantization);
}

/** Mean over the image, flattened, then a dense layer whose floats leave the model. */
function classifier(b: GraphBuilder, x: string, channels: number, mean: ByteQuantization): void {
  const average = b.pair(b.node('GlobalAveragePool', [x], 'gap'), 'gap.q', mean);
  const flat = b.node('Reshape', [average, b.integers('flat', [1, channels])], 'flatten');
  b.node('Gemm', [flat, b.weights('fc.w', [channels, 4], 0.01)], 'y');
}

/** MobileNetV2: expand, depthwise, project, residual sum; then a depthwise step down. */
function mobileNet(): Graph {
  const b = new GraphBuilder();
  const stem = convolution(
    b,
    b.pair('x', 'xf', u8(0.02, 128)),
    'stem',
    { from: 3, to: 6, kernel: 3, stride: 2 },
    u8(0.03, 128),
  );
  const wide = convolution(b, stem, 'expand', { from: 6, to: 12, kernel: 1 }, u8(0.02, 0), 'Relu');
  const deep = convolution(b, wide, 'depthwise', { from: 12, to: 12, kernel: 3, group: 12 }, u8(0.02, 0), 'Relu');
  const thin = convolution(b, deep, 'project', { from: 12, to: 6, kernel: 1 }, u8(0.02, 120));
  const sum = b.pair(b.node('Add', [stem, thin], 'add'), 'add.q', u8(0.035, 125));
  const down = convolution(b, sum, 'down', { from: 6, to: 6, kernel: 3, stride: 2, group: 6 }, u8(0.03, 0), 'Relu');
  classifier(b, down, 6, u8(0.01, 0));
  return b.graph({ x: [1, 3, 8, 8] }, ['y']);
}

/** ResNet: stem with MaxPool, a basic block whose skip is a strided 1×1 convolution, an AveragePool that keeps its scale. */
function resNet(): Graph {
  const b = new GraphBuilder();
  const stem = convolution(
    b,
    b.pair('x', 'xf', u8(0.02, 128)),
    'stem',
    { from: 3, to: 4, kernel: 3 },
    u8(0.03, 0),
    'Relu',
  );
  const pooled = b.pair(
    b.node('MaxPool', [stem], 'max', { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }),
    'max.q',
    u8(0.03, 0),
  );
  const first = convolution(b, pooled, 'first', { from: 4, to: 6, kernel: 3, stride: 2 }, u8(0.02, 0), 'Relu');
  const second = convolution(b, first, 'second', { from: 6, to: 6, kernel: 3 }, u8(0.02, 118));
  const skip = convolution(b, pooled, 'skip', { from: 4, to: 6, kernel: 1, stride: 2 }, u8(0.02, 125));
  const sum = b.node('Relu', [b.node('Add', [second, skip], 'add')], 'add.act');
  const joined = b.pair(sum, 'add.q', u8(0.025, 0));
  const average = b.node('AveragePool', [joined], 'average', { kernel_shape: [2, 2], strides: [2, 2] });
  const kept = b.pair(average, 'average.q', u8(0.025, 0));
  classifier(b, kept, 6, u8(0.02, 0));
  return b.graph({ x: [1, 3, 16, 16] }, ['y']);
}

/** ResNeXt: a grouped 3×3 convolution between two 1×1, several channels per group. */
function resNeXt(): Graph {
  const b = new GraphBuilder();
  const wide = convolution(
    b,
    b.pair('x', 'xf', u8(0.02, 128)),
    'in',
    { from: 3, to: 16, kernel: 1 },
    u8(0.02, 0),
    'Relu',
  );
  const cut = convolution(b, wide, 'groups', { from: 16, to: 16, kernel: 3, group: 4 }, u8(0.02, 0), 'Relu');
  const out = convolution(b, cut, 'out', { from: 16, to: 16, kernel: 1 }, u8(0.02, 128));
  const sum = b.pair(b.node('Add', [wide, out], 'add'), 'add.q', u8(0.03, 90));
  classifier(b, sum, 16, u8(0.01, 90));
  return b.graph({ x: [1, 3, 4, 4] }, ['y']);
}

/** Products of a tensor with itself, by heads: attention without its softmax. */
function selfAttention(): Graph {
  const b = new GraphBuilder();
  const x = b.pair('x', 'xf', u8(0.02, 128));
  const heads = b.node('Reshape', [x, b.integers('heads', [2, 12, 3, 4])], 'split');
  const rows = b.node('Transpose', [heads], 'rows', { perm: [0, 2, 1, 3] });
  const columns = b.node('Transpose', [heads], 'columns', { perm: [0, 2, 3, 1] });
  const scores = b.pair(b.node('MatMul', [rows, columns], 'scores'), 'scores.q', u8(0.06, 128));
  b.node('MatMul', [scores, rows], 'y');
  return b.graph({ x: [2, 12, 12] }, ['y']);
}

describe.each([
  ['a MobileNet block', mobileNet],
  ['a ResNet block', resNet],
  ['a ResNeXt block', resNeXt],
  ['an attention block', selfAttention],
] as const)('%s', (_, graph) => {
  it.skipIf(!hasOnnxruntime)('equals onnxruntime in every integer and in its floats', async () => {
    const { mismatch, elements } = await compareWithOnnxruntime(writeModel(graph()), 6);
    expect(mismatch).toBeNull();
    expect(elements).toBeGreaterThan(1000);
  });

  it.skipIf(!hasOnnxruntime)(
    'is proven; another output is refused',
    async () => {
      const { quant } = await compareWithOnnxruntime(writeModel(graph()), 1);
      const floats = randomInputs(quant, generator(3));
      const inputs = new Map(
        quant.inputs.map((port) => [port.name, quantizeInput(port, floats.get(port.name) as Float32Array)] as const),
      );
      const { provingKey, verifyingKey } = compileModel(quant);
      const { proof } = proveInference(provingKey, inputs, fresh());
      const key = encodeVerifyingKey(verifyingKey);
      expect(verify(key, encodeProof(proof)).ok).toBe(true);
      const publics = proof.statement.publics.map((values) => values.slice());
      const output = publics.at(-1) as Int32Array;
      output[0] = (output[0] as number) + 1;
      expect(verify(key, encodeProof({ ...proof, statement: { ...proof.statement, publics } })).ok).toBe(false);
    },
    180_000,
  );
});
