/** From floats by byte to integers by byte: the table operators that a quantized float function becomes. */
import type { GraphNode } from '../../artifact/graph.ts';
import { dtypeRange, type IntTensor, intTensor, sameShape } from '../../base/tensor.ts';
import type { ByteDtype } from '../../ops/attributes.ts';
import { type ByteQuantization, quantizeByte } from '../formula.ts';
import type { Network } from './network.ts';
import type { ByteFunction, Cell, Classes, PairFunction } from './values.ts';

/** Integers in the order of the function's floats. */
type Entries = { readonly integers: Int32Array; readonly dtype: ByteDtype };

/** Emits the table of a function under an output quantization; `name` null leaves the name of its output open. */
export function emitQuantized(
  network: Network,
  node: GraphNode,
  value: ByteFunction | PairFunction,
  to: ByteQuantization,
  name: string | null,
): Cell {
  const integers = Int32Array.from(value.floats, (float) => quantizeByte(float, to));
  return emitEntries(network, node, value, { integers, dtype: to.dtype }, name);
}

/** Emits a tensor of booleans as integers 0 and 1. */
export function emitBooleans(
  network: Network,
  node: GraphNode,
  value: ByteFunction | PairFunction,
  name: string | null,
): Cell {
  return emitEntries(network, node, value, { integers: Int32Array.from(value.floats), dtype: 'u8' }, name);
}

function emitEntries(
  network: Network,
  node: GraphNode,
  value: ByteFunction | PairFunction,
  entries: Entries,
  name: string | null,
): Cell {
  if (value.kind === 'byte-function') return emitUnary(network, node, value.cell, value.label, entries, name);
  const { left, right } = value;
  if (!('index' in right)) return emitPair(network, node, value, right, { ...entries, width: 256 }, name);
  const { index, table } = withoutEqualColumns(right, entries);
  if (table.width === 1 && sameShape(left.dims, value.dims))
    return emitUnary(network, node, left, value.label, table, name);
  const classes = intTensor('s32', right.dims, index);
  return emitPair(network, node, value, constant(network, `${node.name}/classes`, classes), table, name);
}

function emitUnary(
  network: Network,
  node: GraphNode,
  cell: Cell,
  label: string,
  { integers, dtype }: Entries,
  name: string | null,
): Cell {
  const attrs = { table: [...integers], inputDtype: cell.dtype, outputDtype: dtype, label };
  return network.emit(node, 'UnaryTable', attrs, [cell], name);
}

type Table = Entries & { readonly width: number };
type Constant = { readonly constant: string; readonly integers: IntTensor };

function constant(network: Network, wanted: string, integers: IntTensor): Constant {
  return { constant: network.freshName(wanted), integers };
}

function emitPair(
  network: Network,
  node: GraphNode,
  { left, ratio, label }: PairFunction,
  right: Cell | Constant,
  { integers, dtype, width }: Table,
  name: string | null,
): Cell {
  const table = constant(network, `${node.name}/table`, intTensor(dtype, [256, width], integers));
  const attrs = { aType: left.dtype, yType: dtype, ratio, label };
  return network.emit(node, 'PairTable', attrs, [left, right, table], name);
}

/** Classes whose integers are all equal become one: channels often differ in floats only. */
function withoutEqualColumns(
  { index, count }: Classes,
  { integers, dtype }: Entries,
): { readonly index: Int32Array; readonly table: Table } {
  const known = new Map<string, number>();
  const kept: number[] = [];
  const renamed = Array.from({ length: count }, (_, c) => {
    const key = Array.from({ length: 256 }, (_, byte) => integers[byte * count + c]).join();
    const found = known.get(key) ?? known.size;
    if (found === known.size) kept.push(c);
    known.set(key, found);
    return found;
  });
  const width = kept.length;
  const merged = Int32Array.from({ length: 256 * width }, (_, i) => {
    return integers[Math.floor(i / width) * count + (kept[i % width] as number)] as number;
  });
  return { index: index.map((c) => renamed[c] as number), table: { integers: merged, dtype, width } };
}

/** True when a table changes nothing. */
export function isIdentity(cell: Cell, to: ByteQuantization, floats: Float32Array): boolean {
  const [low] = dtypeRange[cell.dtype];
  return cell.dtype === to.dtype && floats.every((float, i) => quantizeByte(float, to) === low + i);
}
