/** Importing movements: on integers as they are, on floats that are a function of one byte, and on floats still to come. */
import type { GraphNode, GraphTensor } from '../../artifact/graph.ts';
import { dtypeRange, type IntTensor, intTensor } from '../../base/tensor.ts';
import { lookupOp } from '../../ops/registry.ts';
import { type ByteQuantization, quantizeByte } from '../formula.ts';
import { intAttribute, textAttribute } from '../node-attributes.ts';
import { invalid, refuse } from '../refusal.ts';
import { type Context, operandValue, outputName, readOnce } from './context.ts';
import { isStill, propagates, readMovement } from './movement.ts';
import { axisOf, emitSteps, listOf, type Step, type Surroundings } from './movement-operands.ts';
import { awaitingQuantization, movePending, pend } from './pending.ts';
import { paddingOf } from './selecting.ts';
import { emitQuantized } from './tabulate.ts';
import type { ByteFunction, Cell, ConstantValue, IntegerValue, PendingValue, ScaledConstant, Value } from './values.ts';

type Movable = IntegerValue | ByteFunction;

function movable(context: Context, node: GraphNode): Movable | PendingValue {
  const value = operandValue(context, node, 0) ?? invalid(node, 'its input is missing');
  if (value.kind === 'pair-function') return awaitingQuantization(context, node, value);
  if (value.kind !== 'constant' && value.kind !== 'scaled-constant') return value;
  return refuse(
    node,
    'works on a constant',
    'Simplify the model (for instance with onnxsim), so that constants are folded.',
  );
}

/** The integer that stands for a value of the model's own type; null when there is none. */
function integerFor(value: Movable, constant: number): number | null {
  if (value.kind === 'byte-function') {
    const index = value.floats.indexOf(constant);
    return index < 0 ? null : dtypeRange[value.cell.dtype][0] + index;
  }
  const [low, high] = dtypeRange[value.cell.dtype];
  return Number.isInteger(constant) && constant >= low && constant <= high ? constant : null;
}

function surroundings(context: Context, integer: Surroundings['integerFor']): Surroundings {
  const constants = (name: string): GraphTensor | undefined => {
    const value = context.values.get(name);
    return value?.kind === 'constant' ? value.tensor : context.graph.initializers.get(name);
  };
  return { constants, integerFor: integer };
}

/** The elements a list of positions names, in its order and shape. */
function reordered(tensor: GraphTensor, { dims, data: order }: IntTensor): GraphTensor {
  const from = <T extends ArrayLike<unknown>>(data: T, make: new (length: number) => T): T => {
    const out = new make(order.length) as { [index: number]: unknown };
    order.forEach((cell, i) => {
      out[i] = data[cell];
    });
    return out as T;
  };
  switch (tensor.type) {
    case 'float32':
      return { ...tensor, dims, data: from(tensor.data, Float32Array) };
    case 'float64':
      return { ...tensor, dims, data: from(tensor.data, Float64Array) };
    case 'int8':
      return { ...tensor, dims, data: from(tensor.data, Int8Array) };
    case 'int32':
      return { ...tensor, dims, data: from(tensor.data, Int32Array) };
    case 'int64':
      return { ...tensor, dims, data: from(tensor.data, BigInt64Array) };
    case 'uint8':
    case 'bool':
      return { ...tensor, dims, data: from(tensor.data, Uint8Array) };
  }
}

/** MaxPool, Reshape and the like. */
export function importMovement(context: Context, node: GraphNode): void {
  const value = operandValue(context, node, 0);
  const fixed = value?.kind === 'constant' || (value?.kind === 'scaled-constant' && isStill(node));
  const result = fixed ? movedConstant(context, node, value) : moved(context, node, movable(context, node));
  context.values.set(outputName(node), result);
}

/** A constant moved once and for all: its cells change places as their numbers do. */
function movedConstant(context: Context, node: GraphNode, value: ConstantValue | ScaledConstant): Value {
  if (value.kind === 'scaled-constant') return value;
  const { tensor } = value;
  const cells = intTensor(
    's32',
    tensor.dims,
    Int32Array.from({ length: tensor.data.length }, (_, cell) => cell),
  );
  const steps = readMovement(
    node,
    tensor.dims,
    surroundings(context, () => null),
  );
  const order = steps.reduce((current, { op, attrs }) => {
    if (op === 'MaxPool' || op === 'ReduceExtreme') refuse(node, 'compares constants', 'Compute them when exporting.');
    const operator = lookupOp(op);
    return operator.run([current], operator.attrs(attrs, node.name))[0] as IntTensor;
  }, cells);
  return { kind: 'constant', name: outputName(node), tensor: reordered(tensor, order) };
}

function moved(context: Context, node: GraphNode, value: Movable | PendingValue): Value {
  if (value.kind === 'pending') return movePending(context, node, value);
  const around = surroundings(context, (constant) => integerFor(value, constant));
  if (value.kind === 'byte-function' && padsWithOthers(node, around)) return padWhenQuantized(context, node, value);
  const steps = readMovement(node, value.cell.dims, around);
  return placed(context, node, value, steps, outputName(node));
}

/** The value after some steps under one of the node's output names. */
function placed(context: Context, node: GraphNode, value: Movable, steps: readonly Step[], name: string): Value {
  if (value.kind === 'integer')
    return { kind: 'integer', cell: emitSteps(context.network, node, value.cell, steps, name) };
  if (steps.some(({ op }) => op === 'MaxPool' || op === 'ReduceExtreme') && !isIncreasing(value.floats))
    return refuse(
      node,
      'takes the largest of floats that do not increase with their bytes',
      'Put a QuantizeLinear/DequantizeLinear pair before this node.',
    );
  if (steps.every(({ op }) => op === 'Identity')) return value;
  const cell = emitSteps(context.network, node, value.cell, steps, null);
  const carried = propagates(node, context.graph) || becomesPadding(context, node);
  return { ...value, cell, reachable: value.reachable && carried, dequantizer: null };
}

/** Then the largest float is that of the largest byte; NaN is never in order. */
function isIncreasing(floats: Float32Array): boolean {
  return floats.every((float, i) => i === 0 || float >= (floats[i - 1] as number));
}

/** Padding with a float that no byte of the tensor stands for. */
function padsWithOthers(node: GraphNode, around: Surroundings): boolean {
  if (node.op !== 'Pad' || textAttribute(node, 'mode', 'constant') !== 'constant') return false;
  return around.integerFor(paddingOf(node, around)) === null;
}

/** Bytes and border meet at the QuantizeLinear that follows: each is quantized by itself, which is exact. */
function padWhenQuantized(context: Context, node: GraphNode, value: ByteFunction): PendingValue {
  const emit = (to: ByteQuantization): Cell => {
    const bytes = emitQuantized(context.network, node, value, to, null);
    const around = surroundings(context, (constant) => quantizeByte(constant, to));
    return emitSteps(context.network, node, bytes, readMovement(node, bytes.dims, around), null);
  };
  return pend(node, emit);
}

/** onnxruntime gives a Pad with 0 of the spatial dimensions to the Conv that alone reads it. */
function becomesPadding(context: Context, node: GraphNode): boolean {
  if (node.op !== 'Pad' || textAttribute(node, 'mode', 'constant') !== 'constant') return false;
  const around = surroundings(context, () => null);
  const reader = context.consumers.get(outputName(node))?.[0];
  const pads = listOf(node, 'pads', 1, around) ?? [];
  const spatial = pads.every((pad, i) => pad >= 0 && (pad === 0 || i % (pads.length / 2) >= 2));
  const alone = readOnce(context, outputName(node)) && reader?.op === 'Conv';
  return alone && spatial && paddingOf(node, around) === 0 && textAttribute(reader, 'auto_pad', 'NOTSET') === 'NOTSET';
}

/** Every output is a slice along one axis. */
export function importSplit(context: Context, node: GraphNode): void {
  const value = movable(context, node);
  if (value.kind === 'pending')
    refuse(
      node,
      `onnxruntime computes ${value.node?.op ?? 'the input'} in floating point, because it carries no quantization across this node`,
      'Put a QuantizeLinear/DequantizeLinear pair before this node.',
    );
  const { dims } = value.cell;
  const axis = axisOf(node, intAttribute(node, 'axis', 0), dims.length, dims.length);
  const sizes = splitSizes(context, node, dims[axis] as number);
  let from = 0;
  sizes.forEach((size, i) => {
    const first = from;
    from += size;
    const name = node.outputs[i] ?? '';
    if (name === '') return;
    const indices = dims.map((_, dim) => (dim === axis ? Array.from({ length: size }, (__, k) => first + k) : null));
    context.values.set(name, placed(context, node, value, [{ op: 'Select', attrs: { indices } }], name));
  });
}

/** As listed, or as many equal parts as there are outputs, the last one smaller where they do not divide. */
function splitSizes(context: Context, node: GraphNode, size: number): readonly number[] {
  const count = intAttribute(node, 'num_outputs', node.outputs.length);
  const part = Math.ceil(size / count);
  const sizes =
    listOf(
      node,
      'split',
      1,
      surroundings(context, () => null),
    ) ?? Array.from({ length: count }, (_, i) => Math.min(part, size - part * i));
  const total = sizes.reduce((sum, each) => sum + each, 0);
  if (total !== size || sizes.length < node.outputs.length || sizes.some((each) => each < 0))
    invalid(node, `sizes [${sizes.join(',')}] do not split ${size} into ${node.outputs.length} outputs`);
  if (sizes.includes(0)) refuse(node, 'makes an empty tensor', 'Remove that output.');
  return sizes;
}
