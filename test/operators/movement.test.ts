/** Every operator that only moves values against onnxruntime: on bytes, between DequantizeLinear and QuantizeLinear, and before a Conv. */
import { afterAll, describe, expect, test } from 'vitest';
import type { Graph } from '../../src/artifact/graph.ts';
import { ProvennError } from '../../src/base/errors.ts';
import { product, type Shape } from '../../src/base/tensor.ts';
import { writeModel } from '../../src/onnx/index.ts';
import { Random } from '../../src/ops/vectors.ts';
import { compareWithOnnxruntime, GraphBuilder } from '../../src/quantize/laws.ts';
import { Compared } from '../support/compared.ts';

type Attributes = NonNullable<Parameters<GraphBuilder['node']>[3]>;

/** One node: operands besides the data, attributes, and how many outputs it has. */
type Move = {
  readonly op: string;
  readonly dims: Shape;
  readonly operands?: readonly string[];
  readonly attributes?: Attributes;
  readonly opset?: number;
  readonly outputs?: number;
};

type Maker = (random: Random, b: GraphBuilder) => Move;

function shape(random: Random, least: number, most: number, largest = 5): number[] {
  return random.list(random.integer(least, most), () => random.integer(1, largest));
}

function distinctAxes(random: Random, rank: number): number[] {
  const axes = Array.from({ length: rank }, (_, i) => i).filter(() => random.chance(0.6));
  const chosen = axes.length > 0 ? axes : [0];
  return chosen.map((axis) => (random.chance(0.3) ? axis - rank : axis));
}

const at = (dims: Shape, axis: number): number => dims[axis < 0 ? axis + dims.length : axis] as number;

const slice: Maker = (random, b) => {
  const dims = shape(random, 1, 4, 6);
  const axes = distinctAxes(random, dims.length);
  const opset = random.pick([9, 13, 17]);
  const steps = axes.map(() => (opset < 10 ? 1 : random.pick([1, 1, 2, -1, -2])));
  const ends = axes.map((axis, i) => {
    const last = at(dims, axis);
    return (steps[i] as number) > 0
      ? random.pick([last, 2 ** 31, -1 + (last === 1 ? 2 : 0)])
      : random.pick([-100, -(2 ** 31)]);
  });
  const starts = axes.map((axis, i) => {
    const last = at(dims, axis) - 1;
    return (steps[i] as number) > 0
      ? random.integer(0, Math.max(0, last - 1))
      : random.pick([-1, 100, random.integer(0, last)]);
  });
  if (opset < 10) return { op: 'Slice', dims, attributes: { starts, ends, axes }, opset };
  const operands = [starts, ends, axes, steps].map((list, i) => b.integers(`slice${i}`, list));
  return { op: 'Slice', dims, operands, opset };
};

const split: Maker = (random, b) => {
  const dims = shape(random, 1, 3);
  const axis = random.integer(0, dims.length - 1);
  const outputs = random.integer(2, 3);
  const kind = random.integer(0, 3);
  if (kind === 0) {
    const sizes = random.list(outputs, () => random.integer(1, 3));
    dims[axis] = sizes.reduce((sum, size) => sum + size, 0);
    return { op: 'Split', dims, operands: [b.integers('sizes', sizes)], attributes: { axis }, outputs };
  }
  if (kind === 1) {
    const sizes = random.list(outputs, () => random.integer(1, 3));
    dims[axis] = sizes.reduce((sum, size) => sum + size, 0);
    return { op: 'Split', dims, attributes: { axis, split: sizes }, outputs, opset: 11 };
  }
  const part = random.integer(1, 3);
  dims[axis] = part * outputs;
  if (kind === 2) return { op: 'Split', dims, attributes: { axis }, outputs };
  dims[axis] = part * outputs - (part > 1 ? 1 : 0);
  return { op: 'Split', dims, attributes: { axis, num_outputs: outputs }, outputs, opset: 18 };
};

const gather: Maker = (random, b) => {
  const dims = shape(random, 1, 3);
  const axis = random.integer(-dims.length, dims.length - 1);
  const size = at(dims, axis);
  const indexDims = shape(random, 0, 2, 3);
  const data = BigInt64Array.from({ length: product(indexDims) }, () => BigInt(random.integer(-size, size - 1)));
  const operands = [b.constant('indices', { type: 'int64', dims: indexDims, data })];
  return { op: 'Gather', dims, operands, attributes: { axis } };
};

const expand: Maker = (random, b) => {
  const dims = random.list(random.integer(1, 3), () => (random.chance(0.5) ? 1 : random.integer(2, 4)));
  const target = dims.map((size) => (size === 1 ? random.integer(1, 3) : random.pick([1, size])));
  const leading = random.chance(0.3) ? [random.integer(1, 2)] : [];
  return { op: 'Expand', dims, operands: [b.integers('shape', [...leading, ...target])] };
};

const tile: Maker = (random, b) => {
  const dims = shape(random, 1, 4, 3);
  return {
    op: 'Tile',
    dims,
    operands: [
      b.integers(
        'repeats',
        dims.map(() => random.integer(1, 3)),
      ),
    ],
  };
};

const pads = (random: Random, dims: Shape, low: number, high: (size: number) => number): number[] => {
  const side = (): number[] => dims.map((size) => random.integer(size > 2 ? low : 0, high(size)));
  return [...side(), ...side()];
};

const borderPad: Maker = (random, b) => {
  const dims = random.list(random.integer(2, 4), () => random.integer(2, 5));
  const mode = random.pick(['edge', 'reflect']);
  return {
    op: 'Pad',
    dims,
    operands: [
      b.integers(
        'pads',
        pads(random, dims, 0, (size) => size - 1),
      ),
    ],
    attributes: { mode },
  };
};

/** Constants of a border: 0 is some byte for most zero points, 0.37 for none, and a negative pad cuts. */
const constantPad: Maker = (random, b) => {
  const dims = shape(random, 1, 4);
  const operands = [
    b.integers(
      'pads',
      pads(random, dims, -1, () => 2),
    ),
  ];
  if (random.chance(0.3)) return { op: 'Pad', dims, operands };
  const opset = random.pick([13, 18]);
  const value = random.pick([0, 0.37, -0.5, 3]);
  return { op: 'Pad', dims, operands: [...operands, b.floats('value', [], [value])], opset };
};

const bytePad: Maker = (random, b) => {
  const dims = shape(random, 1, 4);
  const operands = [
    b.integers(
      'pads',
      pads(random, dims, -1, () => 2),
    ),
  ];
  const value = b.constant('value', { type: 'uint8', dims: [], data: Uint8Array.of(random.integer(0, 255)) });
  return { op: 'Pad', dims, operands: [...operands, value] };
};

const pixels: Maker = (random) => {
  const size = random.pick([2, 3]);
  const up = random.chance(0.6);
  const [c, h, w] = [random.integer(1, 3), random.integer(1, 3), random.integer(1, 3)];
  if (!up) return { op: 'SpaceToDepth', dims: [1, c, h * size, w * size], attributes: { blocksize: size } };
  const mode = random.pick(['DCR', 'CRD']);
  return { op: 'DepthToSpace', dims: [1, c * size * size, h, w], attributes: { blocksize: size, mode } };
};

const resize: Maker = (random, b) => {
  const up = random.chance(0.7);
  const factors = [1, 1, random.integer(1, 4), random.integer(1, 4)];
  const base = [1, random.integer(1, 2), random.integer(1, 4), random.integer(1, 4)];
  const dims = up ? base : base.map((size, i) => size * (factors[i] as number));
  const coordinate = random.pick(['asymmetric', 'half_pixel', 'pytorch_half_pixel']);
  const nearest = random.pick(['round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil']);
  const attributes = { mode: 'nearest', coordinate_transformation_mode: coordinate, nearest_mode: nearest };
  if (random.chance(0.4)) {
    const sizes = up ? base.map((size, i) => size * (factors[i] as number)) : base;
    return { op: 'Resize', dims, operands: ['', '', b.integers('sizes', sizes)], attributes };
  }
  const scales = factors.map((factor) => (up ? factor : Math.fround(1 / factor)));
  return { op: 'Resize', dims, operands: ['', b.floats('scales', [4], scales)], attributes };
};

/** Any factors, by sizes or by scales; where rounding decides an index, the model is refused. */
const unevenResize: Maker = (random, b) => {
  const dims = [1, 1, random.integer(1, 9), random.integer(1, 9)];
  const coordinate = random.pick(['asymmetric', 'half_pixel', 'pytorch_half_pixel', 'align_corners']);
  const nearest = random.pick(['round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil']);
  const attributes = { mode: 'nearest', coordinate_transformation_mode: coordinate, nearest_mode: nearest };
  if (random.chance(0.5)) {
    const sizes = [1, 1, random.integer(1, 20), random.integer(1, 20)];
    return { op: 'Resize', dims, operands: ['', '', b.integers('sizes', sizes)], attributes };
  }
  const scale = (): number => Math.fround(random.pick([0.6, 1.5, 2.5, 0.75, 1.25, 3.3, 0.35]));
  const fits = dims.map((size, i) => (i < 2 ? 1 : Math.max(scale(), Math.fround(1 / size))));
  return { op: 'Resize', dims, operands: ['', b.floats('scales', [4], fits)], attributes };
};

const reshape: Maker = (random, b) => {
  const dims = shape(random, 1, 4);
  const flat = product(dims);
  const divisors = Array.from({ length: flat }, (_, i) => i + 1).filter((size) => flat % size === 0);
  const first = random.pick(divisors);
  const target = random.pick([
    [first, -1],
    [-1, first, 1],
    [1, flat / first, first],
  ]);
  return { op: 'Reshape', dims, operands: [b.integers('shape', target)] };
};

const transpose: Maker = (random) => {
  const dims = shape(random, 2, 4);
  const perm = dims.map((_, i) => i).sort(() => random.unit() - 0.5);
  return { op: 'Transpose', dims, attributes: random.chance(0.2) ? {} : { perm } };
};

const makers: readonly (readonly [string, Maker])[] = [
  ['Slice', slice],
  ['Split', split],
  ['Gather', gather],
  ['Expand', expand],
  ['Tile', tile],
  ['Pad at its borders', borderPad],
  ['DepthToSpace and SpaceToDepth', pixels],
  ['Resize', resize],
  ['Reshape', reshape],
  ['Transpose', transpose],
];

const bytes = (scale: number, zeroPoint: number, dtype: 'u8' | 's8' = 'u8') => ({
  scale: Math.fround(scale),
  zeroPoint,
  dtype,
});

function onBytes(make: Maker, random: Random, types: readonly ('uint8' | 'int8')[] = ['uint8', 'int8']): Graph {
  const b = new GraphBuilder();
  const move = make(random, b);
  const type = random.pick(types);
  const names = Array.from({ length: move.outputs ?? 1 }, (_, i) => `y${i}`);
  b.splitting(move.op, ['x', ...(move.operands ?? [])], names, move.attributes);
  const integers = Object.fromEntries(['x', ...names].map((name) => [name, type]));
  return b.graph({ x: move.dims }, names, { opset: move.opset ?? 17, integers });
}

function betweenPairs(make: Maker, random: Random): Graph {
  const b = new GraphBuilder();
  const move = make(random, b);
  // QuantizeLinear came with operator set 10.
  if ((move.opset ?? 17) < 10) return betweenPairs(make, random);
  const dtype = random.pick(['u8', 's8'] as const);
  const from = bytes(0.02, dtype === 'u8' ? random.integer(0, 255) : random.integer(-128, 127), dtype);
  const to = random.chance(0.5) ? from : bytes(0.03, 7, dtype);
  const x = b.pair('x', 'xf', from);
  const names = Array.from({ length: move.outputs ?? 1 }, (_, i) => `m${i}`);
  b.splitting(move.op, [x, ...(move.operands ?? [])], names, move.attributes);
  for (const name of names) b.pair(name, `${name}/y`, to);
  return b.graph(
    { x: move.dims },
    names.map((name) => `${name}/y`),
    { opset: move.opset ?? 17 },
  );
}

let compared = 0;
const record = new Compared();

async function compare(graph: Graph, where: string): Promise<void> {
  const { elements, mismatch, quant } = await compareWithOnnxruntime(writeModel(graph), 1);
  expect(mismatch, where).toBeNull();
  compared += elements;
  record.network(quant, 1);
}

/** Where a movement happens to move nothing, two pairs in a row are refused; any other failure is one. */
function mergedPairs(error: unknown): boolean {
  if (error instanceof ProvennError && /replaces this second quantization/.test(error.message)) return true;
  throw error;
}

afterAll(() => process.stdout.write(`movements equal onnxruntime on ${compared} integers\n`));

describe.each(makers)('%s equals onnxruntime', (_, make) => {
  test('on bytes', async () => {
    const random = new Random(5);
    for (let i = 0; i < 40; i++) await compare(onBytes(make, random), `instance ${i}`);
  });

  test('between pairs', async () => {
    const random = new Random(6);
    let refused = 0;
    for (let i = 0; i < 25; i++) {
      const outcome = compare(betweenPairs(make, random), `instance ${i}`);
      if (await outcome.then(() => false, mergedPairs)) refused++;
    }
    expect(refused).toBeLessThan(10);
  });
});

test('Pad with a constant equals onnxruntime, on bytes and between pairs', async () => {
  const random = new Random(7);
  for (let i = 0; i < 40; i++) await compare(onBytes(bytePad, random, ['uint8']), `bytes ${i}`);
  for (let i = 0; i < 40; i++) await compare(betweenPairs(constantPad, random), `pairs ${i}`);
});

/** Shapes that join along an axis, one of them constant at times. */
function joinable(random: Random, count: number): { readonly dims: number[][]; readonly axis: number } {
  const base = shape(random, 1, 4, 4);
  const axis = random.integer(0, base.length - 1);
  const dims = random.list(count, () => base.map((size, dim) => (dim === axis ? random.integer(1, 3) : size)));
  return { dims, axis: random.chance(0.3) ? axis - base.length : axis };
}

function concatenation(random: Random, form: 'bytes' | 'pairs' | 'qlinear'): Graph {
  const b = new GraphBuilder();
  const { dims, axis } = joinable(random, random.integer(2, 3));
  const dtype = random.pick(['u8', 's8'] as const);
  const zero = (): number => (dtype === 'u8' ? random.integer(0, 255) : random.integer(-128, 127));
  const same = random.chance(0.4) ? bytes(0.02, zero(), dtype) : null;
  const quantization = () => same ?? bytes(random.pick([0.01, 0.02, 0.05]), zero(), dtype);
  const names = dims.map((_, i) => `x${i}`);
  const inputs = Object.fromEntries(dims.map((each, i) => [`x${i}`, each]));
  const type = dtype === 'u8' ? 'uint8' : 'int8';
  const integers = Object.fromEntries([...names, 'y'].map((name) => [name, type] as const));
  if (form === 'bytes') {
    b.node('Concat', names, 'y', { axis });
    return b.graph(inputs, ['y'], { integers });
  }
  if (form === 'pairs') {
    const floats = names.map((name) => b.pair(name, `${name}/f`, quantization()));
    const constant = b.randomFloats('constant', dims[0] as number[]);
    b.pair(b.node('Concat', random.chance(0.3) ? [...floats, constant] : floats, 'c', { axis }), 'y', quantization());
    return b.graph(inputs, ['y']);
  }
  const operands = names.flatMap((name) => [name, ...b.parameters(name, quantization())]);
  b.node('QLinearConcat', [...b.parameters('y', quantization()), ...operands], 'y', { axis }, 'com.microsoft');
  return b.graph(inputs, ['y'], { integers });
}

test.each(['bytes', 'pairs', 'qlinear'] as const)('Concat equals onnxruntime: %s', async (form) => {
  const random = new Random(8);
  for (let i = 0; i < 40; i++) await compare(concatenation(random, form), `instance ${i}`);
});

/** The same movement before a Conv, whose kernel then meets the moved image, or after it. */
function besideConv(b: GraphBuilder, move: Move, before: boolean, channels: number): Graph {
  const x = b.pair('x', 'xf', bytes(0.02, 128));
  const conv = (input: string): string => b.node('Conv', [input, b.weights('w', [3, channels, 2, 2], 0.01)], 'c');
  const moved = (input: string): string => b.node(move.op, [input, ...(move.operands ?? [])], 'm', move.attributes);
  b.pair(before ? conv(moved(x)) : moved(conv(x)), 'y', bytes(0.05, 100));
  return b.graph({ x: move.dims }, ['y']);
}

const besides: readonly (readonly [string, boolean, number, (b: GraphBuilder) => Move])[] = [
  [
    'a Reshape that splits',
    true,
    3,
    (b) => ({ op: 'Reshape', dims: [1, 48], operands: [b.integers('s', [1, 3, 4, 4])] }),
  ],
  ['a Transpose', true, 4, () => ({ op: 'Transpose', dims: [1, 3, 4, 5], attributes: { perm: [0, 2, 1, 3] } })],
  [
    'a Slice',
    true,
    2,
    (b) => ({
      op: 'Slice',
      dims: [1, 3, 5, 5],
      operands: ['start', 'end'].map((name, i) => b.integers(name, [i === 0 ? 0 : 1, i === 0 ? 1 : 3])),
    }),
  ],
  [
    'a Pad with 0',
    true,
    3,
    (b) => ({ op: 'Pad', dims: [1, 3, 4, 4], operands: [b.integers('p', [0, 0, 1, 2, 0, 0, 0, 1])] }),
  ],
  [
    'a Slice behind it',
    false,
    3,
    (b) => ({ op: 'Slice', dims: [1, 3, 5, 5], operands: [b.integers('start', [0, 0]), b.integers('end', [1, 2])] }),
  ],
  [
    'a Reshape behind it',
    false,
    3,
    (b) => ({ op: 'Reshape', dims: [1, 3, 5, 5], operands: [b.integers('s', [1, 3, 2, 8])] }),
  ],
];

test.each(besides)('a Conv with %s equals onnxruntime', async (_, before, channels, make) => {
  const b = new GraphBuilder();
  await compare(besideConv(b, make(b), before, channels), 'conv');
});

test.each([
  [
    'Gather',
    (b: GraphBuilder): Move => ({
      op: 'Gather',
      dims: [1, 3, 4, 4],
      operands: [b.integers('i', [0, 1])],
      attributes: { axis: 2 },
    }),
  ],
  ['Tile', (b: GraphBuilder): Move => ({ op: 'Tile', dims: [1, 3, 4, 4], operands: [b.integers('r', [1, 1, 2, 1])] })],
  ['DepthToSpace', (): Move => ({ op: 'DepthToSpace', dims: [1, 12, 4, 4], attributes: { blocksize: 2 } })],
] as const)('a Conv behind %s is refused: onnxruntime computes it in floating point', async (_, make) => {
  const b = new GraphBuilder();
  const compared = compareWithOnnxruntime(writeModel(besideConv(b, make(b), true, 3)), 1);
  await expect(compared).rejects.toThrow(ProvennError);
  await expect(compared).rejects.toThrow(/in floating point/);
});

test('weights behind an Identity and a Transpose equal onnxruntime', async () => {
  const b = new GraphBuilder();
  const x = b.pair('x', 'xf', bytes(0.02, 128));
  const data = Int8Array.from({ length: 24 }, (_, i) => (i * 37) % 64);
  const stored = b.constant('stored', { type: 'int8', dims: [2, 3, 2, 2], data });
  b.node('Transpose', [b.node('Identity', [stored], 'same')], 'turned', { perm: [1, 0, 3, 2] });
  const scale = b.node('Identity', [b.floats('scale', [], [0.01])], 'w.scale');
  const zero = b.constant('zero', { type: 'int8', dims: [], data: Int8Array.of(0) });
  const w = b.node('DequantizeLinear', ['turned', scale, zero], 'w');
  b.pair(b.node('Conv', [x, w], 'c'), 'y', bytes(0.05, 100));
  await compare(b.graph({ x: [1, 2, 4, 4] }, ['y']), 'weights');
});

test.each<[string, number, string, 'int32' | 'int64' | 'float32']>([
  ['bytes to int32', 6, 'Identity', 'int32'],
  ['bytes to int64', 7, 'Identity', 'int64'],
  ['bytes to floats', 1, 'Identity', 'float32'],
  ['an index to int32', 6, 'ArgMax', 'int32'],
])('Cast of %s equals onnxruntime', async (where, to, op, type) => {
  const b = new GraphBuilder();
  b.node('Cast', [b.node(op, ['x'], 'm')], 'y', { to });
  await compare(
    b.graph({ x: [3, 4] }, ['y'], { integers: { x: 'uint8', ...(type === 'float32' ? {} : { y: type }) } }),
    where,
  );
});

test('Cast of integers to narrower ones is refused', async () => {
  const b = new GraphBuilder();
  b.node('Cast', ['x'], 'y', { to: 3 });
  const graph = b.graph({ x: [3, 4] }, ['y'], { integers: { x: 'uint8', y: 'int8' } });
  await expect(compareWithOnnxruntime(writeModel(graph), 1)).rejects.toThrow(/which changes integers/);
});

test('Resize by uneven factors equals onnxruntime, or is refused because rounding decides', async () => {
  const random = new Random(12);
  let refused = 0;
  for (let i = 0; i < 300; i++) {
    const outcome = compare(onBytes(unevenResize, random), `instance ${i}`);
    const rounding = (error: unknown): boolean => {
      if (error instanceof ProvennError && /where rounding decides/.test(error.message)) return true;
      throw error;
    };
    if (await outcome.then(() => false, rounding)) refused++;
  }
  expect(refused).toBeLessThan(60);
});

test('what was compared is what the record says, or more', () => {
  record.check('movement');
});
