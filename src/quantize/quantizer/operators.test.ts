/** Every operator the quantizer knows: a float model of it, made int8, runs as in onnxruntime, every integer. */
import { describe, expect, it } from 'vitest';
import type { Graph } from '../../artifact/graph.ts';
import { product } from '../../base/tensor.ts';
import { writeModel } from '../../onnx/index.ts';
import { compareWithOnnxruntime, GraphBuilder, generator, hasOnnxruntime, normalFloats } from '../laws.ts';
import { calibrate, type FloatInputs } from '../node/calibrate.ts';
import { handlers } from './operators.ts';
import { quantizeModel } from './quantize-model.ts';

const image = [1, 4, 6, 6];

type Model = (b: GraphBuilder, op: string) => readonly string[];

const same: Model = (b, op) => [b.node(op, ['x'], 'y')];

/** Two convolutions of the input, so that their scales differ, and the operator of both. */
const both: Model = (b, op) => {
  const halves = ['a', 'b'].map((name) => b.node('Conv', ['x', b.randomFloats(`${name}.w`, [4, 4, 1, 1])], name));
  return [b.node(op, halves, 'y', op === 'Concat' ? { axis: 1 } : {})];
};

/** An operator with further operands and attributes. */
const withOperands =
  (operands: (b: GraphBuilder) => readonly string[], attributes: Parameters<GraphBuilder['node']>[3] = {}): Model =>
  (b, op) => [b.node(op, ['x', ...operands(b)], 'y', attributes)];

const window = { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] };

const models: ReadonlyMap<string, Model> = new Map([
  ['Conv', withOperands((b) => [b.randomFloats('w', [4, 1, 3, 3]), b.randomFloats('c', [4])], { group: 4 })],
  ['Gemm', (b, op) => [b.node(op, [b.node('Flatten', ['x'], 'f'), b.randomFloats('w', [144, 3])], 'y')]],
  ['MatMul', withOperands((b) => [b.randomFloats('w', [6, 3])])],
  ...['Add', 'Sub', 'Mul', 'Div', 'Max', 'Min', 'Concat'].map((op): [string, Model] => [op, both]),
  ['Clip', withOperands((b) => [b.floats('low', [], [-0.5]), b.floats('high', [], [0.75])])],
  ['Pow', withOperands((b) => [b.floats('exponent', [], [2])])],
  ['PRelu', withOperands((b) => [b.floats('slope', [4, 1, 1], [0.1, -0.2, 0.3, 1])])],
  ['AveragePool', withOperands(() => [], window)],
  ['MaxPool', withOperands(() => [], window)],
  ['Reshape', withOperands((b) => [b.integers('shape', [1, 2, 2, 36])])],
  ['Transpose', withOperands(() => [], { perm: [0, 2, 3, 1] })],
  ['Squeeze', withOperands((b) => [b.integers('axes', [0])])],
  ['Unsqueeze', withOperands((b) => [b.integers('axes', [1])])],
  ['Expand', withOperands((b) => [b.integers('shape', [2, 4, 6, 6])])],
  ['Tile', withOperands((b) => [b.integers('repeats', [1, 2, 1, 1])])],
  [
    'Slice',
    withOperands((b) => ['starts', 'ends', 'axes'].map((name, i) => b.integers(name, [[1, 4, 2][i] as number]))),
  ],
  ['Gather', withOperands((b) => [b.integers('indices', [3, 0, 0])], { axis: 1 })],
  ['Pad', withOperands((b) => [b.integers('pads', [0, 0, 1, 2, 0, 0, 0, 1])])],
  ['DepthToSpace', withOperands(() => [], { blocksize: 2 })],
  ['SpaceToDepth', withOperands(() => [], { blocksize: 2 })],
  [
    'Resize',
    withOperands((b) => ['', b.floats('scales', [4], [1, 1, 2, 2])], {
      mode: 'nearest',
      coordinate_transformation_mode: 'asymmetric',
      nearest_mode: 'floor',
    }),
  ],
  [
    'Split',
    (b, op) => {
      b.splitting(op, ['x', b.integers('sizes', [1, 3])], ['y', 'z'], { axis: 1 });
      return ['y', 'z'];
    },
  ],
]);

const indices: ReadonlySet<string> = new Set(['ArgMax', 'ArgMin']);

function graphOf(op: string): Graph {
  const b = new GraphBuilder();
  const outputs = (models.get(op) ?? same)(b, op);
  const opset = op === 'Gelu' || op === 'Mish' ? 20 : 17;
  return b.graph({ x: image }, outputs, indices.has(op) ? { opset, integers: { y: 'int64' } } : { opset });
}

/** The model is preceded by nothing: the input itself is quantized. Logarithms and roots want positive values. */
function samplesFor(op: string): readonly FloatInputs[] {
  const random = generator(5);
  const positive = ['Log', 'Sqrt', 'Reciprocal'].includes(op);
  return Array.from({ length: 8 }, () => {
    const data = normalFloats(product(image), 1, random);
    return new Map([['x', { dims: image, data: positive ? data.map((value) => Math.abs(value) + 0.1) : data }]]);
  });
}

describe.skipIf(!hasOnnxruntime)('quantizeModel makes', () => {
  it.each([...handlers.keys()])('%s an operator of integers', async (op) => {
    for (const activations of ['u8', 's8'] as const) {
      const graph = graphOf(op);
      const int8 = quantizeModel(graph, await calibrate(graph, writeModel, samplesFor(op)), { activations });
      expect((await compareWithOnnxruntime(writeModel(int8), 3)).mismatch).toBeNull();
    }
  });
});
