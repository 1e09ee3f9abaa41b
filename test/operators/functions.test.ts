/**
 * The float functions against onnxruntime itself: first the floats, bit for bit; then, through the whole import, every entry
 * of the tables they become under many quantizations. What is compared is written to compared/functions.json.
 */
import * as ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import type { Attribute, ElementType, Graph, GraphNode } from '../../src/artifact/graph.ts';
import { dtypeRange, intTensor } from '../../src/base/tensor.ts';
import { readModel, writeModel } from '../../src/onnx/index.ts';
import type { ByteDtype } from '../../src/ops/attributes.ts';
import { Random } from '../../src/ops/vectors.ts';
import type { ByteQuantization } from '../../src/quantize/formula.ts';
import { arithmetic } from '../../src/quantize/functions/binary.ts';
import { unaryFunctions } from '../../src/quantize/functions/unary.ts';
import { importQuantized } from '../../src/quantize/import/import-quantized.ts';
import { GraphBuilder } from '../../src/quantize/laws.ts';
import { execute } from '../../src/runtime/execute.ts';
import { openOracle } from '../../src/runtime/node/oracle.ts';
import { Compared } from '../support/compared.ts';

/** Attributes to try besides the defaults. */
const variants: Readonly<Record<string, readonly Readonly<Record<string, number | string>>[]>> = {
  Celu: [{ alpha: 0.37 }],
  Elu: [{ alpha: 0.37 }],
  Gelu: [{ approximate: 'tanh' }],
  HardSigmoid: [{ alpha: 0.37, beta: 0.21 }],
  LeakyRelu: [{ alpha: 0.37 }],
  'com.microsoft:QuickGelu': [{ alpha: 0.37 }],
  Selu: [{ alpha: 1.3, gamma: 0.8 }],
  Swish: [{ alpha: 0.37 }],
  ThresholdedRelu: [{ alpha: 0.37 }],
};

type Case = readonly [title: string, key: string, attributes: Readonly<Record<string, number | string>>];
const cases: readonly Case[] = [...unaryFunctions.keys()].flatMap((key) =>
  [{}, ...(variants[key] ?? [])].map((attributes): Case => {
    const values = Object.values(attributes).join();
    return [values === '' ? key : `${key}(${values})`, key, attributes];
  }),
);

function split(key: string): readonly [domain: string, op: string] {
  const [op, domain = ''] = key.split(':').reverse() as [string, string?];
  return [domain, op];
}

/** Version of the operator set in which the function exists. */
function opsetOf(op: string): number {
  return op === 'Swish' ? 24 : 20;
}

function attributesOf(record: Case[2]): Record<string, string | { readonly float: number }> {
  const entries = Object.entries(record);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, typeof value === 'number' ? { float: value } : value]),
  );
}

function nodeOf(key: string, record: Case[2], inputs: readonly string[], output: string): GraphNode {
  const [domain, op] = split(key);
  const attributes = Object.entries(record).map(([name, value]): [string, Attribute] => {
    return [name, typeof value === 'number' ? { kind: 'float', value: Math.fround(value) } : { kind: 'string', value }];
  });
  return { name: output, op, domain, inputs, outputs: [output], attributes: new Map(attributes) };
}

/** Floats of every size, a multiple of every vector length so that no element is left to another code path. */
function samples(count: number): Float32Array {
  const random = new Random(3);
  return Float32Array.from({ length: count }, () => {
    const size = random.pick([0.01, 1, 8, 8, 20, 100]);
    return size * (2 * random.unit() - 1);
  });
}

async function floatsOf(node: GraphNode, feeds: Readonly<Record<string, Float32Array>>): Promise<Float32Array> {
  const ports = Object.entries(feeds).map(([name, { length }]) => ({ name, type: 'float32' as const, dims: [length] }));
  const graph: Graph = {
    name: 'float',
    irVersion: 10,
    opsets: new Map([
      ['', opsetOf(node.op)],
      ['com.microsoft', 1],
    ]),
    inputs: ports,
    outputs: [{ name: 'y', type: 'float32', dims: ports[0]?.dims }],
    nodes: [node],
    initializers: new Map(),
    values: new Map(),
  };
  const session = await ort.InferenceSession.create(writeModel(graph), { intraOpNumThreads: 1, logSeverityLevel: 3 });
  const tensors = ports.map(({ name, dims }) => [name, new ort.Tensor('float32', feeds[name] as Float32Array, dims)]);
  const results = await session.run(Object.fromEntries(tensors));
  await session.release();
  return results['y']?.data as Float32Array;
}

/** How far apart the bits are, element by element; all NaN count as one, and so do both zeros. */
function distances(ours: Float32Array, theirs: Float32Array): Int32Array {
  const bits = (floats: Float32Array): Int32Array =>
    new Int32Array(floats.map((x) => (x === 0 ? 0 : Number.isNaN(x) ? Number.NaN : x)).buffer);
  const other = bits(theirs);
  return bits(ours).map((value, i) => Math.abs(value - (other[i] as number)));
}

function differing(ours: Float32Array, theirs: Float32Array): number {
  return distances(ours, theirs).filter((distance) => distance !== 0).length;
}

describe('floats equal those of onnxruntime in every bit', () => {
  it.each(cases)('%s', async (_, key, attributes) => {
    const node = nodeOf(key, attributes, ['x'], 'y');
    const x = samples(65536);
    const f = (unaryFunctions.get(key) as (node: GraphNode) => (x: number) => number)(node);
    const theirs = await floatsOf(node, { x });
    expect(
      differing(
        x.map((value) => f(value)),
        theirs,
      ),
    ).toBe(0);
  });

  it.each([...arithmetic.keys()].filter((op) => op !== 'Pow'))('%s', async (op) => {
    const [a, b] = [samples(65536), samples(65536).reverse()];
    const theirs = await floatsOf(nodeOf(op, {}, ['a', 'b'], 'y'), { a, b });
    const f = arithmetic.get(op) as (a: number, b: number) => number;
    const ours = a.map((value, i) => f(value, b[i] as number));
    expect(differing(ours, theirs)).toBe(0);
  });

  it('Pow is within one unit in the last place, and nearly always equal', async () => {
    const [a, b] = [
      samples(65536).map(Math.abs),
      samples(65536)
        .reverse()
        .map((x) => x / 8),
    ];
    const theirs = await floatsOf(nodeOf('Pow', {}, ['a', 'b'], 'y'), { a, b });
    const f = arithmetic.get('Pow') as (a: number, b: number) => number;
    const ours = a.map((value, i) => f(value, b[i] as number));
    expect(Math.max(...distances(ours, theirs))).toBeLessThanOrEqual(1);
    expect(differing(ours, theirs)).toBeLessThan(100);
  });
});

/** An input range from tiny to wide, an output range that the values fill, overflow or hardly use. */
function quantizations(random: Random, dtype: ByteDtype): readonly [from: ByteQuantization, to: ByteQuantization] {
  const from = { scale: random.scale(-12, 0), zeroPoint: random.byte(dtype), dtype };
  const yType = random.chance(0.85) ? dtype : random.byteDtype();
  return [from, { scale: random.scale(-10, 1), zeroPoint: random.byte(yType), dtype: yType }];
}

const elementTypes = { u8: 'uint8', s8: 'int8' } as const;

const compared = new Compared();

/** Tables of one function under `count` quantizations of a byte type, all in one model, over all 256 bytes. */
async function compareTables(key: string, attributes: Case[2], dtype: ByteDtype, count: number): Promise<void> {
  const random = new Random(key.length + 17);
  const b = new GraphBuilder();
  const [domain, op] = split(key);
  const integers: Record<string, ElementType> = { x: elementTypes[dtype] };
  for (let i = 0; i < count; i++) {
    const [from, to] = quantizations(random, dtype);
    const made = b.node(op, [b.dequantize('x', `d${i}`, from)], `f${i}`, attributesOf(attributes), domain);
    integers[b.quantize(made, `y${i}`, to)] = elementTypes[to.dtype];
  }
  const outputs = Object.keys(integers).filter((name) => name !== 'x');
  const model = writeModel(b.graph({ x: [256] }, outputs, { opset: opsetOf(op), integers }));
  const quant = importQuantized(readModel(model));
  const [low] = dtypeRange[dtype];
  const bytes = Int32Array.from({ length: 256 }, (_, i) => low + i);
  const inputs = new Map([['x', intTensor(dtype, [256], bytes)]]);
  const oracle = await openOracle({ model, exposedModel: model, quant });
  const report = await oracle.check({ inputs, trace: execute(quant, inputs) });
  await oracle.close();
  expect(report.mismatch).toBeNull();
  compared.imported(key, quant);
}

describe('tables equal those of onnxruntime in every entry', () => {
  it.each(cases)('%s', async (_, key, attributes) => {
    for (const dtype of ['u8', 's8'] as const) await compareTables(key, attributes, dtype, 50);
  });

  it('is what the record says, or more', () => {
    compared.check('functions');
  });
});
