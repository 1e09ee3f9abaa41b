/**
 * Floats on the way to their QuantizeLinear: a Conv, Gemm, MatMul or Add, perhaps a Relu or Clip, perhaps movements.
 *
 * onnxruntime fuses such a group into one integer operator exactly when a Relu or Clip comes first, changes no integer
 * (the quantized range implies it), and only movements follow that it carries quantization across. In every other case it
 * computes the group in floating point. Where the operator's floats are a function of two bytes, its island, that is exact
 * too; otherwise their last bits are not a function of the integer sums, and provenn refuses.
 */
import type { GraphNode } from '../../artifact/graph.ts';
import { type ByteQuantization, impliesClip, quantizeByte } from '../formula.ts';
import { refuse } from '../refusal.ts';
import { type Context, outputName, readOnce } from './context.ts';
import { isStill, propagates, readMovement } from './movement.ts';
import { emitSteps } from './movement-operands.ts';
import { emitQuantized } from './tabulate.ts';
import type { ByteFunction, Cell, PairFunction, PendingValue } from './values.ts';

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

/** Clip as onnxruntime has it: with low > high every value becomes high; NaN and the sign of 0 stay. */
export function clipFloat(value: number, low: number, high: number): number {
  const raised = value < low ? low : value;
  return raised > high ? high : raised;
}

function isMoved(value: PendingValue): boolean {
  return value.movements.some((mover) => !isStill(mover));
}

/** The island with the Relu or Clip that followed. */
function clippedIsland(island: ByteFunction | PairFunction, clip: PendingValue['clip']): ByteFunction | PairFunction {
  if (clip === null) return island;
  return { ...island, floats: island.floats.map((float) => clipFloat(float, clip.low, clip.high)) };
}

/** The value as a function of bytes, for an operator that computes with its floats. */
export function islandOf(node: GraphNode, value: PendingValue, name: string): ByteFunction | PairFunction {
  if (value.island !== undefined && !isMoved(value)) return clippedIsland(value.island, value.clip);
  return refuse(
    node,
    `onnxruntime computes it in floating point, because ${name} is not quantized`,
    value.node === null
      ? 'Run provenn quantize first, or quantize the model statically with onnxruntime.'
      : 'Put a QuantizeLinear/DequantizeLinear pair before this node.',
  );
}

/** A function of two bytes, waiting like a pending value for the QuantizeLinear behind some movements. */
export function awaitingQuantization(context: Context, node: GraphNode, value: PairFunction): PendingValue {
  const producer = context.producers.get(node.inputs[0] as string) ?? node;
  const emit: PendingValue['emit'] = (to) => emitQuantized(context.network, producer, value, to, null);
  return { ...pend(producer, emit), island: value };
}

/** The same pending value, its integers those of the floats and not of a fused kernel. */
function inFloat(context: Context, value: PendingValue, island: ByteFunction | PairFunction): PendingValue {
  const { node, clip } = value;
  const clipped = clippedIsland(island, clip);
  const emit: PendingValue['emit'] = (to) => emitQuantized(context.network, node as GraphNode, clipped, to, null);
  return { ...value, emit, clip: null, withBias: null, island: clipped };
}

/** Relu or Clip right after the operator. */
export function clipPending(
  context: Context,
  node: GraphNode,
  value: PendingValue,
  low: number,
  high: number,
): PendingValue | ByteFunction | PairFunction {
  const name = node.inputs[0] as string;
  const fusible = readOnce(context, name) && value.clip === null;
  if (value.island !== undefined && !isMoved(value) && !fusible)
    return clippedIsland(islandOf(node, value, name), { low, high, node });
  checkReadOnce(context, name, node);
  if (value.node === null)
    refuse(
      node,
      'works on the float input of the model',
      'Put a QuantizeLinear directly after the input, for instance with provenn quantize.',
    );
  if (value.clip !== null || isMoved(value)) {
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
    if (value.island !== undefined) return moved(inFloat(context, value, value.island), node);
    refuse(
      node,
      `onnxruntime computes ${value.node.op} ${value.node.name} in floating point, because it carries no quantization across this node`,
      'Put a QuantizeLinear/DequantizeLinear pair before this node.',
    );
  }
  return moved(value, node);
}

function moved(value: PendingValue, node: GraphNode): PendingValue {
  return { ...value, movements: [...value.movements, node], withBias: null };
}

/** Emits the integers at `node`, the QuantizeLinear the value was waiting for. */
export function resolvePending(context: Context, node: GraphNode, value: PendingValue, to: ByteQuantization): Cell {
  let cell = settled(context, node, value, to).emit(to);
  for (const mover of value.movements) {
    const steps = readMovement(mover, cell.dims, {
      constants: (name) => context.graph.initializers.get(name),
      integerFor: (float) => quantizeByte(float, to),
    });
    if (!isStill(mover)) cell = emitSteps(context.network, mover, cell, steps, null);
  }
  return context.network.name(cell, outputName(node), node);
}

/** The value as onnxruntime computes it under this QuantizeLinear: fused into one operator, or in floats. */
function settled(context: Context, quantizer: GraphNode, value: PendingValue, to: ByteQuantization): PendingValue {
  const name = quantizer.inputs[0] as string;
  const implied = value.clip === null || isImplied(context, quantizer, value.clip, to);
  // Several equal QuantizeLinear are merged into one before the fusion: what they become is not known here.
  const shared = !readOnce(context, name) && context.consumers.get(name)?.some(({ op }) => op !== 'QuantizeLinear');
  if (value.island !== undefined && (shared === true || !implied)) return inFloat(context, value, value.island);
  checkReadOnce(context, name, quantizer);
  if (implied) return value;
  const { node } = value.clip as NonNullable<PendingValue['clip']>;
  return refuse(
    node,
    `onnxruntime computes this group in floating point, because the quantized range does not imply the ${node.op}`,
    'Put a QuantizeLinear/DequantizeLinear pair before this node, or let the range of the next QuantizeLinear end where the clip does.',
  );
}

/** onnxruntime looks for the range of a Clip only in a QuantizeLinear with scalar parameters, not with vectors of length 1. */
function isImplied(
  context: Context,
  quantizer: GraphNode,
  { low, high, node }: NonNullable<PendingValue['clip']>,
  to: ByteQuantization,
): boolean {
  const scalar = context.graph.initializers.get(quantizer.inputs[1] ?? '')?.dims.length === 0;
  return impliesClip(to, low, high) && (scalar || node.op === 'Relu');
}
