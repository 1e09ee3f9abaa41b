/**
 * Random float islands: up to seven elementwise operators between DequantizeLinear and QuantizeLinear, over two tensors and
 * constants, compared with onnxruntime. What onnxruntime's optimizer rewrites on the way would show here.
 */
import type { Graph } from '../../src/artifact/graph.ts';
import { ProvennError } from '../../src/base/errors.ts';
import { writeModel } from '../../src/onnx/index.ts';
import { Random } from '../../src/ops/vectors.ts';
import { compareWithOnnxruntime, GraphBuilder } from '../../src/quantize/laws.ts';
import type { OracleMismatch } from '../../src/runtime/node/oracle.ts';

const unary =
  'Abs Neg Sigmoid Tanh Relu HardSigmoid HardSwish Softplus Softsign Elu Selu Erf Sqrt Exp Log Floor Ceil Round Reciprocal LeakyRelu Sign Gelu Mish';
const binary = 'Add Sub Mul Div Max Min';
const dims = [2, 4, 8];

function constant(random: Random, b: GraphBuilder, name: string): string {
  if (random.chance(0.5)) return b.randomFloats(name, [4, 1]);
  return b.floats(name, [], [random.pick([0.5, 1, 2, 3, Math.SQRT2, -1, 0.3, 6])]);
}

function island(seed: number): Graph {
  const random = new Random(seed);
  const b = new GraphBuilder();
  const dtype = random.byteDtype();
  const quantization = (low: number, high: number) => ({
    scale: random.scale(low, high),
    zeroPoint: random.byte(dtype),
    dtype,
  });
  const [x, z] = [quantization(-7, -3), quantization(-7, -3)];
  const values = [b.pair('x', 'xf', x), b.pair('z', 'zf', z)];
  const count = random.integer(1, 7);
  for (let i = 0; i < count; i++) {
    const a = random.chance(0.7) ? (values.at(-1) as string) : random.pick(values);
    if (random.chance(0.5)) values.push(b.node(random.pick(unary.split(' ')), [a], `v${i}`));
    else {
      const other = random.chance(0.5) ? constant(random, b, `c${i}`) : random.pick(values);
      values.push(b.node(random.pick(binary.split(' ')), random.chance(0.5) ? [a, other] : [other, a], `v${i}`));
    }
  }
  b.pair(values.at(-1) as string, 'y', quantization(-7, -2));
  b.pair('xf', 'x2', x);
  b.pair('zf', 'z2', z);
  return b.graph({ x: dims, z: random.chance(0.5) ? dims : [4, 1] }, ['y', 'x2', 'z2'], { opset: 20 });
}

export type Islands = {
  readonly compared: number;
  /** Islands that depend on more than two tensors. */
  readonly refused: number;
  readonly mismatches: readonly (OracleMismatch & { readonly seed: number })[];
};

export async function exploreIslands(from: number, count: number): Promise<Islands> {
  const mismatches: Islands['mismatches'][number][] = [];
  let refused = 0;
  for (let seed = from; seed < from + count; seed++) {
    try {
      const { mismatch } = await compareWithOnnxruntime(writeModel(island(seed)), 4);
      if (mismatch !== null) mismatches.push({ seed, ...mismatch });
    } catch (error) {
      if (!(error instanceof ProvennError) || !/more than two tensors/.test(error.message)) throw error;
      refused++;
    }
  }
  return { compared: count - refused, refused, mismatches };
}
