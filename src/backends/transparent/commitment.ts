/** Committing to rows: codewords, salted leaves, tree; long-lived matrices made from cells and a seed; opening columns. */
import { ByteWriter } from '../../base/bytes.ts';
import { digestLength } from '../../base/digest.ts';
import { invariant } from '../../base/errors.ts';
import { fromInteger } from '../../base/field.ts';
import { product, type Shape } from '../../base/tensor.ts';
import { defaultKernels } from './kernels/choose.ts';
import type { Allocate, Kernels } from './kernels/kernels.ts';
import { forEachRun, placeTensors } from './layout.ts';
import { saltLength } from './mask.ts';
import { codeDimension, descriptorOf, encodeShape, type MatrixShape } from './matrix.ts';
import { buildTree, multiproof, rootOf, type Tree } from './merkle.ts';
import { bytesOf, RandomStream, streamKey } from './randomness.ts';

export { descriptorOf, type MatrixShape } from './matrix.ts';

/** Rows as they are committed: `count` of them, each 2^c cells and then its random coefficients. */
export type EncodedRows = {
  readonly rows: Uint32Array;
  readonly count: number;
  readonly codewords: Uint32Array;
  /** `saltLength` bytes per column; none in the core protocol. */
  readonly salts: Uint8Array;
  readonly tree: Tree;
};

export function encodeAndHash(
  kernels: Kernels,
  rows: Uint32Array,
  dimension: number,
  logCode: number,
  salts: Uint8Array,
  allocate?: Allocate,
): EncodedRows {
  const count = rows.length / dimension;
  const codewords = kernels.encodeRows(rows, count, dimension, logCode, allocate);
  return {
    rows,
    count,
    codewords,
    salts,
    tree: buildTree(kernels.hashColumns(codewords, count, logCode, salts), kernels.hashPairs),
  };
}

/** The columns at some positions, each after its salt, and the multiproof that they are committed. */
export function openColumns(encoded: EncodedRows, positions: readonly number[], logCode: number): Uint8Array {
  const { codewords, count, salts, tree } = encoded;
  const out = new ByteWriter();
  const salt = salts.length / 2 ** logCode;
  for (const position of positions) {
    out.raw(salts.subarray(position * salt, (position + 1) * salt));
    for (let row = 0; row < count; row++) out.u32(codewords[row * 2 ** logCode + position] as number);
  }
  for (const hash of multiproof(tree, positions)) out.raw(hash);
  return out.finish();
}

/** A tensor's integers and where it stands in V. */
export type PlacedTensor = { readonly sizes: Shape; readonly address: number; readonly cells: ArrayLike<number> };

/** Writes tensors into their stored rows, `dimension` coefficients a row. `numbers` are the rows' numbers in V. */
export function fillRows(
  out: Uint32Array,
  numbers: Int32Array,
  logRow: number,
  dimension: number,
  tensors: readonly PlacedTensor[],
): void {
  const place = new Map(Array.from(numbers, (row, i) => [row, i]));
  const width = 2 ** logRow;
  for (const { sizes, address, cells } of tensors) {
    forEachRun(sizes, (first, offset, length) => {
      for (let done = 0; done < length; ) {
        const row = Math.floor((address + offset + done) / width);
        const column = address + offset + done - row * width;
        const end = Math.min(length, done + width - column);
        for (let to = (place.get(row) as number) * dimension + column; done < end; done++, to++)
          out[to] = fromInteger(cells[first + done] as number);
      }
    });
  }
}

/** Fills the random coefficients behind the data of `count` rows. */
export function fillTails(
  out: Uint32Array,
  count: number,
  logRow: number,
  dimension: number,
  random: RandomStream,
): void {
  for (let row = 0; row < count; row++)
    for (let i = 2 ** logRow; i < dimension; i++) out[row * dimension + i] = random.element();
}

export type CommittedMatrix = EncodedRows & {
  readonly shape: MatrixShape;
  readonly root: Uint8Array;
  readonly descriptor: Uint8Array;
};

/**
 * Commits to the integers of a shape's tensors, row-major each. Everything follows from the arguments: whoever keeps cells
 * and seed can open the commitment, whoever learns either half of them cannot. The seed is 32 bytes from the system's
 * generator, used for this matrix alone.
 */
export function commitMatrix(
  shape: MatrixShape,
  cells: readonly ArrayLike<number>[],
  seed: Uint8Array,
  kernels: Kernels = defaultKernels(),
): CommittedMatrix {
  const { format, tensors } = shape;
  invariant(seed.length === digestLength, 'a matrix is committed with a seed of 32 bytes');
  invariant(
    cells.length === tensors.length && tensors.every(({ sizes }, i) => cells[i]?.length === product(sizes)),
    'the cells have the sizes of the shape',
  );
  const placed = placeTensors(
    tensors.map(({ sizes }) => sizes),
    format.logRow,
  );
  const dimension = codeDimension(format);
  const logCode = format.logRow + format.logBlowup;
  const rows = new Uint32Array(placed.rows.length * dimension);
  fillRows(
    rows,
    placed.rows,
    format.logRow,
    dimension,
    tensors.map(({ sizes }, i) => ({
      sizes,
      address: placed.addresses[i] as number,
      cells: cells[i] as ArrayLike<number>,
    })),
  );
  const key = streamKey('provenn/matrix-randomness/1', seed, encodeShape(shape), bytesOf(rows));
  fillTails(rows, placed.rows.length, format.logRow, dimension, new RandomStream(key, 'tails'));
  const salts = new RandomStream(key, 'salts').bytes(saltLength * 2 ** logCode);
  const encoded = encodeAndHash(kernels, rows, dimension, logCode, salts);
  const root = rootOf(encoded.tree);
  return { ...encoded, shape, root, descriptor: descriptorOf(shape, root) };
}
