/** Add, Sub and Mul: what onnxruntime fuses into QLinearAdd and QLinearMul, and the same in floats where it does not. */
import type { GraphNode } from '../../artifact/graph.ts';
import { dtypeRange, type IntTensor, intTensor, product } from '../../base/tensor.ts';
import { lookupOp } from '../../ops/registry.ts';
import type { ByteQuantization } from '../formula.ts';
import type { FloatPair } from '../functions/binary.ts';
import { refuse } from '../refusal.ts';
import { type Context, operandValue } from './context.ts';
import { combined, floatOperand } from './functions.ts';
import { dimsOf, type Quantized, type Target } from './linear.ts';
import type { Network, Operand } from './network.ts';
import { checkReadOnce, pend } from './pending.ts';
import { emitQuantized } from './tabulate.ts';
import type { Cell, PendingValue, Value } from './values.ts';

type FusedOp = 'QLinearAdd' | 'QLinearMul';

/** An operand that onnxruntime takes as bytes: a DequantizeLinear with nothing behind it that stops it. */
function quantizedBytes(value: Value | undefined): Quantized | null {
  if (value?.kind === 'byte-function') {
    return value.origin !== null && value.reachable ? { operand: value.cell, quantization: value.origin } : null;
  }
  if (value?.kind !== 'scaled-constant' || value.scales.length !== 1) return null;
  const { dtype } = value.integers;
  if (dtype !== 'u8' && dtype !== 's8') return null;
  const quantization = { scale: value.scales[0] as number, zeroPoint: value.zeros[0] as number, dtype };
  return { operand: { constant: value.name, integers: value.integers }, quantization };
}

/** The value of a float Add, Sub or Mul. */
export function fusedBinary(context: Context, node: GraphNode, f: FloatPair): Value {
  const [left, right] = [operandValue(context, node, 0), operandValue(context, node, 1)];
  const biased = node.op === 'Add' ? withBias(context, node, left, right) : null;
  if (biased !== null) return biased;
  const [a, b] = [quantizedBytes(left), quantizedBytes(right)];
  const operands = [floatOperand(context, node, 0), floatOperand(context, node, 1)];
  const island = combined(node, operands, ([x, y]) => f(x as number, y as number), {
    label: node.op,
    ratio: node.op === 'Mul' || a === null || b === null ? 0 : slope(node, a.quantization, b.quantization),
  });
  if (island.kind === 'constant' || node.op === 'Sub' || a === null || b === null) return island;
  const op = node.op === 'Add' ? 'QLinearAdd' : 'QLinearMul';
  const emit: PendingValue['emit'] = (quantization) =>
    isUniform(a, b, quantization)
      ? emitFused(context.network, node, op, a, b, { quantization, name: null })
      : emitQuantized(context.network, node, island, quantization, null);
  return { ...pend(node, emit), island };
}

/** The Add of a vector behind a MatMul, which together are a Gemm. */
function withBias(
  context: Context,
  node: GraphNode,
  left: Value | undefined,
  right: Value | undefined,
): PendingValue | null {
  for (const [index, sum, vector] of [
    [0, left, right],
    [1, right, left],
  ] as const) {
    if (sum?.kind !== 'pending' || vector?.kind !== 'constant' || sum.withBias === null) continue;
    checkReadOnce(context, node.inputs[index] as string, node);
    return sum.withBias(vector);
  }
  return null;
}

function slope(node: GraphNode, a: ByteQuantization, b: ByteQuantization): number {
  const ratio = Math.fround(b.scale / a.scale);
  return node.op === 'Sub' ? -ratio : ratio;
}

/** onnxruntime fuses only where both operands and the output are of one type. */
function isUniform(a: Quantized, b: Quantized, to: ByteQuantization): boolean {
  return a.quantization.dtype === to.dtype && b.quantization.dtype === to.dtype;
}

/** QLinearAdd or QLinearMul of two tensors of bytes; at most one of them constant. */
export function emitFused(
  network: Network,
  node: GraphNode,
  op: FusedOp,
  a: Quantized,
  b: Quantized,
  { quantization, name }: Target,
): Cell {
  if (!isUniform(a, b, quantization))
    refuse(node, 'computes with bytes of different types', 'Quantize both operands and the output to the same type.');
  const attrs = {
    aScale: a.quantization.scale,
    aZero: a.quantization.zeroPoint,
    bScale: b.quantization.scale,
    bZero: b.quantization.zeroPoint,
    yScale: quantization.scale,
    yZero: quantization.zeroPoint,
    yType: quantization.dtype,
  };
  const alone = soleOperand(a.operand, b.operand);
  if (alone === null) return network.emit(node, op, attrs, [a.operand, b.operand], name);
  const operator = lookupOp(op);
  const inputs = [a.operand, b.operand].map((operand) => everyByte(operand, alone));
  const [output] = operator.run(inputs, operator.attrs(attrs, node.name)) as [IntTensor];
  const { dtype } = quantization;
  const unary = { table: [...output.data], inputDtype: dtype, outputDtype: dtype, label: node.op };
  return network.emit(node, 'UnaryTable', unary, [alone], name);
}

/**
 * The only tensor that the output depends on, element by element: both operands are it, or the other is a constant of one
 * element and no higher rank. Not for a tensor of one element: the kernel then tells left and right apart by other rules.
 */
function soleOperand(a: Operand, b: Operand): Cell | null {
  if ('constant' in a) return 'constant' in b ? null : soleBeside(b, a);
  if ('constant' in b) return soleBeside(a, b);
  return a === b && product(a.dims) > 1 ? a : null;
}

function soleBeside(cell: Cell, constant: Operand): Cell | null {
  const dims = dimsOf(constant);
  return product(dims) === 1 && product(cell.dims) > 1 && dims.length <= cell.dims.length ? cell : null;
}

/** Every byte of the type where the tensor stands, the constant as one element. */
function everyByte(operand: Operand, alone: Cell): IntTensor {
  if ('constant' in operand) return intTensor(operand.integers.dtype, [1], operand.integers.data);
  const [low] = dtypeRange[alone.dtype];
  return intTensor(
    alone.dtype,
    [256],
    Int32Array.from({ length: 256 }, (_, i) => low + i),
  );
}
