/** Cast, where it changes no value: between integers, from bytes to floats, and of floats to float32. */
import type { GraphNode } from '../../artifact/graph.ts';
import { type Dtype, dtypeRange } from '../../base/tensor.ts';
import { intAttribute } from '../node-attributes.ts';
import { invalid, refuse } from '../refusal.ts';
import { type Context, operandValue, outputName } from './context.ts';
import { emitBooleans } from './tabulate.ts';
import { type Cell, isFunction, type Value } from './values.ts';

const float32 = 1;

/** TensorProto.DataType of the integers. */
const integerTypes: ReadonlyMap<number, Dtype> = new Map([
  [2, 'u8'],
  [3, 's8'],
  [6, 's32'],
  [7, 's64'],
]);

export function importCast(context: Context, node: GraphNode): void {
  const value = operandValue(context, node, 0) ?? invalid(node, 'its input is missing');
  context.values.set(outputName(node), casted(context, node, value, intAttribute(node, 'to', float32)));
}

function casted(context: Context, node: GraphNode, value: Value, code: number): Value {
  const boolean = isFunction(value) && value.boolean === true;
  if (value.kind === 'integer')
    return code === float32 ? asFloats(node, value.cell) : asIntegers(context, node, value.cell, code);
  if (boolean && code === float32) return { ...value, boolean: false };
  if (boolean) return asIntegers(context, node, emitBooleans(context.network, node, value, null), code);
  if (code === float32 && value.kind !== 'constant') return value;
  return refuse(node, 'rounds floats to another type', 'Only casts that change no value are supported.');
}

/** Bytes as the floats they name: what DequantizeLinear gives with scale 1 and zero point 0. */
function asFloats(node: GraphNode, cell: Cell): Value {
  const { dtype } = cell;
  if (dtype !== 'u8' && dtype !== 's8')
    return refuse(node, `turns ${dtype} into floats`, 'Return the integers themselves.');
  const [low] = dtypeRange[dtype];
  const floats = Float32Array.from({ length: 256 }, (_, i) => low + i);
  const origin = { scale: 1, zeroPoint: 0, dtype };
  return { kind: 'byte-function', cell, floats, origin, reachable: false, dequantizer: null, label: 'cast' };
}

function asIntegers(context: Context, node: GraphNode, cell: Cell, code: number): Value {
  const to = integerTypes.get(code);
  if (to === undefined) return refuse(node, `casts to type ${code} of ONNX`, 'Cast to int32 or int64.');
  return { kind: 'integer', cell: context.network.emit(node, 'Cast', { to }, [cell], outputName(node)) };
}
