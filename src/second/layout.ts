import type { Circuit } from './circuit.ts';
import { matricesOf } from './facts.ts';
import type { Parameters } from './files.ts';
import type { Lowered } from './lower.ts';
import { bitsOf, boxBits } from './multilinear.ts';
import type { Shape } from './shape.ts';

/** §8, "Matrices": where every committed cell stands. */

export interface Placed {
  readonly tensor: number;
  readonly sizes: readonly number[];
  /** Of the first cell, within the matrix. */
  readonly address: number;
}

export interface Matrix {
  /** Nothing for the witness matrix. */
  readonly name?: string;
  readonly tensors: readonly Placed[];
  /** R: the rows it spans. */
  readonly rows: number;
  /** Those of its rows that meet a box, the only ones that columns hold. */
  readonly stored: readonly number[];
  /** Its first row in V. */
  readonly firstRow: number;
}

export interface Layout {
  /** The witness matrix, then the long-lived ones by their first wires. */
  readonly matrices: readonly Matrix[];
  /** V has 2^n cells. */
  readonly n: number;
  readonly padBlock: number;
  /** Sizes of every committed tensor and the address of its first cell in V. */
  readonly tensors: ReadonlyMap<number, { readonly sizes: readonly number[]; readonly address: number }>;
}

type Unplaced = Omit<Placed, 'address'>;

/** The elements of the pad block: pads, a₀, b₀, and the values of A·B at 0 … 2n×. */
export function padElements({ messages, products }: Shape): number {
  return messages + 2 + 2 * products + 1;
}

/** By decreasing padded size, ties in the given order. */
export function placeTensors(tensors: readonly Unplaced[], c: number): Pick<Matrix, 'tensors' | 'rows' | 'stored'> {
  const sorted = [...tensors].sort((a, b) => boxBits(b.sizes) - boxBits(a.sizes));
  let end = 0;
  const placed = sorted.map((tensor) => {
    end += 2 ** boxBits(tensor.sizes);
    return { ...tensor, address: end - 2 ** boxBits(tensor.sizes) };
  });
  const stored = new Set<number>();
  for (const tensor of placed) for (const row of rowsThatMeet(tensor, c)) stored.add(row);
  return { tensors: placed, rows: Math.ceil(end / 2 ** c), stored: [...stored].sort((a, b) => a - b) };
}

/** A row of a large tensor meets its box when its first cell does: the low coordinates of that are 0. */
function rowsThatMeet({ sizes, address }: Placed, c: number): number[] {
  const first = Math.floor(address / 2 ** c);
  const count = 2 ** Math.max(0, boxBits(sizes) - c);
  return Array.from({ length: count }, (_, row) => row)
    .filter((row) => count === 1 || inBox(row * 2 ** c, sizes))
    .map((row) => first + row);
}

function inBox(cell: number, sizes: readonly number[]): boolean {
  let rest = cell;
  for (const size of [...sizes].reverse()) {
    const width = 2 ** bitsOf(size);
    if (rest % width >= size) return false;
    rest = Math.floor(rest / width);
  }
  return true;
}

export function layOut(circuit: Circuit, lowered: Lowered, shape: Shape, { c }: Parameters): Layout {
  const wires = circuit.wires.map(({ sizes }, tensor) => ({ tensor, sizes }));
  const padBlock = wires.length + lowered.added.length;
  const witness = [
    ...wires.filter(({ tensor }) => circuit.wires[tensor]?.role === 'witness'),
    ...lowered.added.map((sizes, i) => ({ tensor: wires.length + i, sizes })),
    { tensor: padBlock, sizes: [4 * padElements(shape)] },
    { tensor: padBlock + 1, sizes: [2 ** c] },
  ];
  const unplaced = [
    placeTensors(witness, c),
    ...matricesOf(circuit).map(({ name, wires: members }) => ({
      ...placeTensors(
        members.map((wire) => wires[wire] as (typeof wires)[number]),
        c,
      ),
      name,
    })),
  ];
  const { firstRows, end } = placeMatrices(unplaced.map(({ rows }) => rows));
  const matrices = unplaced.map((matrix, i) => ({ ...matrix, firstRow: firstRows[i] as number }));
  const tensors = new Map(
    matrices.flatMap(({ tensors: placed, firstRow }) =>
      placed.map(({ tensor, sizes, address }) => [tensor, { sizes, address: address + firstRow * 2 ** c }] as const),
    ),
  );
  return { matrices, n: c + bitsOf(end), padBlock, tensors };
}

/** By decreasing 2^⌈log R⌉, among equals in the given order, each at the next multiple of that power. */
function placeMatrices(rows: readonly number[]): { firstRows: number[]; end: number } {
  const firstRows = new Array<number>(rows.length).fill(0);
  const order = [...rows.keys()].sort((a, b) => bitsOf(rows[b] as number) - bitsOf(rows[a] as number));
  let end = 0;
  for (const i of order) {
    const power = 2 ** bitsOf(rows[i] as number);
    firstRows[i] = Math.ceil(end / power) * power;
    end = (firstRows[i] as number) + (rows[i] as number);
  }
  return { firstRows, end };
}
