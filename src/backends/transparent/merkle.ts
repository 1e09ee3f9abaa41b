/**
 * Merkle tree over codeword columns. Leaves and nodes are hashed under two keys, so that neither passes for the other
 * (docs/protocol.md). A multiproof lists, level by level from the leaves, the siblings the verifier cannot compute.
 */
import { concatBytes, equalBytes } from '../../base/bytes.ts';
import { digestLength, keyedDigest, labelKey } from '../../base/digest.ts';

export const leafKey: Uint8Array = labelKey('provenn/leaf/1');
export const nodeKey: Uint8Array = labelKey('provenn/node/1');

export function hashLeaf(bytes: Uint8Array): Uint8Array {
  return keyedDigest(leafKey, bytes);
}

export function hashNode(left: Uint8Array, right: Uint8Array): Uint8Array {
  return keyedDigest(nodeKey, concatBytes(left, right));
}

/** Node digests of neighbouring digests. */
export function hashPairs(digests: Uint8Array): Uint8Array {
  const out = new Uint8Array(digests.length / 2);
  for (let from = 0; from < digests.length; from += 2 * digestLength)
    out.set(keyedDigest(nodeKey, digests.subarray(from, from + 2 * digestLength)), from / 2);
  return out;
}

/** All levels, leaves first, root last: digests one after another. The number of leaves is a power of two. */
export type Tree = readonly Uint8Array[];

/** `pairs` computes a level from the one below. */
export function buildTree(leaves: Uint8Array, pairs: (digests: Uint8Array) => Uint8Array = hashPairs): Tree {
  const levels = [leaves];
  for (let level = leaves; level.length > digestLength; levels.push(level)) level = pairs(level);
  return levels;
}

export function rootOf(tree: Tree): Uint8Array {
  return tree.at(-1) as Uint8Array;
}

/** Indices of a level whose digests the verifier lacks, given the sorted indices it knows; and the indices above. */
function climb(known: readonly number[]): { readonly missing: number[]; readonly above: number[] } {
  const set = new Set(known);
  return {
    missing: known.flatMap((index) => (set.has(index ^ 1) ? [] : [index ^ 1])),
    above: [...new Set(known.map((index) => index >> 1))],
  };
}

/** Sibling digests for the given sorted, distinct leaf positions. */
export function multiproof(tree: Tree, positions: readonly number[]): Uint8Array[] {
  const digests: Uint8Array[] = [];
  let known = positions;
  for (const level of tree.slice(0, -1)) {
    const { missing, above } = climb(known);
    for (const index of missing) digests.push(level.subarray(digestLength * index, digestLength * (index + 1)));
    known = above;
  }
  return digests;
}

/** How many digests a multiproof for these positions has, in a tree of 2^bits leaves. */
export function multiproofLength(positions: readonly number[], bits: number): number {
  let known = positions;
  let count = 0;
  for (let level = 0; level < bits; level++) {
    const { missing, above } = climb(known);
    count += missing.length;
    known = above;
  }
  return count;
}

/** True when the leaves at the sorted, distinct positions and exactly these digests lead to the root. */
export function checkMultiproof(
  root: Uint8Array,
  bits: number,
  positions: readonly number[],
  leaves: readonly Uint8Array[],
  digests: readonly Uint8Array[],
): boolean {
  let next = 0;
  let level = new Map(positions.map((position, i) => [position, leaves[i] as Uint8Array]));
  for (let depth = 0; depth < bits; depth++) {
    const above = new Map<number, Uint8Array>();
    for (const [index, hash] of level) {
      if (above.has(index >> 1)) continue;
      const sibling = level.get(index ^ 1) ?? digests[next++];
      if (sibling === undefined) return false;
      above.set(index >> 1, index % 2 === 0 ? hashNode(hash, sibling) : hashNode(sibling, hash));
    }
    level = above;
  }
  const top = level.get(0);
  return next === digests.length && level.size === 1 && top !== undefined && equalBytes(top, root);
}
