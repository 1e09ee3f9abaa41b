/**
 * Sums of products of integer rows, exactly: what convolutions and dense layers are made of. 16-bit rows whose sums cannot
 * leave 32 bits go to WebAssembly, all others through float64, exact below 2^53.
 */
import { sharedWasm, type Wasm } from './wasm.ts';

/** `rows` rows of `size` integers, one after another. */
export type IntRows = { readonly data: Float64Array | Int32Array; readonly rows: number; readonly size: number };

/** Integers a kernel reads at once. */
const block = 8;
/** Below this many products a call costs more than it saves. */
const fewProducts = 512;

/** The largest magnitude, or infinity when one does not fit 16 bits or is no number. */
function largest(data: Float64Array | Int32Array): number {
  let most = 0;
  for (let i = 0; i < data.length; i++) {
    const size = Math.abs(data[i] as number);
    if (size > most || Number.isNaN(size)) {
      if (!(size < 2 ** 15)) return Number.POSITIVE_INFINITY;
      most = size;
    }
  }
  return most;
}

/** Rows padded with zeros to whole blocks. */
function shorts({ data, rows, size }: IntRows, stride: number): Int16Array {
  if (stride === size) return Int16Array.from(data);
  const out = new Int16Array(rows * stride);
  for (let row = 0; row < rows; row++) out.set(data.subarray(row * size, (row + 1) * size), row * stride);
  return out;
}

function fast(a: IntRows, ofA: Uint32Array, b: IntRows, ofB: Uint32Array, wasm: Wasm): Float64Array | null {
  const { exports, stack } = wasm;
  const stride = Math.ceil(a.size / block) * block;
  const count = ofA.length;
  return stack.frame(2 * stride * (a.rows + b.rows) + 16 * count + 128, () => {
    const left = stack.pushShorts(shorts(a, stride));
    const right = stack.pushShorts(shorts(b, stride));
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
    const [most, other] = [largest(a.data), largest(b.data)];
    if (most * other * size < 2 ** 31) {
      const out = fast(a, ofA, b, ofB, wasm);
      if (out !== null) return out;
    }
  }
  const out = new Float64Array(ofA.length);
  for (let i = 0; i < out.length; i++) {
    let sum = 0;
    for (let k = 0, x = (ofA[i] as number) * size, y = (ofB[i] as number) * size; k < size; k++)
      sum += (a.data[x++] as number) * (b.data[y++] as number);
    out[i] = sum;
  }
  return out;
}
