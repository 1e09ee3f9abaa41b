/** The operands of a contraction laid out as rows, so that every sum is one product of two rows. */
import type { Operand, OperandMap } from '../artifact/circuit.ts';
import type { IntRows, TapRows } from '../base/dot-rows.ts';
import { type Interval, product, type Shape, strides } from '../base/tensor.ts';
import { operandAddresses } from './operand-addresses.ts';

/** What an operand contributes: the rows it has, and the row of each output cell. */
export type Gathered = { readonly rows: IntRows | TapRows; readonly of: Uint32Array };

/** Cells that margins may have beyond a few times what a contraction reads anyway. */
const fewCells = 2 ** 16;

/** Σ steps[axis]·x[axis] at every cell of a box, row-major. */
function affineOffsets(box: Shape, steps: readonly number[]): Int32Array {
  let offsets = new Int32Array(1);
  box.forEach((size, axis) => {
    const step = steps[axis] as number;
    const next = new Int32Array(offsets.length * size);
    for (let i = 0, at = 0; i < offsets.length; i++)
      for (let x = 0, offset = offsets[i] as number; x < size; x++, offset += step) next[at++] = offset;
    offsets = next;
  });
  return offsets;
}

/** Least and greatest index that a contraction reads along one dimension of an operand. */
function reachOf(entry: OperandMap, box: Shape, reduce: Shape): Interval {
  if (entry.kind === 'fixed') return [entry.index, entry.index];
  if (entry.kind === 'output') return [0, (box[entry.axis] as number) - 1];
  if (entry.kind === 'reduce') return [0, (reduce[entry.axis] as number) - 1];
  const outputs = entry.stride * ((box[entry.axis] as number) - 1);
  return [-entry.pad, outputs + entry.dilation * ((reduce[entry.reduce] as number) - 1) - entry.pad];
}

/** Where the cells of an operand stand between margins of zeros. */
type Frame = {
  readonly cells: number;
  /** Steps along the dimensions, margins included. */
  readonly steps: readonly number[];
  /** Place of index 0 in every dimension. */
  readonly origin: number;
};

/** Margins as wide as windows reach beyond the wire, so that no tap of one needs to ask where it is. */
function frameOf(operand: Operand, sizes: Shape, box: Shape, reduce: Shape): Frame {
  const reach = operand.map.map((entry) => reachOf(entry, box, reduce));
  const margins = reach.map(([low]) => Math.max(0, -low));
  const widths = reach.map(([, high], dim) => (margins[dim] as number) + Math.max(sizes[dim] as number, high + 1));
  const steps = strides(widths);
  const origin = steps.reduce((sum, step, dim) => sum + step * (margins[dim] as number), 0);
  return { cells: product(widths), steps, origin };
}

/** (wire − zero) in its frame, with a bound of the magnitudes: as 16-bit integers, or null where one does not fit. */
function shortFrame(
  data: ArrayLike<number>,
  zero: number,
  runs: Int32Array,
  length: number,
  { cells, origin }: Frame,
): { readonly cells: Int16Array; readonly most: number } | null {
  const out = new Int16Array(cells);
  let magnitudes = 0;
  for (let run = 0, from = 0; run < runs.length; run++) {
    for (let i = 0, to = origin + (runs[run] as number); i < length; i++, from++, to++) {
      const value = (data[from] as number) - zero;
      const integer = value | 0;
      if (integer !== value) return null;
      out[to] = integer;
      magnitudes |= integer ^ (integer >> 31);
    }
  }
  // x ^ (x >> 31) is x or −x − 1, and no more than the bits of all of them together.
  return magnitudes < 2 ** 15 ? { cells: out, most: magnitudes + 1 } : null;
}

/** The same with whatever a hostile witness holds. */
function floatFrame(
  data: ArrayLike<number>,
  zero: number,
  runs: Int32Array,
  length: number,
  { cells, origin }: Frame,
): Float64Array {
  const out = new Float64Array(cells);
  for (let run = 0, from = 0; run < runs.length; run++)
    for (let i = 0, to = origin + (runs[run] as number); i < length; i++, from++, to++)
      out[to] = (data[from] as number) - zero;
  return out;
}

/** Address of the first tap of the first output, and what each output axis and each reduced axis adds to it. */
type Taps = { readonly base: number; readonly byOutput: number[]; readonly byReduce: number[] };

function tapsOf(operand: Operand, { steps, origin }: Frame, outputs: number, reduces: number): Taps {
  const byOutput = new Array<number>(outputs).fill(0);
  const byReduce = new Array<number>(reduces).fill(0);
  let base = origin;
  operand.map.forEach((entry, dim) => {
    const step = steps[dim] as number;
    if (entry.kind === 'fixed') base += entry.index * step;
    else if (entry.kind === 'output') byOutput[entry.axis] = step;
    else if (entry.kind === 'reduce') byReduce[entry.axis] = step;
    else {
      base -= entry.pad * step;
      byOutput[entry.axis] = entry.stride * step;
      byReduce[entry.reduce] = entry.dilation * step;
    }
  });
  return { base, byOutput, byReduce };
}

/** Rows read off a framed operand that does not fit 16 bits. */
function floatRows(cells: Float64Array, outputs: Int32Array, reduces: Int32Array): Float64Array {
  const size = reduces.length;
  const out = new Float64Array(outputs.length * size);
  for (let row = 0, to = 0; row < outputs.length; row++)
    for (let r = 0, from = outputs[row] as number; r < size; r++, to++)
      out[to] = cells[from + (reduces[r] as number)] as number;
  return out;
}

/** The rows of an operand whose margins would be much larger than what is read: cell by cell. */
function rowsCellByCell(
  operand: Operand,
  sizes: Shape,
  own: Shape,
  reduce: Shape,
  data: ArrayLike<number>,
): Float64Array {
  const [rows, size] = [product(own), product(reduce)];
  const addresses = operandAddresses(operand, sizes, own, reduce);
  const out = new Float64Array(rows * size);
  for (let row = 0; row < rows; row++)
    addresses(row).forEach((address, r) => {
      if (address >= 0) out[row * size + r] = (data[address] as number) - operand.zero;
    });
  return out;
}

/** The output axes an operand reads, increasing. */
function axesRead(operand: Operand): number[] {
  const axes = operand.map.flatMap((entry) => (entry.kind === 'output' || entry.kind === 'window' ? [entry.axis] : []));
  return [...new Set(axes)].sort((a, b) => a - b);
}

/**
 * The cells of (wire − zero) over the reduction box, 0 outside the wire, once for each position of the axes the operand
 * reads: output cells that differ in other axes share a row.
 */
export function gatherRows(
  operand: Operand,
  sizes: Shape,
  box: Shape,
  reduce: Shape,
  data: ArrayLike<number>,
): Gathered {
  const axes = axesRead(operand);
  const own = axes.map((axis) => box[axis] as number);
  const ownSteps = strides(own);
  const of = affineOffsets(
    box,
    box.map((_, axis) => (axes.includes(axis) ? (ownSteps[axes.indexOf(axis)] as number) : 0)),
  );
  const map = operand.map.map((entry) =>
    entry.kind === 'output' || entry.kind === 'window' ? { ...entry, axis: axes.indexOf(entry.axis) } : entry,
  );
  const moved = { ...operand, map };
  const shape = { rows: product(own), size: product(reduce) };
  const words = new Uint32Array(of.buffer);
  const frame = frameOf(moved, sizes, own, reduce);
  if (frame.cells > 4 * (data.length + shape.rows * shape.size) + fewCells)
    return { rows: { ...shape, data: rowsCellByCell(moved, sizes, own, reduce, data) }, of: words };
  const { base, byOutput, byReduce } = tapsOf(moved, frame, own.length, reduce.length);
  const runs = affineOffsets(sizes.slice(0, -1), frame.steps);
  const length = sizes.at(-1) ?? 1;
  const outputs = affineOffsets(own, byOutput).map((offset) => offset + base);
  const reduces = affineOffsets(reduce, byReduce);
  const short = shortFrame(data, operand.zero, runs, length, frame);
  if (short !== null) return { rows: { ...short, outputs, reduces }, of: words };
  const cells = floatFrame(data, operand.zero, runs, length, frame);
  return { rows: { ...shape, data: floatRows(cells, outputs, reduces), most: Number.POSITIVE_INFINITY }, of: words };
}
