/** Links between commitments: what makes one, and that nothing else is accepted as one. */
import { describe, expect, it } from 'vitest';
import { fresh } from '../../../test/support/fresh.ts';
import type { Commitment } from '../../artifact/commitment.ts';
import { open, seal } from '../../artifact/envelope.ts';
import { decodeLink, encodeLink, type Link } from '../../artifact/link.ts';
import { BytesError, equalBytes } from '../../base/bytes.ts';
import { ProvennError } from '../../base/errors.ts';
import { Rejected } from '../verifying.ts';
import { type CommittedMatrix, commitMatrix } from './commitment.ts';
import { backendName, decodeParameters, encodeParameters } from './config.ts';
import { linkParameters, proveLink } from './index.ts';
import { acceptLink } from './verifier-link.ts';

const matrix = 'input:x';
const tensors = [
  { name: 'x', sizes: [2, 3], interval: [0, 255] },
  { name: 'scalar', sizes: [], interval: [-4, 3] },
] as const;
const about = { backend: backendName, matrix, label: '', tensors, budget: 3 };
const format: Commitment['format'] = { logRow: 10, logBlowup: 3, tail: 900 };
const nothing = new Uint8Array(32);
const parameters = linkParameters({ ...about, format, root: nothing, descriptor: nothing });
const cells = [Int32Array.of(0, 255, 7, 8, 9, 10), Int32Array.of(-4)];
const shape = { format, tensors: tensors.map(({ sizes, interval }) => ({ sizes, interval })) };
const commit = (values: readonly Int32Array[], fill: number): CommittedMatrix =>
  commitMatrix(shape, values, new Uint8Array(32).fill(fill));
const previous = commit(cells, 1);
const opening = commit(cells, 2);
const link = proveLink({ parameters, matrix, tensors, opening, previous, cells, ...fresh() });

/** Why a link is not accepted; empty when it is. */
function refusal(forged: Link): string {
  try {
    acceptLink(forged);
  } catch (error) {
    if (error instanceof Rejected) return error.code;
    if (error instanceof BytesError) return 'malformed';
    throw error;
  }
  return '';
}

/** The same of a payload; whatever else is thrown is a crash. */
function sealed(payload: Uint8Array): string {
  try {
    return refusal(decodeLink(seal('link', payload)));
  } catch (error) {
    if (error instanceof ProvennError) return error.code;
    throw error;
  }
}

describe('a link', () => {
  it('leads from one commitment to another of equal cells, with at least 100 bits', () => {
    const { from, to, bits } = acceptLink(link);
    expect([from, to]).toEqual([previous.descriptor, opening.descriptor]);
    expect(bits).toBeGreaterThanOrEqual(100);
    expect(decodeLink(encodeLink(link))).toEqual(link);
    expect(acceptLink(decodeLink(encodeLink(link))).bits).toBe(bits);
  });

  it('to other cells is none, whatever its prover claims the cells to be', () => {
    const other = [Int32Array.of(1, 255, 7, 8, 9, 10), Int32Array.of(-4)];
    const moved = commit(other, 3);
    for (const claimed of [cells, other]) {
      const forged = proveLink({ parameters, matrix, tensors, opening: moved, previous, cells: claimed, ...fresh() });
      expect(refusal(forged)).not.toBe('');
    }
    const elsewhere = { root: moved.root, to: moved.descriptor };
    expect(refusal({ ...link, ...elsewhere })).not.toBe('');
  });

  it('does not lead backwards, nor to where it only says it leads', () => {
    const { previousRoot, root, from, to } = link;
    expect(refusal({ ...link, previousRoot: root, root: previousRoot, from: to, to: from })).not.toBe('');
    expect(refusal({ ...link, from: to, to: from })).toBe('link');
    expect(refusal({ ...link, to: from })).toBe('link');
    expect(refusal({ ...link, root: previousRoot, to: from })).not.toBe('');
  });

  it('is bound to its row format, parameters, tensors and matrix', () => {
    const changed = (more: object): Uint8Array => encodeParameters({ ...decodeParameters(link.parameters), ...more });
    for (const more of [
      { tail: format.tail + 1 },
      { logRow: 11 },
      { logBlowup: 2 },
      { budget: 2 },
      { queries: parameters.queries - 1 },
      { queries: 20 },
      { pieceBits: 2 },
      { queryWork: 0 },
    ])
      expect(refusal({ ...link, parameters: changed(more) }), JSON.stringify(more)).not.toBe('');
    const [x, scalar] = tensors;
    for (const others of [
      [x],
      [scalar, x],
      [],
      [{ ...x, interval: [0, 256] }, scalar],
      [{ ...x, sizes: [3, 2] }, scalar],
      [{ ...x, sizes: [2 ** 31, 2 ** 31] }, scalar],
      [{ ...x, interval: [-(2 ** 31), 2 ** 31 - 1] }, scalar],
      [{ ...x, interval: [5, 2] }, scalar],
      [{ ...x, name: 'y' }, scalar],
    ] as const)
      expect(refusal({ ...link, tensors: others as Link['tensors'] }), JSON.stringify(others)).not.toBe('');
    for (const name of ['input:y', 'previous', '']) expect(refusal({ ...link, matrix: name }), name).not.toBe('');
    expect(refusal({ ...link, backend: 'transparent-core/1' })).toBe('link');
  });

  it('is needed whole: cut, longer or with a changed byte anywhere it is none', () => {
    for (const proof of [
      new Uint8Array(0),
      link.proof.slice(1),
      link.proof.slice(0, -1),
      Uint8Array.of(...link.proof, 0),
    ])
      expect(refusal({ ...link, proof })).not.toBe('');
    for (let at = 0; at < link.proof.length; at += 997)
      expect(refusal({ ...link, proof: link.proof.map((byte, i) => (i === at ? byte ^ 1 : byte)) })).not.toBe('');
    // Well sealed, as its forger would: every byte outside the proof counts, too.
    const payload = open('link', encodeLink(link));
    for (let at = 0; at < payload.length - link.proof.length; at++)
      for (const mask of [1, 0x80])
        expect(sealed(payload.map((byte, i) => (i === at ? byte ^ mask : byte)))).not.toBe('');
    const bytes = encodeLink(link);
    for (let at = 0; at < bytes.length; at += 1999) {
      expect(() => decodeLink(bytes.subarray(0, at))).toThrow(ProvennError);
      expect(() => decodeLink(bytes.map((byte, i) => (i === at ? byte ^ 1 : byte)))).toThrow(ProvennError);
    }
  }, 120_000);

  it('spends of each budget what any proof does: its queries fit the random coefficients of the format', () => {
    expect(parameters.queries * about.budget).toBeLessThanOrEqual(format.tail);
    expect(equalBytes(link.parameters, encodeParameters({ ...parameters, pieceBits: 1 }))).toBe(true);
    expect(() => linkParameters({ ...about, format, budget: 30, root: nothing, descriptor: nothing })).toThrow(
      /100 bits/,
    );
    const wide = [{ name: 'x', sizes: [1], interval: [0, 2 ** 23] }] as const;
    expect(() => linkParameters({ ...about, tensors: wide, format, root: nothing, descriptor: nothing })).toThrow(
      /wide/,
    );
    expect(() =>
      linkParameters({ ...about, backend: 'groth16/1', format, root: nothing, descriptor: nothing }),
    ).toThrow(/links/);
  });
});
