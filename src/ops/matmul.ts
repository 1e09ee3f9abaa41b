/** Products of matrices with broadcasting: their geometry and sums, shared by every operator that multiplies matrices. */
import { type IntTensor, product, type Shape } from '../base/tensor.ts';
import { differences } from './accumulate.ts';
import { alignedSize, broadcast } from './broadcast.ts';
import type { OpInput } from './op.ts';
import { checkedInt32 } from './requantize.ts';
import { checkByte, refuse } from './types.ts';

/**
 * a [batch…, rows, taps] by b [batch…, taps, columns]. A vector on the left is a row and one on the right a column, whose
 * dimension `dims` then lacks. `batch` is the broadcast of both lists of leading dimensions.
 */
export type MatrixProduct = {
  readonly batch: Shape;
  readonly rows: number;
  readonly taps: number;
  readonly columns: number;
  /** Of the result. */
  readonly dims: Shape;
};

/** Null when the shapes do not multiply. */
export function matrixProduct(a: Shape, b: Shape): MatrixProduct | null {
  if (a.length === 0 || b.length === 0) return null;
  const left = a.length === 1 ? [1, ...a] : a;
  const right = b.length === 1 ? [...b, 1] : b;
  const batch = broadcast(left.slice(0, -2), right.slice(0, -2));
  const [rows, taps] = left.slice(-2) as [number, number];
  const [inner, columns] = right.slice(-2) as [number, number];
  if (batch === null || taps !== inner) return null;
  const dims = [...batch, ...(a.length === 1 ? [] : [rows]), ...(b.length === 1 ? [] : [columns])];
  return { batch, rows, taps, columns, dims };
}

/** [rows, columns] to [columns, rows]. */
export function transposed(data: Int32Array, rows: number, columns: number): Int32Array {
  const out = new Int32Array(data.length);
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) out[c * rows + r] = data[r * columns + c] as number;
  return out;
}

/** The geometry of two inputs of bytes; refuses those that do not multiply. */
export function checkMatrixProduct(a: OpInput, b: OpInput, node: string): MatrixProduct {
  checkByte(a, 'its left operand', node);
  checkByte(b, 'its right operand', node);
  const product = matrixProduct(a.dims, b.dims);
  if (product === null) refuse('MODEL_INVALID', node, `[${a.dims.join(',')}] does not multiply [${b.dims.join(',')}]`);
  return product;
}

/** For every batch index, row-major: which matrix of an operand with these leading dimensions it meets. */
function matrices(leading: Shape, batch: Shape): number[] {
  return batch.reduce<number[]>(
    (indexes, size, i) => {
      const own = alignedSize(leading, batch.length, i);
      return indexes.flatMap((index) => Array.from({ length: size }, (_, x) => index * own + (own === 1 ? 0 : x)));
    },
    [0],
  );
}

/** Σ_k (a − az)(b − bz[n]) for every cell, row-major over [batch…, rows, columns]; each an int32. */
export function multiplied(a: IntTensor, b: IntTensor, aZero: number, bZero: readonly number[]): Int32Array {
  const { batch, rows, taps, columns } = matrixProduct(a.dims, b.dims) as MatrixProduct;
  const lefts = matrices(a.dims.slice(0, -2), batch);
  const rights = matrices(b.dims.slice(0, -2), batch);
  const activations = a.data.map((value) => value - aZero);
  const count = b.data.length / (taps * columns);
  const weights = Array.from({ length: count }, (_, i) => {
    const matrix = b.data.subarray(i * taps * columns, (i + 1) * taps * columns);
    return differences(transposed(matrix, taps, columns), bZero, columns);
  });
  const out = new Int32Array(product(batch) * rows * columns);
  let at = 0;
  for (const [i, left] of lefts.entries()) {
    const right = weights[rights[i] as number] as Int32Array;
    for (let row = 0; row < rows; row++) {
      const line = (left * rows + row) * taps;
      for (let n = 0; n < columns; n++) {
        let sum = 0;
        for (let k = 0; k < taps; k++) sum += (activations[line + k] as number) * (right[n * taps + k] as number);
        out[at++] = checkedInt32(sum);
      }
    }
  }
  return out;
}
