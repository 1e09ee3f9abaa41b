/** ReduceMax and ReduceMin as movements; ArgMax, ArgMin and TopK of one element, whose indices are claims of their own. */
import type { GraphNode } from '../../artifact/graph.ts';
import { dtypeRange, type Shape } from '../../base/tensor.ts';
import { intAttribute } from '../node-attributes.ts';
import { invalid, refuse } from '../refusal.ts';
import { type Context, operandValue } from './context.ts';
import {
  axesOf,
  axisOf,
  emitSteps,
  integersOf,
  listOf,
  type MovementReader,
  reshaped,
  type Step,
  type Surroundings,
  still,
} from './movement-operands.ts';
import type { ByteFunction, Cell, IntegerValue } from './values.ts';

/** Without the reduced dimensions, unless `keepdims` says that they stay. */
function shaped(node: GraphNode, dims: Shape, axes: readonly number[], step: Step): readonly Step[] {
  if (intAttribute(node, 'keepdims', 1) !== 0) return [step];
  return [step, reshaped(dims.filter((_, dim) => !axes.includes(dim)))];
}

export function readReduceExtreme(smallest: boolean): MovementReader {
  return (node, dims, around) => {
    const given = listOf(node, 'axes', 1, around) ?? [];
    if (given.length === 0 && intAttribute(node, 'noop_with_empty_axes', 0) !== 0) return still;
    const axes = given.length === 0 ? dims.map((_, dim) => dim) : [...axesOf(node, given, dims.length)];
    if (axes.length === 0) return still;
    return shaped(node, dims, axes, { op: 'ReduceExtreme', attrs: { axes, smallest } });
  };
}

/**
 * Bytes in the order of the values, different values by different bytes. Floats that are no increasing function of their
 * byte are replaced by their rank among the 256, which orders and equates them as the floats themselves.
 */
function orderedBytes(context: Context, node: GraphNode, value: ByteFunction | IntegerValue): Cell {
  if (value.kind === 'integer') {
    if (value.cell.dtype === 'u8' || value.cell.dtype === 's8') return value.cell;
    return refuse(node, `compares ${value.cell.dtype}`, 'Only bytes are supported.');
  }
  const { cell, floats, label } = value;
  const increasing = floats.every((float, i) => i === 0 || float > (floats[i - 1] as number));
  if (increasing && !Number.isNaN(floats[0])) return cell;
  if (floats.some(Number.isNaN)) return refuse(node, 'compares floats that may be NaN', 'Remove the node.');
  const ranks = new Map([...new Set(floats)].sort((a, b) => a - b).map((float, rank) => [float, rank]));
  // -0 and 0 are equal floats and one key of the map.
  const table = Array.from(floats, (float) => ranks.get(float) as number);
  const attrs = { table, inputDtype: cell.dtype, outputDtype: 'u8', label: `rank of ${label}` };
  return context.network.emit(node, 'UnaryTable', attrs, [cell], null);
}

function operand(context: Context, node: GraphNode): ByteFunction | IntegerValue {
  const value = operandValue(context, node, 0) ?? invalid(node, 'its input is missing');
  if (value.kind === 'byte-function' || value.kind === 'integer') return value;
  return refuse(
    node,
    'onnxruntime compares floats that are not quantized',
    'Put a QuantizeLinear/DequantizeLinear pair before this node.',
  );
}

export function importArgExtreme(smallest: boolean): (context: Context, node: GraphNode) => void {
  return (context, node) => {
    const bytes = orderedBytes(context, node, operand(context, node));
    const axis = axisOf(node, intAttribute(node, 'axis', 0), bytes.dims.length, bytes.dims.length);
    const attrs = { axis, smallest, last: intAttribute(node, 'select_last_index', 0) !== 0 };
    const steps = shaped(node, bytes.dims, [axis], { op: 'ArgExtreme', attrs });
    const name = node.outputs[0] as string;
    context.values.set(name, { kind: 'integer', cell: emitSteps(context.network, node, bytes, steps, name) });
  };
}

/** The first of the largest elements, its value and its index; TopK breaks ties by the lower index. */
export function importTopK(context: Context, node: GraphNode): void {
  const around: Surroundings = { constants: (name) => context.graph.initializers.get(name), integerFor: () => null };
  const count = integersOf(node, 1, around)?.[0] ?? intAttribute(node, 'k', 1);
  if (count !== 1) refuse(node, `takes ${count} elements`, 'Only k = 1 is supported.');
  const value = operand(context, node);
  const { dims } = value.cell;
  const axis = axisOf(node, intAttribute(node, 'axis', -1), dims.length, dims.length);
  const smallest = intAttribute(node, 'largest', 1) === 0;
  const bytes = orderedBytes(context, node, value);
  const [values = '', indices = ''] = node.outputs;
  if (indices !== '') {
    const step: Step = { op: 'ArgExtreme', attrs: { axis, smallest, last: false } };
    context.values.set(indices, { kind: 'integer', cell: emitSteps(context.network, node, bytes, [step], indices) });
  }
  if (values === '') return;
  const step: Step = { op: 'ReduceExtreme', attrs: { axes: [axis], smallest } };
  if (value.kind === 'integer') {
    context.values.set(values, { kind: 'integer', cell: emitSteps(context.network, node, bytes, [step], values) });
    return;
  }
  const floats = bytes === value.cell ? value.floats : rankedFloats(value.floats, dtypeRange.u8[1] + 1);
  const cell = emitSteps(context.network, node, bytes, [step], null);
  context.values.set(values, {
    ...value,
    cell,
    floats,
    origin: bytes === value.cell ? value.origin : null,
    reachable: false,
    dequantizer: null,
  });
}

/** The float of each rank; ranks that do not occur repeat the largest. */
function rankedFloats(floats: Float32Array, count: number): Float32Array {
  const sorted = [...new Set(floats)].sort((a, b) => a - b);
  return Float32Array.from({ length: count }, (_, rank) => sorted[Math.min(rank, sorted.length - 1)] as number);
}
