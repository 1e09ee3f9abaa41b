import { hash } from './blake3.ts';
import { concat, sameBytes, utf8 } from './bytes.ts';
import { demand } from './refusal.ts';

/** §3, "Tree": two keys keep leaves and nodes apart. */
const leafKey: Uint8Array = hash(utf8('provenn/leaf/1'));
const nodeKey: Uint8Array = hash(utf8('provenn/node/1'));

/** The salt and the column's cells, as they stand in the proof. */
export function leaf(bytes: Uint8Array): Uint8Array {
  return hash(bytes, leafKey);
}

/**
 * Level by level through the known nodes in increasing index; where a sibling is not known, the next digest of the proof
 * is it. `positions` increase.
 */
export function checkPaths(
  root: Uint8Array,
  depth: number,
  positions: readonly number[],
  leaves: readonly Uint8Array[],
  nextDigest: () => Uint8Array,
): void {
  let known = positions.map((index, i) => ({ index, digest: leaves[i] as Uint8Array }));
  for (let level = 0; level < depth; level++) {
    const parents: typeof known = [];
    for (let i = 0; i < known.length; i++) {
      const { index, digest } = known[i] as (typeof known)[number];
      const next = known[i + 1];
      const paired = index % 2 === 0 && next?.index === index + 1;
      const sibling = paired ? (next as (typeof known)[number]).digest : nextDigest();
      const children = index % 2 === 0 ? concat(digest, sibling) : concat(sibling, digest);
      parents.push({ index: Math.floor(index / 2), digest: hash(children, nodeKey) });
      if (paired) i++;
    }
    known = parents;
  }
  demand(sameBytes(known[0]?.digest ?? new Uint8Array(0), root), 'commitment', 'columns are not those of the root');
}
