/** Following links: only from what was expected to what the proof names, in order, and never below 100 bits. */
import { describe, expect, it } from 'vitest';
import { fresh } from '../../test/support/fresh.ts';
import type { Link } from '../artifact/link.ts';
import { backendName } from '../backends/transparent/config.ts';
import { type CommittedMatrix, commitMatrix, linkParameters, proveLink } from '../backends/transparent/index.ts';
import { Rejected } from '../backends/verifying.ts';
import { toHex } from '../base/bytes.ts';
import { bitsWithLinks, followLinks } from './links.ts';

const matrix = 'input:x';
const tensors = [{ name: 'x', sizes: [4], interval: [0, 15] }] as const;
const format = { logRow: 10, logBlowup: 3, tail: 900 };
const [root, descriptor] = [new Uint8Array(32), new Uint8Array(32)];
const about = { backend: backendName, matrix, label: '', tensors, budget: 3, format, root, descriptor };
const parameters = linkParameters(about);
const cells = [Int32Array.of(0, 15, 3, 4)];
const [a, b, c] = [1, 2, 3].map((fill) => commitMatrix({ format, tensors }, cells, new Uint8Array(32).fill(fill))) as [
  CommittedMatrix,
  CommittedMatrix,
  CommittedMatrix,
];
const linkOf = (previous: CommittedMatrix, opening: CommittedMatrix): Link =>
  proveLink({ parameters, matrix, tensors, opening, previous, cells, ...fresh() });
const [ab, bc] = [linkOf(a, b), linkOf(b, c)];
const nameOf = (committed: CommittedMatrix): string => toHex(committed.descriptor);
const at = (committed: CommittedMatrix): Map<string, string> => new Map([[matrix, nameOf(committed)]]);

describe('links', () => {
  it('lead from the expected commitment to the one that the proof names, and their errors add up', () => {
    const one = followLinks([ab], at(a), at(b));
    const two = followLinks([ab, bc], at(a), at(c));
    expect([...one.pinned]).toEqual([[matrix, nameOf(a)]]);
    expect([...two.pinned]).toEqual([[matrix, nameOf(a)]]);
    expect(one.error).toBeLessThanOrEqual(2 ** -100);
    expect(two.error).toBeCloseTo(2 * one.error, 40);
    expect(two.error).toBeGreaterThan(one.error);
  });

  it('that are missing, in another order or directed otherwise lead nowhere', () => {
    for (const [links, from, to] of [
      [[], a, b],
      [[ab], a, c],
      [[bc], a, c],
      [[bc, ab], a, c],
      [[ab], b, a],
      [[ab, bc], c, a],
      [[ab], c, c],
    ] as const)
      expect(followLinks(links, at(from), at(to)), JSON.stringify(links.length)).toEqual({
        pinned: new Map(),
        error: 0,
      });
    expect(followLinks([ab], at(a), new Map()).pinned.size).toBe(0);
  });

  it('that do not hold reject, used or not, and so do those of a backend that has none', () => {
    const forged = { ...bc, proof: ab.proof };
    expect(() => followLinks([ab, forged], at(a), at(b))).toThrow(/Link 2 does not hold/);
    for (const backend of ['groth16/1', 'transparent/1+seeded', ''])
      expect(() => followLinks([{ ...ab, backend }], at(a), at(b))).toThrow(Rejected);
  });

  it('cost soundness, and none below 100 bits is accepted', () => {
    const { pinned, error } = followLinks([ab], at(a), at(b));
    expect(bitsWithLinks(101, { pinned: new Map(), error: 0 })).toBe(101);
    expect(bitsWithLinks(103, { pinned, error })).toBeCloseTo(-Math.log2(2 ** -103 + error), 9);
    const many = Array.from({ length: 8 }, () => error).reduce((sum, each) => sum + each);
    expect(() => bitsWithLinks(103, { pinned, error: many })).toThrow(/Over so many links/);
    expect(() => bitsWithLinks(100, { pinned, error })).toThrow(Rejected);
  });
});
