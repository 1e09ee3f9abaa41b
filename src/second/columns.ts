import type { Layout } from './layout.ts';
import { checkPaths, leaf } from './merkle.ts';
import { canonicalCells, type Messages } from './messages.ts';

/** §8: one opened column, matrix by matrix. The witness matrix comes first, the masks m and s at the end of its cells. */
export interface Column {
  readonly position: number;
  readonly cells: readonly Uint32Array[];
}

/** Step 11: for every matrix the columns at all positions, then the digests that lead to its root. */
export function openColumns(
  messages: Messages,
  layout: Layout,
  depth: number,
  positions: readonly number[],
  roots: readonly Uint8Array[],
): Column[] {
  const columns = positions.map((position) => ({ position, cells: [] as Uint32Array[] }));
  layout.matrices.forEach(({ stored }, number) => {
    const length = stored.length + (number === 0 ? 8 : 0);
    const leaves = columns.map(({ cells }) => {
      const bytes = messages.raw(16 + 4 * length);
      cells.push(canonicalCells(bytes.subarray(16)));
      return leaf(bytes);
    });
    checkPaths(roots[number] as Uint8Array, depth, positions, leaves, () => messages.raw(32));
  });
  messages.end();
  return columns;
}
