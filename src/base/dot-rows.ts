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

function fast(a: IntRows, ofA: Uint32Array, b: IntRows, ofB: Uint32Array, wasm: Wasm): Float64Array | null {
  const { exports, stack } = wasm;
  const stride = paddedRow(a.size);
  const count = ofA.length;
  return stack.frame(2 * stride * (a.rows + b.rows) + 16 * count + 128, () => {
    const left = stack.pushShorts(shorts(a));
    const right = stack.pushShorts(shorts(b));
    const [rowsA, rowsB] = [stack.pushWords(ofA), stack.pushWords(ofB)];
    const out = stack.push(8 * count);
    exports.dotRows(left, rowsA, right, rowsB, stride, count, out);
    return new Float64Array(stack.read(out, 8 * count).slice().buffer);
  });
}

/** out[i] = Σ_k a[ofA[i]][k]·b[ofB[i]][k]. */
export function dotRows(
  a: IntRows,
  ofA: Uint32Array,
  b: IntRows,
  ofB: Uint32Array,
  wasm: Wasm | null = sharedWasm(),
): Float64Array {
  const { size } = a;
  if (wasm !== null && size * ofA.length >= fewProducts) {
    const [most, other] = [a.most ?? largest(a.data), b.most ?? largest(b.data)];
    if (most * other * size < 2 ** 31) {
      const out = fast(a, ofA, b, ofB, wasm);
      if (out !== null) return out;
    }
  }
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
