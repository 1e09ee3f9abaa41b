/** Largest and smallest elements and their indices against onnxruntime: on bytes, on floats of bytes, ties everywhere. */
import { afterAll, describe, expect, test } from 'vitest';
import type { Graph } from '../../src/artifact/graph.ts';
import type { Shape } from '../../src/base/tensor.ts';
import { writeModel } from '../../src/onnx/index.ts';
import { Random } from '../../src/ops/vectors.ts';
import { compareWithOnnxruntime, GraphBuilder } from '../../src/quantize/laws.ts';
import { Compared } from '../support/compared.ts';

const record = new Compared();

const bytes = (scale: number, zeroPoint: number, dtype: 'u8' | 's8' = 'u8') => ({
  scale: Math.fround(scale),
  zeroPoint,
  dtype,
});

type Operand = { readonly name: string; readonly dims: Shape };

function dimsOf(random: Random): Shape {
  return random.list(random.integer(1, 4), () => random.integer(1, 5));
}

/** The value the reduction looks at: bytes, their floats, or floats that fall, tie or jump with their bytes. */
function operand(b: GraphBuilder, random: Random, dims: Shape): Operand {
  const from = bytes(0.5, random.integer(0, 255));
  const kind = random.integer(0, 3);
  const x = b.pair('x', 'xf', from);
  if (kind === 0) return { name: x, dims };
  const op = random.pick(['Relu', 'Neg', 'Abs', 'Round', 'Floor']);
  return { name: b.node(op, [x], 'f'), dims };
}

function argument(random: Random, onBytes: boolean): Graph {
  const b = new GraphBuilder();
  const dims = dimsOf(random);
  const name = onBytes ? 'x' : operand(b, random, dims).name;
  const attributes = {
    axis: random.integer(-dims.length, dims.length - 1),
    keepdims: random.integer(0, 1),
    select_last_index: random.integer(0, 1),
  };
  b.node(random.pick(['ArgMax', 'ArgMin']), [name], 'y', attributes);
  return b.graph({ x: dims }, ['y'], { integers: { y: 'int64', ...(onBytes ? { x: 'uint8' } : {}) } });
}

function first(random: Random): Graph {
  const b = new GraphBuilder();
  const dims = dimsOf(random);
  const { name } = operand(b, random, dims);
  const attributes = { axis: random.integer(-dims.length, dims.length - 1), largest: random.integer(0, 1) };
  b.splitting('TopK', [name, b.integers('k', [1])], ['v', 'i'], attributes);
  b.pair('v', 'y', bytes(0.7, 30));
  return b.graph({ x: dims }, ['y', 'i'], { integers: { i: 'int64' } });
}

function reduction(random: Random, onBytes: boolean): Graph {
  const b = new GraphBuilder();
  const dims = dimsOf(random);
  const opset = random.pick([13, 18]);
  const axes = dims.map((_, dim) => dim - (random.chance(0.3) ? dims.length : 0)).filter(() => random.chance(0.6));
  const attributes = { keepdims: random.integer(0, 1), ...(opset < 18 && axes.length > 0 ? { axes } : {}) };
  const operands = opset >= 18 && axes.length > 0 ? [b.integers('axes', axes)] : [];
  const type = random.pick(['uint8', 'int8'] as const);
  const x = onBytes ? 'x' : b.pair('x', 'xf', bytes(0.5, 12));
  b.node(random.pick(['ReduceMax', 'ReduceMin']), [x, ...operands], onBytes ? 'y' : 'm', attributes);
  if (!onBytes) b.pair('m', 'y', bytes(0.5, 12));
  return b.graph({ x: dims }, ['y'], { opset, integers: onBytes ? { x: type, y: type } : {} });
}

let compared = 0;
afterAll(() => process.stdout.write(`extremes equal onnxruntime on ${compared} integers\n`));

describe.each<[string, (random: Random) => Graph]>([
  ['ArgMax and ArgMin of bytes', (random) => argument(random, true)],
  ['ArgMax and ArgMin of floats', (random) => argument(random, false)],
  ['TopK of one element', first],
  ['ReduceMax and ReduceMin of bytes', (random) => reduction(random, true)],
  ['ReduceMax and ReduceMin of floats', (random) => reduction(random, false)],
])('%s', (_, make) => {
  test('equals onnxruntime', async () => {
    const random = new Random(9);
    for (let i = 0; i < 60; i++) {
      const { elements, mismatch, quant } = await compareWithOnnxruntime(writeModel(make(random)), 2);
      record.network(quant, 2);
      expect(mismatch, `instance ${i}`).toBeNull();
      compared += elements;
    }
  });
});

test('what was compared is what the record says, or more', () => {
  record.check('extremes');
});
