/** Average pools: the QOperator spelling, the QDQ groups onnxruntime fuses, and images whose channels come last. */
import type { GraphNode } from '../../artifact/graph.ts';
import type { Json } from '../../base/canonical-json.ts';
import type { Shape } from '../../base/tensor.ts';
import { intAttribute, intsAttribute } from '../node-attributes.ts';
import { invalid, refuse } from '../refusal.ts';
import { type Context, outputName } from './context.ts';
import { dimsOf, type Quantized, type Target } from './linear.ts';
import type { Network, Operand } from './network.ts';
import { quantizedOperand } from './operands.ts';
import { pend } from './pending.ts';
import { quantized, target } from './qoperator.ts';
import type { Cell } from './values.ts';
import { windowAttributes } from './window-attributes.ts';

type Pool = { readonly op: string; readonly attrs: { readonly [key: string]: Json } };

/** A window without padding as large as the image is a global average to onnxruntime, whatever the node says. */
function averagePool(node: GraphNode, dims: Shape): Pool {
  const rank = dims.length - 2;
  const kernel = intsAttribute(node, 'kernel_shape') ?? invalid(node, 'kernel_shape is missing');
  if (rank < 1 || kernel.length !== rank) invalid(node, `kernel_shape must have ${rank} entries`);
  const ceilMode = intAttribute(node, 'ceil_mode', 0) === 1;
  const window = windowAttributes(node, dims, kernel, { ceilMode, samePadding: 'undilated' });
  if (window.dilations.some((dilation) => dilation !== 1))
    refuse(node, 'averages over a dilated window', 'Use a window without dilation.');
  const { strides, pads } = window;
  const whole = kernel.every((size, i) => size === dims[i + 2]) && pads.every((pad) => pad === 0);
  if (whole) return globalPool;
  const countIncludePad = intAttribute(node, 'count_include_pad', 0) !== 0;
  return { op: 'QLinearAveragePool', attrs: { kernel, strides, pads, ceilMode, countIncludePad } };
}

const globalPool: Pool = { op: 'QLinearGlobalAveragePool', attrs: {} };

function emitPool(network: Network, node: GraphNode, pool: Pool, x: Quantized, to: Target): Cell {
  const from = x.quantization;
  if (from.dtype !== to.quantization.dtype)
    refuse(
      node,
      `onnxruntime averages in floating point from ${from.dtype} to ${to.quantization.dtype}`,
      'Quantize its input and its output to the same type.',
    );
  const { scale: yScale, zeroPoint: yZero, dtype: yType } = to.quantization;
  const attrs = { ...pool.attrs, xScale: from.scale, xZero: from.zeroPoint, yScale, yZero, yType };
  return network.emit(node, pool.op, attrs, [x.operand], to.name);
}

/** Pools an image [N, spatial…, C] between two transpositions, which cost nothing. */
function emitChannelsLast(network: Network, node: GraphNode, pool: PoolOf, x: Quantized, to: Target): Cell {
  const { length } = dimsOf(x.operand);
  const first = [0, length - 1, ...Array.from({ length: length - 2 }, (_, i) => i + 1)];
  const last = [0, ...Array.from({ length: length - 2 }, (_, i) => i + 2), 1];
  const moved: Operand = network.emit(node, 'Transpose', { perm: first }, [x.operand], null);
  const cell = emitPool(network, node, pool(node, moved.dims), { ...x, operand: moved }, { ...to, name: null });
  return network.emit(node, 'Transpose', { perm: last }, [cell], to.name);
}

type PoolOf = (node: GraphNode, dims: Shape) => Pool;
type Importer = (context: Context, node: GraphNode) => void;

/** QLinearAveragePool and its like: input, its scale and zero point, scale and zero point of the output. */
function quantizedPool(pool: PoolOf): Importer {
  return (context, node) => {
    const x = quantized(context, node, 0, 'the input');
    const to = target(context, node, 3);
    const emit = intAttribute(node, 'channels_last', 0) !== 0 ? emitChannelsLast : emitFirst;
    context.values.set(outputName(node), { kind: 'integer', cell: emit(context.network, node, pool, x, to) });
  };
}

function emitFirst(network: Network, node: GraphNode, pool: PoolOf, x: Quantized, to: Target): Cell {
  return emitPool(network, node, pool(node, dimsOf(x.operand)), x, to);
}

/** A float pool between DequantizeLinear and QuantizeLinear. */
function floatPool(pool: PoolOf): Importer {
  return (context, node) => {
    const x = quantizedOperand(context, node, 0);
    const known = pool(node, dimsOf(x.operand));
    context.values.set(
      outputName(node),
      pend(node, (quantization) => emitPool(context.network, node, known, x, { quantization, name: null })),
    );
  };
}

export const importQLinearAveragePool: Importer = quantizedPool(averagePool);
export const importQLinearGlobalAveragePool: Importer = quantizedPool(() => globalPool);
export const importAveragePool: Importer = floatPool(averagePool);
export const importGlobalAveragePool: Importer = floatPool(() => globalPool);
