/**
 * Float operators whose result depends on at most two bytes, or on a byte and constants: their floats are computed here for
 * every combination, so that any chain of them is exact whatever its roundings are.
 */
import type { GraphNode, GraphTensor } from '../../artifact/graph.ts';
import { dequantizeLinear } from '../../base/rounding.ts';
import { product, type Shape, sameShape } from '../../base/tensor.ts';
import { addresses, broadcast } from '../../ops/broadcast.ts';
import { invalid, refuse } from '../refusal.ts';
import { type Context, operandValue, outputName } from './context.ts';
import { islandOf } from './pending.ts';
import type { ByteFunction, Cell, Classes, ConstantValue, PairFunction, ScaledConstant, Value } from './values.ts';

/** Floats by the bytes of `cells` in order, then by class; the last varies fastest. */
export type FloatOperand = {
  readonly cells: readonly Cell[];
  readonly classes: Classes | null;
  readonly dims: Shape;
  readonly floats: Float32Array;
  readonly boolean: boolean;
};

/** A function of the operands' floats, in order. */
export type Combination = (operands: readonly number[]) => number;

export type Described = { readonly label: string; readonly ratio?: number; readonly boolean?: boolean };

/** Constants of more distinct values than this make tables that are too long. */
const mostClasses = 2048;

/** A constant as classes: equal values are one class. */
function classified(values: Float32Array, dims: Shape, boolean = false): FloatOperand {
  const known = new Map<string, number>();
  const distinct: number[] = [];
  const index = Int32Array.from(values, (value) => {
    // Dividing by them tells 0 and −0 apart.
    const key = Object.is(value, -0) ? '-0' : `${value}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    known.set(key, distinct.length);
    return distinct.push(value) - 1;
  });
  const classes = { dims, index, count: distinct.length };
  return { cells: [], classes, dims, floats: Float32Array.from(distinct), boolean };
}

function constantFloats(node: GraphNode, tensor: GraphTensor): Float32Array {
  if (tensor.type === 'float32') return tensor.data;
  if (tensor.type === 'bool') return Float32Array.from(tensor.data);
  return refuse(node, `computes with ${tensor.type} constants`, 'Use float32 constants.');
}

/** The floats of dequantized constants, per tensor or along their axis. */
function dequantized({ integers, scales, zeros, axis }: ScaledConstant): Float32Array {
  const inner = product(integers.dims.slice(axis + 1));
  return Float32Array.from(integers.data, (integer, i) => {
    const channel = scales.length === 1 ? 0 : Math.floor(i / inner) % scales.length;
    return dequantizeLinear(integer, scales[channel] as number, zeros[channel] as number);
  });
}

function operandOf(context: Context, node: GraphNode, index: number, boolean: boolean): FloatOperand {
  const value = operandValue(context, node, index) ?? invalid(node, `operand ${index} is missing`);
  const operand = asOperand(node, value, node.inputs[index] as string);
  if (operand.boolean !== boolean) invalid(node, `operand ${index} ${boolean ? 'is not' : 'is'} a tensor of booleans`);
  return operand;
}

/** Operand `index` of an elementwise operator, whose elements are floats. */
export function floatOperand(context: Context, node: GraphNode, index: number): FloatOperand {
  return operandOf(context, node, index, false);
}

/** The same for an operand of booleans, as floats 0 and 1. */
export function booleanOperand(context: Context, node: GraphNode, index: number): FloatOperand {
  return operandOf(context, node, index, true);
}

function asOperand(node: GraphNode, value: Value, name: string): FloatOperand {
  switch (value.kind) {
    case 'byte-function':
      return {
        cells: [value.cell],
        classes: null,
        dims: value.cell.dims,
        floats: value.floats,
        boolean: value.boolean === true,
      };
    case 'pair-function': {
      const { left, right, dims, floats, boolean } = value;
      return 'index' in right
        ? { cells: [left], classes: right, dims, floats, boolean }
        : { cells: [left, right], classes: null, dims, floats, boolean };
    }
    case 'constant':
      return classified(constantFloats(node, value.tensor), value.tensor.dims, value.tensor.type === 'bool');
    case 'scaled-constant':
      return classified(dequantized(value), value.integers.dims);
    case 'pending':
      return asOperand(node, islandOf(node, value, name), name);
    case 'integer':
      return refuse(
        node,
        'computes on integers directly',
        'Put a DequantizeLinear before it and a QuantizeLinear after it.',
      );
  }
}

/** Classes of several constants as one: a class is a distinct combination, listed in `parts` by operand. */
function mergedClasses(
  node: GraphNode,
  list: readonly (Classes | null)[],
): { readonly classes: Classes; readonly parts: readonly (readonly number[])[] } {
  const dims = commonShape(
    node,
    list.flatMap((classes) => (classes === null ? [] : [classes.dims])),
  );
  const readers = list.map((classes) => (classes === null ? () => 0 : readerOf(classes, dims)));
  const known = new Map<string, number>();
  const parts: number[][] = [];
  const index = Int32Array.from({ length: product(dims) }, (_, i) => {
    const part = readers.map((read) => read(i));
    const key = part.join();
    const found = known.get(key);
    if (found !== undefined) return found;
    known.set(key, parts.length);
    return parts.push(part) - 1;
  });
  if (parts.length > mostClasses)
    refuse(
      node,
      `computes with ${parts.length} distinct constants, more than ${mostClasses}`,
      'Quantize the constants.',
    );
  return { classes: { dims, index, count: parts.length }, parts };
}

/** The class of every cell of a shape that the constant broadcasts to. */
function readerOf({ dims, index }: Classes, out: Shape): (cell: number) => number {
  const at = addresses(dims, out);
  return (cell) => index[at[cell] as number] as number;
}

function commonShape(node: GraphNode, shapes: readonly Shape[]): Shape {
  return shapes.reduce((a, b) => {
    return broadcast(a, b) ?? invalid(node, `[${a.join(',')}] and [${b.join(',')}] do not broadcast`);
  }, [] as Shape);
}

/** The value of a float operator: a constant, a function of one byte, or one of two sources. */
export function combined(
  node: GraphNode,
  operands: readonly FloatOperand[],
  f: Combination,
  described: Described,
): ByteFunction | PairFunction | ConstantValue {
  const dims = commonShape(
    node,
    operands.map((operand) => operand.dims),
  );
  const cells = [...new Set(operands.flatMap((operand) => operand.cells))];
  const { classes, parts } = mergedClasses(
    node,
    operands.map((operand) => operand.classes),
  );
  const shapeOfCells = commonShape(
    node,
    cells.map((cell) => cell.dims),
  );
  const needed = cells.length === 0 || classes.count > 1 || !sameShape(shapeOfCells, dims);
  if (cells.length + (needed ? 1 : 0) > 2 && cells.length > 0)
    refuse(
      node,
      'depends on more than two tensors before it is quantized',
      'Put a QuantizeLinear/DequantizeLinear pair behind one of its operands.',
    );
  const floats = tabulated(operands, cells, parts, f);
  const { label, ratio = 0, boolean = false } = described;
  const [left, right] = cells;
  if (left === undefined) return constantOf(node, classes, floats, boolean);
  if (right === undefined && !needed)
    return {
      kind: 'byte-function',
      cell: left,
      floats,
      origin: null,
      reachable: false,
      dequantizer: null,
      boolean,
      label,
    };
  const slope = right === undefined ? 0 : ratio;
  return { kind: 'pair-function', left, right: right ?? classes, dims, floats, ratio: slope, boolean, label };
}

/** f at every combination: bytes of the cells in order, then classes. */
function tabulated(
  operands: readonly FloatOperand[],
  cells: readonly Cell[],
  parts: readonly (readonly number[])[],
  f: Combination,
): Float32Array {
  const width = parts.length;
  const rows = 256 ** cells.length;
  const positions = operands.map((operand) => operand.cells.map((cell) => cells.indexOf(cell)));
  const widths = operands.map((operand) => operand.classes?.count ?? 1);
  const floats = new Float32Array(rows * width);
  const values = operands.map(() => 0);
  for (let row = 0; row < rows; row++) {
    const bytes = cells.length === 2 ? [row >>> 8, row & 255] : [row];
    for (let c = 0; c < width; c++) {
      for (let i = 0; i < operands.length; i++) {
        const place = (positions[i] as number[]).reduce((at, cell) => at * 256 + (bytes[cell] as number), 0);
        const at = place * (widths[i] as number) + ((parts[c] as readonly number[])[i] as number);
        values[i] = (operands[i] as FloatOperand).floats[at] as number;
      }
      floats[row * width + c] = f(values);
    }
  }
  return floats;
}

/** What depends on constants alone is a constant. */
function constantOf(node: GraphNode, classes: Classes, floats: Float32Array, boolean: boolean): ConstantValue {
  const data = Array.from(classes.index, (c) => floats[c] as number);
  const tensor: GraphTensor = boolean
    ? { type: 'bool', dims: classes.dims, data: Uint8Array.from(data) }
    : { type: 'float32', dims: classes.dims, data: Float32Array.from(data) };
  return { kind: 'constant', name: outputName(node), tensor };
}
