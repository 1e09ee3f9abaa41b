/**
 * Long-lived matrices: commitments that many proofs can refer to. A root means something only together with the row format
 * (c, κ, t): the same word can lie within the decoding radius of different codewords for two values of t. A matrix is
 * therefore named by its *descriptor*, the hash of root, format and tensors, and never by the bare root.
 */
import type { Circuit, Wire, WireId } from '../../artifact/circuit.ts';
import { matricesOf } from '../../artifact/matrices.ts';
import { BytesError, ByteWriter } from '../../base/bytes.ts';
import { digest, digestLength } from '../../base/digest.ts';
import { invariant } from '../../base/errors.ts';
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

/** A long-lived matrix as a key knows it; `root` is null when every statement brings its own. */
export type KeyMatrix = { readonly name: string; readonly shape: MatrixShape; readonly root: Uint8Array | null };

/** The shape that some wires of a circuit have as a matrix under a row format. */
export function shapeOfWires(circuit: Circuit, format: RowFormat, wires: readonly WireId[]): MatrixShape {
  const { logRow, logBlowup, tail } = format;
  return {
    format: { logRow, logBlowup, tail },
    tensors: wires.map((wire) => {
      const { sizes, interval } = circuit.wires[wire] as Wire;
      return { sizes, interval };
    }),
  };
}

/** The shape that a circuit's matrix has under a row format. */
export function shapeOfMatrix(circuit: Circuit, format: RowFormat, matrix: string): MatrixShape {
  const found = matricesOf(circuit).find(({ name }) => name === matrix);
  invariant(found !== undefined, `the circuit has no matrix ${matrix}`);
  return shapeOfWires(circuit, format, found.wires);
}

/** Roots of the long-lived matrices of a proof, in key order: the key's, and the statement's for those it leaves open. */
export function rootsOf(matrices: readonly KeyMatrix[], stated: readonly Uint8Array[]): readonly Uint8Array[] {
  let next = 0;
  const roots = matrices.map(({ root }) => root ?? stated[next++]);
  if (next !== stated.length || !roots.every((root) => root?.length === digestLength))
    throw new BytesError('the statement does not name each commitment that the key leaves open');
  return roots as Uint8Array[];
}

/** Names of the long-lived matrices of a proof, in key order. */
export function descriptorsOf(matrices: readonly KeyMatrix[], roots: readonly Uint8Array[]): readonly Uint8Array[] {
  return matrices.map(({ shape }, i) => descriptorOf(shape, roots[i] as Uint8Array));
}

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
