import { describe, expect, it } from 'vitest';
import { toHex } from '../../base/bytes.ts';
import { ProvennError } from '../../base/errors.ts';
import { fromInteger } from '../../base/field.ts';
import { commitMatrix, descriptorOf, type MatrixShape, openColumns } from './commitment.ts';
import { saltLength } from './mask.ts';
import { checkMultiproof, hashLeaf, multiproofLength } from './merkle.ts';

const shape: MatrixShape = {
  format: { logRow: 4, logBlowup: 2, tail: 6 },
  tensors: [
    { sizes: [3, 2], interval: [-8, 7] },
    { sizes: [20], interval: [0, 255] },
  ],
};
const cells = [Int32Array.of(1, -2, 3, -4, 5, -6), Int32Array.from({ length: 20 }, (_, i) => 10 * i)];
const seed = new Uint8Array(32).fill(3);
const matrix = commitMatrix(shape, cells, seed);

describe('a long-lived matrix', () => {
  it('follows from shape, cells and seed, and from nothing less', () => {
    const again = commitMatrix(shape, cells, seed.slice());
    expect(again.root).toEqual(matrix.root);
    expect(again.descriptor).toEqual(matrix.descriptor);
    const others = [
      commitMatrix(shape, cells, new Uint8Array(32).fill(4)),
      commitMatrix(shape, [cells[0] as Int32Array, (cells[1] as Int32Array).map((x) => x ^ 1)], seed),
      commitMatrix({ ...shape, format: { ...shape.format, tail: 7 } }, cells, seed),
      commitMatrix({ ...shape, format: { ...shape.format, logBlowup: 3 } }, cells, seed),
    ];
    expect(new Set([matrix, ...others].map(({ root }) => toHex(root))).size).toBe(5);
  });

  it('holds each tensor at its own address, and uniform coefficients behind the data of every row', () => {
    const width = 16 + 6;
    expect(matrix.count).toBe(3);
    // The longer tensor comes first: cells 0 … 19 in rows 0 and 1; the other from row 2 on, padded to 4 × 2.
    const data = (row: number): number[] => Array.from(matrix.rows.subarray(row * width, row * width + 16));
    expect([...data(0), ...data(1)].slice(0, 20)).toEqual(Array.from(cells[1] as Int32Array));
    expect(data(2)).toEqual([1, -2, 3, -4, 5, -6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0].map(fromInteger));
    const tails = [0, 1, 2].flatMap((row) => Array.from(matrix.rows.subarray(row * width + 16, (row + 1) * width)));
    expect(new Set(tails).size).toBe(18);
  });

  it('shares no random coefficient with a matrix of other cells under the same seed', () => {
    const other = commitMatrix(shape, [(cells[0] as Int32Array).map((x) => x + 1), cells[1] as Int32Array], seed);
    const tail = (rows: Uint32Array): number[] => Array.from(rows.subarray(16, 22));
    expect(tail(matrix.rows).filter((x) => tail(other.rows).includes(x))).toEqual([]);
    expect(matrix.salts).not.toEqual(other.salts);
  });

  it('opens columns that a verifier hashes to the root, salts included', () => {
    const positions = [0, 5, 6, 63];
    const opened = openColumns(matrix, positions, 6);
    const length = saltLength + 4 * matrix.count;
    const leaf = (i: number): Uint8Array => hashLeaf(opened.subarray(i * length, (i + 1) * length));
    const digests = Array.from({ length: multiproofLength(positions, 6) }, (_, i) =>
      opened.slice(4 * length + 32 * i, 4 * length + 32 * (i + 1)),
    );
    const leaves = positions.map((_, i) => leaf(i));
    expect(checkMultiproof(matrix.root, 6, positions, leaves, digests)).toBe(true);
    opened[0] = (opened[0] as number) ^ 1;
    const forged = positions.map((_, i) => leaf(i));
    expect(checkMultiproof(matrix.root, 6, positions, forged, digests)).toBe(false);
  });

  it('wants the cells of its shape and a seed of 32 bytes', () => {
    expect(() => commitMatrix(shape, [cells[0] as Int32Array], seed)).toThrow(ProvennError);
    expect(() => commitMatrix(shape, [cells[1] as Int32Array, cells[0] as Int32Array], seed)).toThrow(ProvennError);
    expect(() => commitMatrix(shape, cells, new Uint8Array(31))).toThrow(ProvennError);
  });
});

describe('a descriptor', () => {
  it('names root, row format, sizes and intervals: the root alone says nothing', () => {
    const [first, second] = shape.tensors as [MatrixShape['tensors'][0], MatrixShape['tensors'][0]];
    const { format } = shape;
    const shapes: MatrixShape[] = [
      shape,
      { ...shape, format: { ...format, logRow: 5 } },
      { ...shape, format: { ...format, logBlowup: 3 } },
      { ...shape, format: { ...format, tail: 7 } },
      { ...shape, tensors: [{ ...first, sizes: [2, 3] }, second] },
      { ...shape, tensors: [{ ...first, interval: [-8, 8] }, second] },
      { ...shape, tensors: [{ ...first, interval: [-9, 7] }, second] },
      { ...shape, tensors: [second, first] },
      { ...shape, tensors: [first] },
    ];
    const names = shapes.map((each) => toHex(descriptorOf(each, matrix.root)));
    expect(
      new Set([
        ...names,
        toHex(
          descriptorOf(
            shape,
            matrix.root.map((byte) => byte ^ 1),
          ),
        ),
      ]).size,
    ).toBe(10);
    expect(matrix.descriptor).toEqual(descriptorOf(shape, matrix.root));
  });
});
