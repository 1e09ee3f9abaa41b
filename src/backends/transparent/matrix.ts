/**
 * Long-lived matrices: commitments that many proofs can refer to. A root means something only together with the row format
 * (c, κ, t): the same word can lie within the decoding radius of different codewords for two values of t. A matrix is
 * therefore named by its *descriptor*, the hash of root, format and tensors, and never by the bare root.
 */
import { ByteWriter } from '../../base/bytes.ts';
import { digest } from '../../base/digest.ts';
import type { Interval, Shape } from '../../base/tensor.ts';
import { placeTensors } from './layout.ts';

/** How rows are encoded; all matrices of a proof share it. */
export type RowFormat = {
  /** c: a row holds 2^c cells. */
  readonly logRow: number;
  /** κ: a codeword has 2^(c+κ) symbols. */
  readonly logBlowup: number;
  /** t: random coefficients per row; 0 in the core protocol alone. */
  readonly tail: number;
};

/** K: coefficients of a row, its random ones included. */
export function codeDimension(format: Omit<RowFormat, 'logBlowup'>): number {
  return 2 ** format.logRow + format.tail;
}

/** A tensor of a long-lived matrix, and the interval that whoever uses it may rely on once it is proven. */
export type MatrixTensor = { readonly sizes: Shape; readonly interval: Interval };

/** Everything about a long-lived matrix but its content. */
export type MatrixShape = { readonly format: RowFormat; readonly tensors: readonly MatrixTensor[] };

/** Canonical bytes of a shape. Addresses follow from the sizes; they are written so that the descriptor speaks for itself. */
export function encodeShape(shape: MatrixShape): Uint8Array {
  const { format, tensors } = shape;
  const { addresses, span } = placeTensors(
    tensors.map(({ sizes }) => sizes),
    format.logRow,
  );
  const out = new ByteWriter().u8(format.logRow).u8(format.logBlowup).u32(format.tail).u32(span).u32(tensors.length);
  tensors.forEach(({ sizes, interval }, i) => {
    out.u8(sizes.length);
    for (const size of sizes) out.u32(size);
    out.u64(addresses[i] as number);
    out.i32(interval[0]).i32(interval[1]);
  });
  return out.finish();
}

/** The name of a long-lived matrix: 32 bytes. */
export function descriptorOf(shape: MatrixShape, root: Uint8Array): Uint8Array {
  return digest(new ByteWriter().text('provenn/matrix/1').blob(encodeShape(shape)).raw(root).finish());
}
