/**
 * Where committed tensors live: a vector V of 2^n cells, cut into rows of 2^c, the rows of one or several matrices. In a
 * matrix tensors are placed by decreasing padded size, hence each aligned to its own size. Only rows that meet the box of
 * a tensor are stored; the others are zero by definition, take part in no hash and cost nothing.
 */
import { invariant } from '../../base/errors.ts';
import { product, type Shape } from '../../base/tensor.ts';
import { bitsFor } from './polynomials.ts';
import { type System, type SystemTensor, type TensorId, witnessMatrix } from './system.ts';

export type Layout = {
  /** log₂ of the length of V. */
  readonly logCells: number;
  /** c: log₂ of the row length. */
  readonly logRow: number;
  /** First cell of each committed tensor; −1 for the others. */
  readonly addresses: readonly number[];
  /** The witness matrix, then the long-lived ones in key order. */
  readonly matrices: readonly MatrixPlace[];
  /** Numbers of all stored rows, matrix by matrix. */
  readonly rows: Int32Array;
};

export type MatrixPlace = {
  readonly name: string;
  readonly firstRow: number;
  /** Numbers of its stored rows in V, increasing. */
  readonly rows: Int32Array;
};

/** log₂ of the padded size of a tensor. */
export function paddedBits(sizes: Shape): number {
  return sizes.reduce((bits, size) => bits + bitsFor(size), 0);
}

/** Offset of a box cell inside its padded tensor, for each index of the leading dimensions. */
export function forEachRun(sizes: Shape, visit: (cell: number, address: number, length: number) => void): void {
  const length = sizes.at(-1) ?? 1;
  const outer = sizes.slice(0, -1);
  const shifts = sizes.map((_, dim) => 2 ** paddedBits(sizes.slice(dim + 1)));
  const runs = product(outer);
  const index = new Array<number>(outer.length).fill(0);
  let address = 0;
  for (let run = 0; run < runs; run++) {
    visit(run * length, address, length);
    for (let dim = outer.length - 1; dim >= 0; dim--) {
      index[dim] = (index[dim] as number) + 1;
      address += shifts[dim] as number;
      if ((index[dim] as number) < (outer[dim] as number)) break;
      address -= (index[dim] as number) * (shifts[dim] as number);
      index[dim] = 0;
    }
  }
}

/**
 * Marks the rows that meet a box. Along a dimension whose stride is below a row, consecutive indices never skip a row: all
 * rows up to the last index are met, so the walk costs as many steps as there are rows.
 */
function markRows(sizes: Shape, address: number, logRow: number, live: Set<number>): void {
  const stride = 2 ** paddedBits(sizes.slice(1));
  const [size, ...inner] = sizes;
  if (size !== undefined && stride >= 2 ** logRow) {
    for (let i = 0; i < size; i++) markRows(inner, address + i * stride, logRow, live);
    return;
  }
  const last = address + ((size ?? 1) - 1) * stride;
  for (let row = Math.floor(address / 2 ** logRow); row <= Math.floor(last / 2 ** logRow); row++) live.add(row);
}

/** Where the tensors of one matrix stand, relative to its first row. */
export type Placement = {
  /** First cell of each tensor. */
  readonly addresses: readonly number[];
  /** R: rows up to the end of the last tensor. */
  readonly span: number;
  /** Numbers of the stored rows, increasing. */
  readonly rows: Int32Array;
};

/** Largest padded size first, ties in the given order, each aligned to its size. */
export function placeTensors(tensors: readonly Shape[], logRow: number): Placement {
  const order = tensors.map((sizes, index) => ({ index, sizes, bits: paddedBits(sizes) }));
  order.sort((a, b) => b.bits - a.bits || a.index - b.index);
  const addresses: number[] = [];
  const live = new Set<number>();
  let end = 0;
  for (const { index, sizes, bits } of order) {
    addresses[index] = end;
    markRows(sizes, end, logRow, live);
    end += 2 ** bits;
  }
  return {
    addresses,
    span: Math.ceil(end / 2 ** logRow),
    rows: Int32Array.from([...live].sort((a, b) => a - b)),
  };
}

/** Committed tensors by matrix, in key order: the system's own first, then the long-lived ones by their first tensors. */
function tensorsByMatrix(system: System): ReadonlyMap<string, readonly TensorId[]> {
  const groups = new Map<string, TensorId[]>([[witnessMatrix, []]]);
  system.tensors.forEach(({ kind, matrix }, id) => {
    if (kind !== 'committed') return;
    const known = groups.get(matrix);
    if (known === undefined) groups.set(matrix, [id]);
    else known.push(id);
  });
  return groups;
}

/** Tensors of one matrix, in key order. */
export function tensorsOf(system: System, matrix: string): readonly TensorId[] {
  return tensorsByMatrix(system).get(matrix) ?? [];
}

/**
 * A matrix that spans R rows begins at a multiple of the power of two above R. Wider ones come first, so nothing is lost
 * between them; among equals the witness matrix, then key order.
 */
export function layOut(system: System, logRow: number): Layout {
  const addresses = system.tensors.map(() => -1);
  const found = Array.from(tensorsByMatrix(system), ([name, tensors], order) => {
    const placed = placeTensors(
      tensors.map((id) => (system.tensors[id] as SystemTensor).sizes),
      logRow,
    );
    return { name, order, tensors, placed, bits: bitsFor(placed.span) };
  });
  const matrices: MatrixPlace[] = [];
  let end = 0;
  for (const { name, order, tensors, placed, bits } of [...found].sort(
    (a, b) => b.bits - a.bits || a.order - b.order,
  )) {
    const firstRow = Math.ceil(end / 2 ** bits) * 2 ** bits;
    tensors.forEach((id, i) => {
      addresses[id] = firstRow * 2 ** logRow + (placed.addresses[i] as number);
    });
    matrices[order] = { name, firstRow, rows: placed.rows.map((row) => firstRow + row) };
    end = firstRow + placed.span;
  }
  return {
    logCells: logRow + bitsFor(end),
    logRow,
    addresses,
    matrices,
    rows: Int32Array.from(matrices.flatMap(({ rows }) => Array.from(rows))),
  };
}

/** Address of a committed tensor. */
export function addressOf(layout: Layout, tensor: TensorId): number {
  const address = layout.addresses[tensor] as number;
  invariant(address >= 0, 'a public tensor has no address');
  return address;
}
