import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatBytes } from '../../base/bytes.ts';
import { digest, keyedDigest } from '../../base/digest.ts';
import { buildTree, checkMultiproof, hashLeaf, hashNode, multiproof, multiproofLength, rootOf } from './merkle.ts';

const leaf = (i: number): Uint8Array => hashLeaf(Uint8Array.of(i & 255, i >> 8));
const trees = Array.from({ length: 7 }, (_, bits) =>
  buildTree(concatBytes(...Array.from({ length: 2 ** bits }, (__, i) => leaf(i)))),
);

/** A tree and a non-empty sorted set of its leaves. */
const cases = fc
  .integer({ min: 0, max: 6 })
  .chain((bits) =>
    fc
      .uniqueArray(fc.integer({ min: 0, max: 2 ** bits - 1 }), { minLength: 1, maxLength: 2 ** bits })
      .map((positions) => ({ bits, positions: positions.sort((a, b) => a - b) })),
  );

function proofOf(bits: number, positions: readonly number[]) {
  const tree = trees[bits] as (typeof trees)[number];
  return { root: rootOf(tree), leaves: positions.map(leaf), digests: multiproof(tree, positions) };
}

function flip(hash: Uint8Array): Uint8Array {
  return Uint8Array.from(hash, (byte, i) => (i === 31 ? byte ^ 1 : byte));
}

describe('the tree', () => {
  it('hashes pairs under the node key up to one root', () => {
    const [a, b, c, d] = [leaf(0), leaf(1), leaf(2), leaf(3)];
    expect(rootOf(buildTree(concatBytes(a, b, c, d)))).toEqual(hashNode(hashNode(a, b), hashNode(c, d)));
    expect(rootOf(buildTree(a))).toEqual(a);
  });

  it('separates leaves from nodes: the same bytes hash differently', () => {
    const both = concatBytes(leaf(0), leaf(1));
    expect(hashLeaf(both)).not.toEqual(hashNode(leaf(0), leaf(1)));
    expect(hashLeaf(both)).toEqual(keyedDigest(digest(new TextEncoder().encode('provenn/leaf/1')), both));
    expect(hashNode(leaf(0), leaf(1))).toEqual(keyedDigest(digest(new TextEncoder().encode('provenn/node/1')), both));
  });
});

describe('multiproofs', () => {
  it('lead every set of leaves to the root, with as many digests as announced', () => {
    fc.assert(
      fc.property(cases, ({ bits, positions }) => {
        const { root, leaves, digests } = proofOf(bits, positions);
        expect(digests.length).toBe(multiproofLength(positions, bits));
        expect(checkMultiproof(root, bits, positions, leaves, digests)).toBe(true);
      }),
      { numRuns: 200, seed: 1 },
    );
  });

  it('need no digest for all leaves, and one per level for a single leaf', () => {
    for (let bits = 0; bits <= 6; bits++) {
      expect(multiproofLength([2 ** bits - 1], bits)).toBe(bits);
      expect(
        multiproofLength(
          Array.from({ length: 2 ** bits }, (_, i) => i),
          bits,
        ),
      ).toBe(0);
    }
  });

  it('fail when any leaf or digest is changed', () => {
    fc.assert(
      fc.property(cases, ({ bits, positions }) => {
        const { root, leaves, digests } = proofOf(bits, positions);
        leaves.forEach((hash, at) => {
          const changed = leaves.map((each, i) => (i === at ? flip(hash) : each));
          expect(checkMultiproof(root, bits, positions, changed, digests)).toBe(false);
        });
        digests.forEach((hash, at) => {
          const changed = digests.map((each, i) => (i === at ? flip(hash) : each));
          expect(checkMultiproof(root, bits, positions, leaves, changed)).toBe(false);
        });
        expect(checkMultiproof(flip(root), bits, positions, leaves, digests)).toBe(false);
      }),
      { numRuns: 40, seed: 2 },
    );
  });

  it('fail when a digest is missing, added or moved', () => {
    fc.assert(
      fc.property(cases, ({ bits, positions }) => {
        const { root, leaves, digests } = proofOf(bits, positions);
        const accepts = (list: readonly Uint8Array[]): boolean => checkMultiproof(root, bits, positions, leaves, list);
        expect(accepts([...digests, root])).toBe(false);
        digests.forEach((_, at) => expect(accepts(digests.filter((__, i) => i !== at))).toBe(false));
        if (digests.length > 1) expect(accepts([...digests].reverse())).toBe(false);
      }),
      { numRuns: 60, seed: 3 },
    );
  });

  it('fail at other positions', () => {
    fc.assert(
      fc.property(cases, ({ bits, positions }) => {
        if (bits === 0) return;
        const { root, leaves, digests } = proofOf(bits, positions);
        const moved = positions.map((position) => position ^ 1).sort((a, b) => a - b);
        if (moved.join() === positions.join()) return;
        expect(checkMultiproof(root, bits, moved, leaves, digests)).toBe(false);
      }),
      { numRuns: 100, seed: 4 },
    );
  });

  it('fail for the hash of an inner node passed off as a leaf of a lower tree', () => {
    const tree = trees[3] as (typeof trees)[number];
    const node = (level: number, index: number): Uint8Array =>
      (tree[level] as Uint8Array).slice(32 * index, 32 * index + 32);
    const inner = node(1, 0);
    const siblings = [node(1, 1), node(2, 1)];
    // It does lead to the root in two levels; the verifier asks for three.
    expect(checkMultiproof(rootOf(tree), 2, [0], [inner], siblings)).toBe(true);
    expect(checkMultiproof(rootOf(tree), 3, [0], [inner], siblings)).toBe(false);
  });

  it('fail without positions or beyond the tree', () => {
    const { root, leaves, digests } = proofOf(3, [7]);
    expect(checkMultiproof(root, 3, [], [], [])).toBe(false);
    expect(checkMultiproof(root, 3, [15], leaves, digests)).toBe(false);
  });
});
