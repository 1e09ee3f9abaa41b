/**
 * Floats on the way to their QuantizeLinear: a Conv, Gemm, MatMul or Add, perhaps a Relu or Clip, perhaps movements.
 *
 * onnxruntime fuses such a group into one integer operator exactly when a Relu or Clip comes first, changes no integer
 * (the quantized range implies it), and only movements follow that it carries quantization across. In every other case it
 * computes the group in floating point, whose last bits are not a function of the integer sums, and provenn refuses.
 */
import type { GraphNode } from '../../artifact/graph.ts';
import { type ByteQuantization, impliesClip } from '../formula.ts';
import { refuse } from '../refusal.ts';
import { type Context, outputName, readOnce } from './context.ts';
import { isStill, propagates, readMovement } from './movement.ts';
import type { Cell, PendingValue } from './values.ts';

export function pend(
  node: GraphNode,
  emit: PendingValue['emit'],
  withBias: PendingValue['withBias'] = null,
): PendingValue {
  return { kind: 'pending', node, emit, clip: null, movements: [], withBias };
}

export function checkReadOnce(context: Context, name: string, node: GraphNode): void {
  if (readOnce(context, name)) return;
  refuse(
    node,
    `reads ${name}, which is used more than once before it is quantized`,
    'Quantize the value once, and let every reader use the integers.',
  );
}

/** Relu or Clip right after the operator. */
export function clipPending(
  context: Context,
  node: GraphNode,
  value: PendingValue,
  low: number,
  high: number,
): PendingValue {
  checkReadOnce(context, node.inputs[0] as string, node);
  if (value.node === null)
    refuse(
      node,
      'works on the float input of the model',
      'Put a QuantizeLinear directly after the input, for instance with provenn quantize.',
    );
  if (value.clip !== null || value.movements.some((mover) => !isStill(mover))) {
    refuse(
      node,
      'onnxruntime computes this group in floating point',
      'Put a QuantizeLinear/DequantizeLinear pair before this node.',
    );
  }
  return { ...value, clip: { low, high, node }, withBias: null };
}

/** A movement between the operator and its QuantizeLinear. */
export function movePending(context: Context, node: GraphNode, value: PendingValue): PendingValue {
  checkReadOnce(context, node.inputs[0] as string, node);
  if (value.node !== null && !propagates(node, context.graph)) {
    refuse(
      node,
      `onnxruntime computes ${value.node.op} ${value.node.name} in floating point, because it carries no quantization across this node`,
      'Put a QuantizeLinear/DequantizeLinear pair before this node.',
    );
  }
  return { ...value, movements: [...value.movements, node], withBias: null };
}

/** Emits the integers at `node`, the QuantizeLinear the value was waiting for. */
export function resolvePending(context: Context, node: GraphNode, value: PendingValue, to: ByteQuantization): Cell {
  checkReadOnce(context, node.inputs[0] as string, node);
  if (value.clip !== null) checkImplied(context, node, value.clip, to);
  let cell = value.emit(to);
  for (const mover of value.movements) {
    const { op, attrs } = readMovement(mover, cell.dims, (name) => context.graph.initializers.get(name));
    if (!isStill(mover)) cell = context.network.emit(mover, op, attrs, [cell], null);
  }
  return context.network.name(cell, outputName(node), node);
}

/** onnxruntime looks for the range of a Clip only in a QuantizeLinear with scalar parameters, not with vectors of length 1. */
function checkImplied(
  context: Context,
  quantizer: GraphNode,
  { low, high, node }: NonNullable<PendingValue['clip']>,
  to: ByteQuantization,
): void {
  const scalar = context.graph.initializers.get(quantizer.inputs[1] ?? '')?.dims.length === 0;
  if (impliesClip(to, low, high) && (scalar || node.op === 'Relu')) return;
  refuse(
    node,
    `onnxruntime computes this group in floating point, because the quantized range does not imply the ${node.op}`,
    'Put a QuantizeLinear/DequantizeLinear pair before this node, or let the range of the next QuantizeLinear end where the clip does.',
  );
}
