/**
 * Sums of products of integer rows, exactly: what convolutions and dense layers are made of. 16-bit rows whose sums cannot
 * leave 32 bits go to WebAssembly, all others through float64, exact below 2^53.
 */
import { sharedWasm, type Wasm } from './wasm.ts';

/** `rows` rows of `size` integers, one after another; those of 16 bits are padded with zeros to whole blocks. */
export type IntRows = {
  readonly data: Float64Array | Int32Array | Int16Array;
  readonly rows: number;
  readonly size: number;
  /** A bound of the magnitudes, where the caller has one. */
  readonly most?: number;
};

/** Rows read off 16-bit cells: row i holds cells[outputs[i] + reduces[k]], and no magnitude is above `most`. */
export type TapRows = {
  readonly cells: Int16Array;
  readonly outputs: Int32Array;
  readonly reduces: Int32Array;
  readonly most: number;
};

/** Integers a kernel reads at once. */
const rowBlock = 8;
/** Magnitudes below it fit 16 bits. */
const shortLimit = 2 ** 15;
/** Below this many products a call costs more than it saves. */
const fewProducts = 512;

/** The largest magnitude, or infinity when one does not fit 16 bits or is no integer. */
function largest(data: IntRows['data']): number {
  let most = 0;
  for (let i = 0; i < data.length; i++) {
    const value = data[i] as number;
    if (value !== (value | 0)) return Number.POSITIVE_INFINITY;
    const size = value < 0 ? -value : value;
    if (size > most) {
      if (size >= shortLimit) return Number.POSITIVE_INFINITY;
      most = size;
    }
  }
  return most;
}

/** Cells from one padded row of 16 bits to the next. */
export function paddedRow(size: number): number {
  return Math.ceil(size / rowBlock) * rowBlock;
}

/** Rows of 16 bits, padded with zeros to whole blocks. */
function shorts({ data, rows, size }: IntRows): Int16Array {
  if (data instanceof Int16Array) return data;
  const stride = paddedRow(size);
  if (stride === size) return new Int16Array(data);
  const out = new Int16Array(rows * stride);
  for (let row = 0; row < rows; row++) out.set(data.subarray(row * size, (row + 1) * size), row * stride);
  return out;
}

/** Taps as rows, which is their meaning. */
function laidOut(rows: IntRows | TapRows): IntRows {
  if ('data' in rows) return rows;
  const { cells, outputs, reduces, most } = rows;
  const [size, stride] = [reduces.length, paddedRow(reduces.length)];
  const data = new Int16Array(outputs.length * stride);
  for (let row = 0; row < outputs.length; row++)
    for (let k = 0, to = row * stride, from = outputs[row] as number; k < size; k++, to++)
      data[to] = cells[from + (reduces[k] as number)] as number;
  return { data, rows: outputs.length, size, most };
}

/** Bytes of the rows in the memory, and of what they are made from. */
function bytesOf(rows: IntRows | TapRows, stride: number): number {
  if ('data' in rows) return 2 * stride * rows.rows + 16;
  const { cells, outputs, reduces } = rows;
  return 2 * stride * outputs.length + 2 * cells.length + 4 * (outputs.length + reduces.length) + 64;
}

/** Address of the rows, brought or read off in the memory. */
function place(rows: IntRows | TapRows, stride: number, { exports, stack }: Wasm): number {
  if ('data' in rows) return stack.pushShorts(shorts(rows));
  const { outputs, reduces } = rows;
  const cells = stack.pushShorts(rows.cells);
  const [from, taps] = [stack.pushWords(outputs), stack.pushWords(reduces)];
  const out = stack.push(2 * stride * outputs.length);
  exports.gatherRows(cells, from, outputs.length, taps, reduces.length, stride, out);
  return out;
}

function fast(
  a: IntRows | TapRows,
  ofA: Uint32Array,
  b: IntRows | TapRows,
  ofB: Uint32Array,
  stride: number,
  wasm: Wasm,
): Float64Array | null {
  const { exports, stack } = wasm;
  const count = ofA.length;
  return stack.frame(bytesOf(a, stride) + bytesOf(b, stride) + 16 * count + 128, () => {
    const [left, right] = [place(a, stride, wasm), place(b, stride, wasm)];
    const [rowsA, rowsB] = [stack.pushWords(ofA), stack.pushWords(ofB)];
    const out = stack.push(8 * count);
    exports.dotRows(left, rowsA, right, rowsB, stride, count, out);
    return new Float64Array(stack.read(out, 8 * count).slice().buffer);
  });
}

/** out[i] = Σ_k a[ofA[i]][k]·b[ofB[i]][k]. */
export function dotRows(
  a: IntRows | TapRows,
  ofA: Uint32Array,
  b: IntRows | TapRows,
  ofB: Uint32Array,
  wasm: Wasm | null = sharedWasm(),
): Float64Array {
  const size = 'data' in a ? a.size : a.reduces.length;
  if (wasm !== null && size * ofA.length >= fewProducts) {
    const most = (rows: IntRows | TapRows): number => ('data' in rows ? (rows.most ?? largest(rows.data)) : rows.most);
    if (most(a) * most(b) * size < 2 ** 31) {
      const out = fast(a, ofA, b, ofB, paddedRow(size), wasm);
      if (out !== null) return out;
    }
  }
  return slow(laidOut(a), ofA, laidOut(b), ofB);
}

function slow(a: IntRows, ofA: Uint32Array, b: IntRows, ofB: Uint32Array): Float64Array {
  const { size } = a;
  const out = new Float64Array(ofA.length);
  const step = ({ data }: IntRows): number => (data instanceof Int16Array ? paddedRow(size) : size);
  const [stepA, stepB] = [step(a), step(b)];
  for (let i = 0; i < out.length; i++) {
    let sum = 0;
    for (let k = 0, x = (ofA[i] as number) * stepA, y = (ofB[i] as number) * stepB; k < size; k++)
      sum += (a.data[x++] as number) * (b.data[y++] as number);
    out[i] = sum;
  }
  return out;
}
