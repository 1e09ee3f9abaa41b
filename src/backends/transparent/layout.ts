/**
 * Where committed tensors live: a vector V of 2^n cells, cut into rows of 2^c. Tensors are placed by decreasing padded
 * size, hence each aligned to its own size. Only rows that meet the box of a tensor are stored; the others are zero by
 * definition, take part in no hash and cost nothing.
 */
import { invariant } from '../../base/errors.ts';
import { product, type Shape } from '../../base/tensor.ts';
import { bitsFor } from './polynomials.ts';
import type { System, TensorId } from './system.ts';

export type Layout = {
  /** log₂ of the length of V. */
  readonly logCells: number;
  /** c: log₂ of the row length. */
  readonly logRow: number;
  /** First cell of each committed tensor; −1 for the others. */
  readonly addresses: readonly number[];
  /** Numbers of the stored rows, increasing. */
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

export function layOut(system: System, logRow: number): Layout {
  const committed = system.tensors.flatMap((tensor, id) =>
    tensor.kind === 'committed' ? [{ id, bits: paddedBits(tensor.sizes), sizes: tensor.sizes }] : [],
  );
  committed.sort((a, b) => b.bits - a.bits || a.id - b.id);
  const addresses = system.tensors.map(() => -1);
  const live = new Set<number>();
  let end = 0;
  for (const { id, bits, sizes } of committed) {
    addresses[id] = end;
    markRows(sizes, end, logRow, live);
    end += 2 ** bits;
  }
  const rows = Int32Array.from([...live].sort((a, b) => a - b));
  const logCells = logRow + bitsFor(Math.ceil(end / 2 ** logRow));
  return { logCells, logRow, addresses, rows };
}

/** Address of a committed tensor. */
export function addressOf(layout: Layout, tensor: TensorId): number {
  const address = layout.addresses[tensor] as number;
  invariant(address >= 0, 'a public tensor has no address');
  return address;
}
