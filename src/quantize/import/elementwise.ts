/** Elementwise float operators between DequantizeLinear and QuantizeLinear: functions of bytes, tabulated exactly. */
import type { GraphNode } from '../../artifact/graph.ts';
import { f32 } from '../../base/rounding.ts';
import { sameShape } from '../../base/tensor.ts';
import { broadcast } from '../../ops/broadcast.ts';
import { arithmetic, comparisons, connectives, type FloatPair } from '../functions/binary.ts';
import { exactGelu, type FloatFunction, unaryFunctions } from '../functions/unary.ts';
import { floatAttribute, intAttribute } from '../node-attributes.ts';
import { invalid, refuse } from '../refusal.ts';
import { type Context, operandValue, outputName } from './context.ts';
import {
  booleanOperand,
  type Combination,
  combined,
  type Described,
  type FloatOperand,
  floatOperand,
} from './functions.ts';
import { fusedBinary } from './fused-binary.ts';
import { geluInput } from './gelu.ts';
import { clipFloat, clipPending } from './pending.ts';

type Importer = (context: Context, node: GraphNode) => void;

function store(
  context: Context,
  node: GraphNode,
  operands: readonly FloatOperand[],
  f: Combination,
  described: Described,
): void {
  context.values.set(outputName(node), combined(node, operands, f, described));
}

/** One float operand, any function of it. */
function mapped(context: Context, node: GraphNode, f: FloatFunction): void {
  store(context, node, [floatOperand(context, node, 0)], ([x]) => f(x as number), { label: node.op });
}

const importUnary: Importer = (context, node) => {
  const key = node.domain === '' ? node.op : `${node.domain}:${node.op}`;
  const read = unaryFunctions.get(key) ?? refuse(node, 'is no function of one argument', 'Remove the node.');
  mapped(context, node, read(node));
};

/** Relu and Clip may be part of a group that onnxruntime fuses into one integer operator. */
function clip(context: Context, node: GraphNode, low: number, high: number): void {
  const value = operandValue(context, node, 0);
  if (value?.kind === 'pending') context.values.set(outputName(node), clipPending(context, node, value, low, high));
  else mapped(context, node, (x) => clipFloat(x, low, high));
}

const importRelu: Importer = (context, node) => clip(context, node, 0, Infinity);

const importClip: Importer = (context, node) => {
  const bound = (index: number, attribute: string, fallback: number): number => {
    const value = operandValue(context, node, index);
    if (value === undefined) return f32(floatAttribute(node, attribute, fallback));
    if (value.kind !== 'constant' || value.tensor.type !== 'float32')
      return refuse(node, 'its bounds are not float32 constants', 'Export the model with constant bounds.');
    return value.tensor.data[0] ?? invalid(node, 'a bound is empty');
  };
  clip(context, node, bound(1, 'min', -Infinity), bound(2, 'max', Infinity));
};

/** Sum, Max and Min take any number of operands, from left to right. */
function variadic(f: FloatPair): Importer {
  return (context, node) => {
    const operands = node.inputs.map((_, i) => floatOperand(context, node, i));
    store(context, node, operands, (values) => values.reduce((a, b) => f(a, b)), { label: node.op });
  };
}

type OperandReader = (context: Context, node: GraphNode, index: number) => FloatOperand;

function binary(f: FloatPair, described: Omit<Described, 'label'> = {}, read: OperandReader = floatOperand): Importer {
  return (context, node) => {
    const operands = [read(context, node, 0), read(context, node, 1)];
    const label = node.op;
    store(context, node, operands, ([a, b]) => f(a as number, b as number), { ...described, label });
  };
}

/** Add, Sub and Mul; sums and products of quantized bytes are fused into operators of their own. */
function importArithmetic(op: string): Importer {
  const f = arithmetic.get(op) as FloatPair;
  return (context, node) => {
    const root = op === 'Mul' ? geluInput(context, node) : null;
    if (root === null) context.values.set(outputName(node), fusedBinary(context, node, f));
    else store(context, node, [root], ([x]) => exactGelu(x as number), { label: 'Gelu' });
  };
}

/** The slope broadcasts to the shape of the input, not the other way. */
const importPRelu: Importer = (context, node) => {
  const [x, slope] = [floatOperand(context, node, 0), floatOperand(context, node, 1)];
  const dims = broadcast(x.dims, slope.dims);
  if (dims === null || !sameShape(dims, x.dims))
    invalid(node, `a slope of shape [${slope.dims.join(',')}] does not broadcast to [${x.dims.join(',')}]`);
  const f = arithmetic.get('PRelu') as FloatPair;
  store(context, node, [x, slope], ([a, b]) => f(a as number, b as number), { label: node.op });
};

const importNot: Importer = (context, node) => {
  const operand = booleanOperand(context, node, 0);
  store(context, node, [operand], ([x]) => 1 - (x as number), { label: node.op, boolean: true });
};

const importWhere: Importer = (context, node) => {
  const branches = [1, 2].map((i) => floatOperand(context, node, i));
  const operands = [booleanOperand(context, node, 0), ...branches];
  const f: Combination = ([condition, a, b]) => (condition === 0 ? b : a) as number;
  store(context, node, operands, f, { label: node.op });
};

/** x·s + t per channel, with s = scale/√(var + ε) and t = B − mean·s rounded as onnxruntime does. */
const importBatchNormalization: Importer = (context, node) => {
  if (intAttribute(node, 'training_mode', 0) !== 0) refuse(node, 'is in training mode', 'Export it for inference.');
  const epsilon = f32(floatAttribute(node, 'epsilon', 1e-5));
  const x = floatOperand(context, node, 0);
  const spatial = x.dims.slice(2).map(() => 1);
  const parameters = [1, 2, 3, 4].map((i): FloatOperand => {
    const operand = floatOperand(context, node, i);
    if (operand.classes === null || operand.dims.length !== 1 || operand.dims[0] !== x.dims[1])
      return invalid(node, `input ${i} is not a constant with one entry per channel`);
    const dims = [...operand.dims, ...spatial];
    return { ...operand, dims, classes: { ...operand.classes, dims } };
  });
  const f: Combination = (values) => {
    const [input, scale, bias, mean, variance] = values as [number, number, number, number, number];
    const slope = f32(scale * f32(1 / f32(Math.sqrt(f32(variance + epsilon)))));
    return f32(f32(input * slope) + f32(bias - f32(mean * slope)));
  };
  store(context, node, [x, ...parameters], f, { label: node.op });
};

/** Across the elements of a row, so no function of bytes; and never needed to know which is the largest. */
const refuseSoftmax: Importer = (_context, node) =>
  refuse(
    node,
    'normalises in floating point over many elements',
    'Remove it from the end of the model: it keeps the order of its inputs, so the label is the same; apply it to the verified output when probabilities are wanted.',
  );

/** By `domain:op`; the default domain has no prefix. */
export const elementwiseImporters: readonly (readonly [string, Importer])[] = [
  ...[...unaryFunctions.keys()].map((key): [string, Importer] => [key, importUnary]),
  ['Relu', importRelu],
  ['Clip', importClip],
  ...['Add', 'Sub', 'Mul'].map((op): [string, Importer] => [op, importArithmetic(op)]),
  ...['Div', 'Pow'].map((op): [string, Importer] => [op, binary(arithmetic.get(op) as FloatPair)]),
  ...['Max', 'Min'].map((op): [string, Importer] => [op, variadic(arithmetic.get(op) as FloatPair)]),
  ['Sum', variadic(arithmetic.get('Add') as FloatPair)],
  ...[...comparisons].map(([op, f]): [string, Importer] => [op, binary(f, { boolean: true })]),
  ...[...connectives].map(([op, f]): [string, Importer] => [op, binary(f, { boolean: true }, booleanOperand)]),
  ['PRelu', importPRelu],
  ['Not', importNot],
  ['Where', importWhere],
  ['BatchNormalization', importBatchNormalization],
  ...['Softmax', 'LogSoftmax', 'com.microsoft:QLinearSoftmax'].map((op): [string, Importer] => [op, refuseSoftmax]),
];
