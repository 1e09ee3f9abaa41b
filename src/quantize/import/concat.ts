/**
 * Concatenation of tensors with scales of their own. Each part is quantized to the output's scale by itself, a table of one
 * byte, and then the parts are joined: what onnxruntime's QLinearConcat does, and the same as quantizing joined floats.
 */
import type { GraphNode } from '../../artifact/graph.ts';
import { dtypeRange, intTensor } from '../../base/tensor.ts';
import { type ByteQuantization, dequantizedBytes, quantizeByte } from '../formula.ts';
import { intAttribute } from '../node-attributes.ts';
import { invalid, refuse } from '../refusal.ts';
import { type Context, operandValue, outputName, readOnce } from './context.ts';
import { type FloatOperand, floatOperand } from './functions.ts';
import { dimsOf, type Quantized } from './linear.ts';
import type { Operand } from './network.ts';
import { islandOf, pend } from './pending.ts';
import { quantized, target } from './qoperator.ts';
import { emitQuantized, isIdentity } from './tabulate.ts';
import type { ByteFunction, Cell, PairFunction, Value } from './values.ts';

/** A part of the result, once the output quantization is known. */
type Part = (to: ByteQuantization) => Operand;

function join(context: Context, node: GraphNode, operands: readonly Operand[], name: string | null): Cell {
  const rank = dimsOf(operands[0] ?? invalid(node, 'has no input')).length;
  // Before version 4 of the operator set the axis had a default.
  const axis = intAttribute(node, 'axis', 1);
  const front = axis < 0 ? axis + rank : axis;
  if (front < 0 || front >= rank) invalid(node, `axis ${axis} of ${rank} dimensions`);
  return context.network.emit(node, 'Concat', { axis: front }, operands, name);
}

function requantized(context: Context, node: GraphNode, value: ByteFunction | PairFunction): Part {
  return (to) => {
    if (value.kind === 'byte-function' && isIdentity(value.cell, to, value.floats)) return value.cell;
    return emitQuantized(context.network, node, value, to, null);
  };
}

/** Constants become integers when it is known which. */
function constantPart(context: Context, node: GraphNode, { dims, floats, classes }: FloatOperand): Part {
  return (to) => {
    const data = Int32Array.from(classes?.index ?? [], (c) => quantizeByte(floats[c] as number, to));
    return { constant: context.network.freshName(`${node.name}/part`), integers: intTensor(to.dtype, dims, data) };
  };
}

function floatPart(context: Context, node: GraphNode, index: number): Part {
  const value = operandValue(context, node, index) ?? invalid(node, `operand ${index} is missing`);
  const name = node.inputs[index] as string;
  switch (value.kind) {
    case 'byte-function':
    case 'pair-function':
      return requantized(context, node, value);
    case 'constant':
    case 'scaled-constant':
      return constantPart(context, node, floatOperand(context, node, index));
    case 'pending':
      // A float input of the model meets its QuantizeLinear only here.
      if (value.node === null && value.movements.length === 0 && readOnce(context, name)) return value.emit;
      return requantized(context, node, islandOf(node, value, name));
    case 'integer':
      return refuse(node, 'joins integers to floats', 'Quantize all its inputs, or none.');
  }
}

/** The common dequantization of parts that all have the same, so that nothing has to be quantized again. */
function sameFloats(values: readonly (Value | undefined)[]): ByteFunction | null {
  const [first] = values;
  if (first?.kind !== 'byte-function') return null;
  const same = values.every(
    (value) =>
      value?.kind === 'byte-function' &&
      value.cell.dtype === first.cell.dtype &&
      value.boolean === first.boolean &&
      value.floats.every((float, i) => Object.is(float, first.floats[i])),
  );
  return same ? first : null;
}

export function importConcat(context: Context, node: GraphNode): void {
  const name = outputName(node);
  const values = node.inputs.map((_, i) => operandValue(context, node, i));
  const cells = values.flatMap((value) => (value?.kind === 'integer' ? [value.cell] : []));
  if (cells.length === values.length) {
    context.values.set(name, { kind: 'integer', cell: join(context, node, cells, name) });
    return;
  }
  const common = sameFloats(values);
  if (common !== null) {
    const parts = values.map((value) => (value as ByteFunction).cell);
    const cell = join(context, node, parts, null);
    context.values.set(name, { ...common, cell, reachable: false, dequantizer: null });
    return;
  }
  const parts = values.map((_, i) => floatPart(context, node, i));
  const emit = (to: ByteQuantization): Cell => {
    const operands = parts.map((part) => part(to));
    return join(context, node, operands, null);
  };
  context.values.set(name, pend(node, emit));
}

/** QLinearConcat (com.microsoft): scale and zero point of the output, then every input with its own. */
export function importQLinearConcat(context: Context, node: GraphNode): void {
  const { quantization: to, name } = target(context, node, 0);
  const count = (node.inputs.length - 2) / 3;
  if (!Number.isInteger(count)) invalid(node, `has ${node.inputs.length} inputs`);
  const operands = Array.from({ length: count }, (_, i) => {
    return rescaledOperand(context, node, quantized(context, node, 2 + 3 * i, `input ${i}`), to);
  });
  const cell = join(context, node, operands, name);
  context.values.set(outputName(node), { kind: 'integer', cell });
}

function rescaledOperand(context: Context, node: GraphNode, part: Quantized, to: ByteQuantization): Operand {
  const { operand, quantization } = part;
  if (quantization.dtype !== to.dtype)
    refuse(node, `joins ${quantization.dtype} to ${to.dtype}`, 'Quantize all its inputs and its output to one type.');
  const floats = dequantizedBytes(quantization);
  if (!('constant' in operand)) {
    const value = { cell: operand, floats, origin: quantization, reachable: false, dequantizer: null };
    return requantized(context, node, { kind: 'byte-function', ...value, label: 'requantize' })(to);
  }
  const [low] = dtypeRange[quantization.dtype];
  const data = operand.integers.data.map((byte) => quantizeByte(floats[byte - low] as number, to));
  const integers = intTensor(to.dtype, operand.integers.dims, data);
  return { constant: context.network.freshName(`${node.name}/part`), integers };
}
