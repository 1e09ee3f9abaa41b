/** Random functions of one tensor of bytes, and of two. */
import { product, type Shape } from '../../src/base/tensor.ts';
import type { Activation, Emitter, RandomGraph } from './random-graph.ts';

type Attributes = Readonly<Record<string, number | string | { readonly float: number }>>;

/** One float function: its attributes, and the size of its values for arguments of size `spread`. */
type Unary = {
  readonly op: string;
  readonly size: (spread: number) => number;
  readonly attributes?: (graph: RandomGraph) => Attributes;
  readonly opset?: number;
};

const same = (spread: number): number => spread;
const one = (): number => 1.2;
const alpha =
  (low: number, high: number) =>
  ({ random }: RandomGraph): Attributes => ({ alpha: { float: Math.fround(low + (high - low) * random.unit()) } });

const unaries: readonly Unary[] = [
  { op: 'Relu', size: same },
  { op: 'LeakyRelu', size: same, attributes: alpha(0.01, 0.9) },
  { op: 'Sigmoid', size: one },
  { op: 'HardSigmoid', size: one, attributes: alpha(0.1, 0.5) },
  { op: 'HardSwish', size: same, opset: 14 },
  { op: 'Tanh', size: one },
  { op: 'Elu', size: same, attributes: alpha(0.5, 1.5) },
  { op: 'Selu', size: same },
  { op: 'Celu', size: same, attributes: alpha(0.5, 1.5) },
  { op: 'Softplus', size: (spread) => spread + 1 },
  { op: 'Softsign', size: one },
  { op: 'ThresholdedRelu', size: same, attributes: alpha(0.1, 1) },
  { op: 'Gelu', size: same, attributes: ({ random }) => ({ approximate: random.pick(['none', 'tanh']) }), opset: 20 },
  { op: 'Mish', size: same, opset: 18 },
  { op: 'Erf', size: one },
  { op: 'Exp', size: (spread) => Math.exp(Math.min(spread, 20)) },
  { op: 'Log', size: (spread) => Math.abs(Math.log(spread)) + 1 },
  { op: 'Sqrt', size: Math.sqrt },
  { op: 'Abs', size: same },
  { op: 'Neg', size: same },
  { op: 'Floor', size: (spread) => spread + 1 },
  { op: 'Ceil', size: (spread) => spread + 1 },
  { op: 'Round', size: (spread) => spread + 1 },
  { op: 'Reciprocal', size: (spread) => 16 / spread },
  { op: 'Sign', size: one },
];

function emitUnary(graph: RandomGraph, unary: Unary): boolean {
  if (graph.opset < (unary.opset ?? 13)) return false;
  const x = graph.pick(() => true);
  if (x === undefined) return false;
  const y = graph.quantization(unary.size(graph.spread(x)));
  const attributes = unary.attributes?.(graph) ?? {};
  const { builder } = graph;
  if (graph.spelling === 'qoperator' && (unary.op === 'LeakyRelu' || unary.op === 'Sigmoid')) {
    const inputs = [...graph.operands(x), ...builder.parameters(graph.fresh('p'), y)];
    const name = builder.node(`QLinear${unary.op}`, inputs, graph.fresh('q'), attributes, 'com.microsoft');
    return graph.produced(name, x.dims, y);
  }
  const floats = builder.node(unary.op, [graph.dequantized(x)], graph.fresh(unary.op.toLowerCase()), attributes);
  return graph.quantized(floats, x.dims, y);
}

function emitClip(graph: RandomGraph): boolean {
  const x = graph.pick(() => true);
  if (x === undefined) return false;
  const { random, builder } = graph;
  const size = graph.spread(x);
  const bounds = [random.chance(0.8) ? -size * random.unit() : null, random.chance(0.8) ? size * random.unit() : null];
  const names = bounds.map((bound) => (bound === null ? '' : graph.builder.floats(graph.fresh('bound'), [], [bound])));
  const floats = builder.node('Clip', [graph.dequantized(x), ...names], graph.fresh('clip'));
  return graph.quantized(floats, x.dims, graph.quantization(size));
}

/** One slope, or one per channel. */
function emitPRelu(graph: RandomGraph): boolean {
  const x = graph.pick(({ dims }) => dims.length >= 2);
  if (x === undefined) return false;
  const { random, builder } = graph;
  const channels = x.dims[1] as number;
  const dims = random.chance(0.5) ? [1] : [channels, ...x.dims.slice(2).map(() => 1)];
  const slopes = random.list(product(dims), () => Math.fround(random.unit() - 0.2));
  const inputs = [graph.dequantized(x), graph.builder.floats(graph.fresh('slope'), dims, slopes)];
  return graph.quantized(
    builder.node('PRelu', inputs, graph.fresh('prelu')),
    x.dims,
    graph.quantization(graph.spread(x)),
  );
}

type Binary = {
  readonly op: string;
  readonly size: (a: number, b: number) => number;
  /** Whether com.microsoft has a QLinear form. */
  readonly quantized?: boolean;
};

const binaries: readonly Binary[] = [
  { op: 'Add', size: (a, b) => a + b, quantized: true },
  { op: 'Mul', size: (a, b) => a * b, quantized: true },
  { op: 'Sub', size: (a, b) => a + b },
  { op: 'Div', size: (a, b) => (16 * a) / b },
  { op: 'Max', size: Math.max },
  { op: 'Min', size: Math.max },
];

/** The second operand: another tensor, the same one, or a constant of bytes that broadcasts. */
type Partner = { readonly activation: Activation; readonly constant: boolean };

function partnerOf(graph: RandomGraph, a: Activation): Partner {
  const { random } = graph;
  const other = graph.pick(({ dims, name }) => name !== a.name && broadcasts(dims, a.dims));
  if (other !== undefined && random.chance(0.6)) return { activation: other, constant: false };
  if (random.chance(0.1)) return { activation: a, constant: false };
  const shapes: readonly Shape[] = [[], a.dims, a.dims.slice(1).map((size, i) => (i === 0 ? size : 1)), [1]];
  const dims = random.pick(shapes);
  const { data } = random.tensor(graph.dtype, dims);
  const quantization = graph.quantization(graph.spread(a) * random.scale(-1, 1));
  return { activation: { name: graph.integers(graph.dtype, dims, data), dims, quantization }, constant: true };
}

function broadcasts(dims: Shape, target: Shape): boolean {
  if (dims.length > target.length) return false;
  return dims.every((size, i) => size === 1 || size === target[target.length - dims.length + i]);
}

function emitBinary(graph: RandomGraph, binary: Binary): boolean {
  const a = graph.pick(() => true);
  if (a === undefined) return false;
  const { activation: b } = partnerOf(graph, a);
  const y = graph.quantization(binary.size(graph.spread(a), graph.spread(b)));
  const { builder } = graph;
  const pair = graph.random.chance(0.5) ? [a, b] : [b, a];
  if (graph.spelling === 'qoperator' && binary.quantized === true) {
    const inputs = [...pair.flatMap((operand) => graph.operands(operand)), ...builder.parameters(graph.fresh('p'), y)];
    const name = builder.node(`QLinear${binary.op}`, inputs, graph.fresh('q'), {}, 'com.microsoft');
    return graph.produced(name, a.dims, y);
  }
  const inputs = pair.map((operand) => graph.dequantized(operand));
  const floats = builder.node(binary.op, inputs, graph.fresh(binary.op.toLowerCase()));
  return binary.op === 'Add' ? graph.fused(floats, a.dims, y) : graph.quantized(floats, a.dims, y);
}

function emitPow(graph: RandomGraph): boolean {
  const a = graph.pick(() => true);
  if (a === undefined) return false;
  const exponent = graph.random.pick([2, 3, 0.5]);
  const inputs = [graph.dequantized(a), graph.builder.floats(graph.fresh('exponent'), [], [exponent])];
  const y = graph.quantization(graph.spread(a) ** exponent);
  return graph.quantized(graph.builder.node('Pow', inputs, graph.fresh('pow')), a.dims, y);
}

/** Two or three tensors that agree but along one axis; each with its own scale, or all with the same. */
function emitConcat(graph: RandomGraph): boolean {
  const first = graph.pick(({ dims }) => dims.length >= 2);
  if (first === undefined) return false;
  const { random, builder } = graph;
  const axis = random.integer(1, first.dims.length - 1);
  const parts = [first];
  for (let i = random.integer(1, 2); i > 0; i--) {
    const next = graph.pick(
      ({ dims }) => dims.length === first.dims.length && dims.every((size, j) => j === axis || size === first.dims[j]),
    );
    if (next !== undefined) parts.push(next);
  }
  const dims = first.dims.map((size, i) =>
    i === axis ? parts.reduce((sum, part) => sum + (part.dims[axis] as number), 0) : size,
  );
  if (parts.length < 2 || !graph.fits(dims)) return false;
  const y = random.chance(0.3)
    ? first.quantization
    : graph.quantization(Math.max(...parts.map((part) => graph.spread(part))));
  if (graph.spelling === 'qoperator') {
    const inputs = [...builder.parameters(graph.fresh('p'), y), ...parts.flatMap((part) => graph.operands(part))];
    return graph.produced(builder.node('QLinearConcat', inputs, graph.fresh('q'), { axis }, 'com.microsoft'), dims, y);
  }
  const inputs = parts.map((part) => graph.dequantized(part));
  return graph.quantized(builder.node('Concat', inputs, graph.fresh('concat'), { axis }), dims, y);
}

export const elementwiseEmitters: readonly Emitter[] = [
  ...unaries.map((unary) => ({ op: unary.op, emit: (graph: RandomGraph) => emitUnary(graph, unary) })),
  { op: 'Clip', emit: emitClip },
  { op: 'PRelu', emit: emitPRelu },
  ...binaries.map((binary) => ({ op: binary.op, emit: (graph: RandomGraph) => emitBinary(graph, binary) })),
  { op: 'Pow', emit: emitPow },
  { op: 'Concat', emit: emitConcat },
];
