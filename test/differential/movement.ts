/** Random movements of bytes: shapes, orders, selections. They act on the bytes, or on the floats behind them. */
import { product, type Shape } from '../../src/base/tensor.ts';
import type { Activation, Emitter, RandomGraph } from './random-graph.ts';

type Attributes = Parameters<RandomGraph['builder']['node']>[3];

/** A movement of one tensor: what to write after its name, and the shape that comes out. */
type Plan = { readonly dims: Shape; readonly operands?: readonly string[]; readonly attributes?: Attributes };
type Movement = {
  readonly op: string;
  readonly fits: (dims: Shape) => boolean;
  readonly plan: (graph: RandomGraph, x: Activation) => Plan;
};

function factors(graph: RandomGraph, dims: Shape): Shape {
  const at = graph.random.integer(0, dims.length - 1);
  const size = dims[at] as number;
  const divisors = [2, 3, 4].filter((divisor) => size % divisor === 0);
  if (divisors.length === 0) return [dims[0] as number, product(dims.slice(1))];
  const divisor = graph.random.pick(divisors);
  return [...dims.slice(0, at), divisor, size / divisor, ...dims.slice(at + 1)];
}

const reshape: Movement = {
  op: 'Reshape',
  fits: (dims) => dims.length <= 4,
  plan: (graph, { dims }) => {
    const out = graph.random.pick([factors(graph, dims), [dims[0] as number, product(dims.slice(1))]]);
    return { dims: out, operands: [graph.builder.integers(graph.fresh('shape'), out)] };
  },
};

const flatten: Movement = {
  op: 'Flatten',
  fits: (dims) => dims.length > 2,
  plan: (_, { dims }) => ({ dims: [dims[0] as number, product(dims.slice(1))], attributes: { axis: 1 } }),
};

const transpose: Movement = {
  op: 'Transpose',
  fits: (dims) => dims.length >= 2,
  plan: ({ random }, { dims }) => {
    const perm = dims.map((_, i) => i);
    for (let i = perm.length - 1; i > 0; i--) {
      const j = random.integer(0, i);
      [perm[i], perm[j]] = [perm[j] as number, perm[i] as number];
    }
    return { dims: perm.map((axis) => dims[axis] as number), attributes: { perm } };
  },
};

const unsqueeze: Movement = {
  op: 'Unsqueeze',
  fits: (dims) => dims.length <= 3,
  plan: (graph, { dims }) => {
    const axis = graph.random.integer(0, dims.length);
    return {
      dims: [...dims.slice(0, axis), 1, ...dims.slice(axis)],
      operands: [graph.builder.integers(graph.fresh('axes'), [axis])],
    };
  },
};

const squeeze: Movement = {
  op: 'Squeeze',
  fits: (dims) => dims.length >= 3 && dims.includes(1),
  plan: (graph, { dims }) => {
    const axis = dims.indexOf(1);
    return {
      dims: dims.filter((_, i) => i !== axis),
      operands: [graph.builder.integers(graph.fresh('axes'), [axis])],
    };
  },
};

const slice: Movement = {
  op: 'Slice',
  fits: (dims) => dims.length >= 2,
  plan: (graph, { dims }) => {
    const { random } = graph;
    const axis = random.integer(1, dims.length - 1);
    const size = dims[axis] as number;
    const step = random.pick([1, 1, 2, -1]);
    const [from, to] = [random.integer(0, size - 1), random.integer(0, size - 1)].sort((a, b) => a - b) as [
      number,
      number,
    ];
    const bounds = step > 0 ? [from, to + 1] : [to, from - 1 < 0 ? -size - 1 : from - 1];
    const count = Math.floor((to - from) / Math.abs(step)) + 1;
    return {
      dims: dims.map((other, i) => (i === axis ? count : other)),
      operands: [...bounds, axis, step].map((value) => graph.builder.integers(graph.fresh('slice'), [value])),
    };
  },
};

const gather: Movement = {
  op: 'Gather',
  fits: (dims) => dims.length >= 2,
  plan: (graph, { dims }) => {
    const axis = graph.random.integer(0, dims.length - 1);
    const size = dims[axis] as number;
    const indices = graph.random.list(graph.random.integer(1, 3), () => graph.random.integer(-size, size - 1));
    return {
      dims: dims.map((other, i) => (i === axis ? indices.length : other)),
      operands: [graph.builder.integers(graph.fresh('indices'), indices)],
      attributes: { axis },
    };
  },
};

const expand: Movement = {
  op: 'Expand',
  fits: (dims) => dims.includes(1),
  plan: (graph, { dims }) => {
    const out = dims.map((size) => (size === 1 ? graph.random.integer(1, 3) : size));
    return { dims: out, operands: [graph.builder.integers(graph.fresh('shape'), out)] };
  },
};

const depthToSpace: Movement = {
  op: 'DepthToSpace',
  fits: (dims) => dims.length === 4 && (dims[1] as number) % 4 === 0,
  plan: ({ random }, { dims }) => {
    const [n, c, h, w] = dims as [number, number, number, number];
    return { dims: [n, c / 4, 2 * h, 2 * w], attributes: { blocksize: 2, mode: random.pick(['DCR', 'CRD']) } };
  },
};

const spaceToDepth: Movement = {
  op: 'SpaceToDepth',
  fits: (dims) => dims.length === 4 && (dims[2] as number) % 2 === 0 && (dims[3] as number) % 2 === 0,
  plan: (_, { dims }) => {
    const [n, c, h, w] = dims as [number, number, number, number];
    return { dims: [n, 4 * c, h / 2, w / 2], attributes: { blocksize: 2 } };
  },
};

const resize: Movement = {
  op: 'Resize',
  fits: (dims) => dims.length === 4,
  plan: (graph, { dims }) => {
    const scales = [1, 1, graph.random.integer(1, 2), graph.random.integer(1, 2)];
    return {
      dims: dims.map((size, i) => size * (scales[i] as number)),
      operands: ['', graph.builder.floats(graph.fresh('scales'), [4], scales)],
      attributes: { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' },
    };
  },
};

const movements: readonly Movement[] = [
  reshape,
  flatten,
  transpose,
  unsqueeze,
  squeeze,
  slice,
  gather,
  expand,
  depthToSpace,
  spaceToDepth,
  resize,
];

function emitMovement(graph: RandomGraph, { op, fits, plan }: Movement): boolean {
  const x = graph.pick(({ dims }) => fits(dims));
  if (x === undefined) return false;
  const { dims, operands = [], attributes = {} } = plan(graph, x);
  if (!graph.fits(dims)) return false;
  return move(graph, x, op, dims, operands, attributes);
}

function move(
  graph: RandomGraph,
  x: Activation,
  op: string,
  dims: Shape,
  operands: readonly string[],
  attributes: Attributes,
): boolean {
  const { builder } = graph;
  if (graph.spelling === 'qoperator') {
    const name = builder.node(op, [graph.bytes(x), ...operands], graph.fresh('q'), attributes);
    return graph.produced(name, dims, x.quantization);
  }
  const floats = builder.node(op, [graph.dequantized(x), ...operands], graph.fresh(op.toLowerCase()), attributes);
  return graph.quantized(floats, dims, x.quantization);
}

/**
 * Identity or Dropout after a Relu. Alone between DequantizeLinear and QuantizeLinear onnxruntime 1.30 removes the node and
 * then stumbles over the pair that is left: it refuses its own graph, or ends the process.
 */
function emitStill(graph: RandomGraph, op: 'Identity' | 'Dropout'): boolean {
  const x = graph.pick(() => true);
  if (x === undefined) return false;
  const { builder } = graph;
  const relu = builder.node('Relu', [graph.dequantized(x)], graph.fresh('relu'));
  const floats = builder.node(op, [relu], graph.fresh(op.toLowerCase()));
  return graph.quantized(floats, x.dims, graph.quantization(graph.spread(x)));
}

/** Pads with the zero point, or with another constant; on bytes the value is a byte, on floats a float. */
function emitPad(graph: RandomGraph): boolean {
  const x = graph.pick(({ dims }) => dims.length >= 2);
  if (x === undefined) return false;
  const { random, builder } = graph;
  const before = x.dims.map((_, i) => (i === 0 ? 0 : random.integer(0, 2)));
  const after = x.dims.map((_, i) => (i === 0 ? 0 : random.integer(0, 2)));
  const dims = x.dims.map((size, i) => size + (before[i] as number) + (after[i] as number));
  if (!graph.fits(dims)) return false;
  const operands = [builder.integers(graph.fresh('pads'), [...before, ...after])];
  if (graph.spelling === 'qoperator') operands.push(graph.integers(graph.dtype, [], [random.byte(graph.dtype)]));
  return move(graph, x, 'Pad', dims, operands, { mode: 'constant' });
}

function emitSplit(graph: RandomGraph): boolean {
  const x = graph.pick(({ dims }) => dims.length >= 2 && (dims[1] as number) >= 2);
  if (x === undefined) return false;
  const { random, builder } = graph;
  const size = x.dims[1] as number;
  const first = random.integer(1, size - 1);
  const sizes = [first, size - first];
  const names = sizes.map(() => graph.fresh('part'));
  const bytes = graph.spelling === 'qoperator';
  const from = bytes ? graph.bytes(x) : graph.dequantized(x);
  builder.splitting('Split', [from, builder.integers(graph.fresh('split'), sizes)], names, { axis: 1 });
  names.forEach((name, i) => {
    const dims = x.dims.map((other, axis) => (axis === 1 ? (sizes[i] as number) : other));
    if (bytes) graph.produced(name, dims, x.quantization);
    else graph.quantized(name, dims, x.quantization);
  });
  return true;
}

/** The index of the largest or smallest value: an output of its own. */
function emitArgument(graph: RandomGraph, op: 'ArgMax' | 'ArgMin'): boolean {
  const x = graph.pick(({ dims }) => dims.length >= 2);
  if (x === undefined) return false;
  const { random, builder } = graph;
  const from = graph.spelling === 'qoperator' ? graph.bytes(x) : graph.dequantized(x);
  const attributes = {
    axis: random.integer(0, x.dims.length - 1),
    keepdims: random.integer(0, 1),
    select_last_index: random.integer(0, 1),
  };
  return graph.claim(builder.node(op, [from], graph.fresh('index'), attributes), 'int64');
}

export const movementEmitters: readonly Emitter[] = [
  ...movements.map((movement) => ({ op: movement.op, emit: (graph: RandomGraph) => emitMovement(graph, movement) })),
  { op: 'Identity', emit: (graph) => emitStill(graph, 'Identity') },
  { op: 'Dropout', emit: (graph) => emitStill(graph, 'Dropout') },
  { op: 'Pad', emit: emitPad },
  { op: 'Split', emit: emitSplit },
  { op: 'ArgMax', emit: (graph) => emitArgument(graph, 'ArgMax') },
  { op: 'ArgMin', emit: (graph) => emitArgument(graph, 'ArgMin') },
];
