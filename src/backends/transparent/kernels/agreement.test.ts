import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { at, type Ext } from '../../../base/extension.ts';
import { P } from '../../../base/field.ts';
import { openNodeThreads } from '../../../base/threads/node/threads.ts';
import { instantiateWasm, type Wasm } from '../../../base/wasm.ts';
import { searchNonce } from '../transcript.ts';
import type { Kernels } from './kernels.ts';
import { referenceKernels as reference } from './reference.ts';
import { wasmKernels } from './wasm.ts';

/** Every run draws its cells from a small generator: extremes often, anything in between. */
function drawer(seed: number): (count: number) => Uint32Array {
  let state = seed >>> 0;
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state;
  };
  const extremes = [0, 1, P - 1, P - 2, 2 ** 24, 2 ** 31 - 2 ** 24];
  return (count) =>
    Uint32Array.from({ length: count }, () =>
      next() % 4 === 0
        ? (extremes[(next() >>> 8) % extremes.length] as number)
        : ((next() >>> 1) ^ (next() >>> 16)) % P,
    );
}

const sizes = fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constantFrom(16, 31, 64, 100));
const seeds = fc.integer();

/** Runs `use` on both, with vectors outside and inside an arena; what it returns and the vectors it changed must agree. */
function agree(
  fast: Kernels,
  counts: readonly number[],
  seed: number,
  use: (k: Kernels, v: Uint32Array[], z: Ext) => unknown,
) {
  const draw = drawer(seed);
  const vectors = counts.map((count) => draw(4 * count));
  const z = at(draw(4), 0);
  const expected = vectors.map((vector) => vector.slice());
  const result = use(reference, expected, z);
  const outside = vectors.map((vector) => vector.slice());
  expect(use(fast, outside, z)).toEqual(result);
  expect(outside).toEqual(expected);
  const total = counts.reduce((sum, count) => sum + 4 * count, 0);
  fast.arena(total, (allocate) => {
    const inside = vectors.map((vector) => {
      const own = allocate(vector.length);
      expect(own.every((cell) => cell === 0)).toBe(true);
      own.set(vector);
      return own;
    });
    expect(use(fast, inside, z)).toEqual(result);
    expect(inside.map((vector) => vector.slice())).toEqual(expected);
  });
}

type Columns = Readonly<Record<'rows' | 'logCode', number> & Record<'salts' | 'digests', Uint8Array>> & {
  readonly words: Uint32Array;
};
let columns: Columns | undefined;

/** More columns than are hashed between two copies, and their digests, which take a while. */
function manyColumns(): Columns {
  if (columns !== undefined) return columns;
  const [rows, logCode] = [40, 13];
  const words = drawer(5)(rows * 2 ** logCode);
  const salts = Uint8Array.from({ length: 16 * 2 ** logCode }, (_, i) => i % 251);
  columns = { words, rows, logCode, salts, digests: reference.hashColumns(words, rows, logCode, salts) };
  return columns;
}

/** Three threads for work of any size: a few elements are cut into as many pieces as they have. */
const threads = openNodeThreads(3, { quantum: 1 });
afterAll(() => threads?.close());

const engines: Readonly<Record<string, Wasm | null | undefined>> = {
  simd: instantiateWasm('simd'),
  scalar: instantiateWasm('scalar'),
  shared: threads?.wasm,
};

describe.each(Object.keys(engines))('the %s module agrees with the reference', (flavour) => {
  const wasm = engines[flavour];
  if (wasm === null || wasm === undefined) throw new Error(`${flavour} does not run here`);
  const fast = wasmKernels(wasm);
  /** Cut up, one call is several tests of the same loop. */
  const runs = flavour === 'shared' ? 20 : 60;

  const onVectors: Record<
    string,
    [lengths: (n: number) => number[], use: (k: Kernels, v: Uint32Array[], z: Ext, n: number) => unknown]
  > = {
    foldHigh: [(n) => [2 * n + 1], (k, [v], z, n) => k.foldHigh(v as Uint32Array, n, z)],
    foldLow: [(n) => [2 * n + 1], (k, [v], z, n) => k.foldLow((v as Uint32Array).subarray(0, 8 * n), n, z)],
    addScaled: [(n) => [n + 1, n], (k, [a, b], z, n) => k.addScaled(a as Uint32Array, b as Uint32Array, z, n)],
    addHalves: [(n) => [2 * n], (k, [v], _, n) => k.addHalves(v as Uint32Array, n)],
    fractionLayer: [
      (n) => [n, n, 2 * n, 2 * n],
      (k, v, _, n) =>
        k.fractionLayer(v[2] as Uint32Array, v[3] as Uint32Array, n, v[0] as Uint32Array, v[1] as Uint32Array),
    ],
    fractionLeaves: [
      (n) => [n, n, 2 * n, n],
      (k, v, _, n) => {
        const [outP, outQ, q, p] = v as [Uint32Array, Uint32Array, Uint32Array, Uint32Array];
        k.fractionLeaves(p, q, n, outP, outQ, Math.ceil((2 * n) / 3));
      },
    ],
    pairing: [(n) => [n, n], (k, [a, b], _, n) => k.pairing(a as Uint32Array, b as Uint32Array, n)],
    'foldHigh, a part': [(n) => [2 * n], (k, [v], z, n) => k.foldHigh(v as Uint32Array, n, z, Math.ceil((2 * n) / 3))],
    'fractionRound, a part': [
      (n) => [2 * n, 2 * n, 2 * n, 2 * n, n],
      (k, v, _, n) => {
        const [a0, q0, p1, q1, eq] = v as [Uint32Array, Uint32Array, Uint32Array, Uint32Array, Uint32Array];
        return k.fractionRound(a0, q0, p1, q1, eq, n, Math.ceil((2 * n) / 3));
      },
    ],
    fractionRound: [
      (n) => [2 * n, 2 * n, 2 * n, 2 * n, n],
      (k, v, _, n) => k.fractionRound(...(v as [Uint32Array, Uint32Array, Uint32Array, Uint32Array, Uint32Array]), n),
    ],
    innerProductRound: [
      (n) => [2 * n, 2 * n],
      (k, [a, b], _, n) => k.innerProductRound(a as Uint32Array, b as Uint32Array, n),
    ],
    accumulateBase: [
      (n) => [n, n],
      (k, [out, cells], z, n) => k.accumulateBase(out as Uint32Array, z, cells as Uint32Array, n, n),
    ],
  };

  it.each(Object.keys(onVectors))('%s', (name) => {
    const [lengths, use] = onVectors[name] as (typeof onVectors)[string];
    fc.assert(
      fc.property(sizes, seeds, (n, seed) => agree(fast, lengths(n), seed, (k, v, z) => use(k, v, z, n))),
      { numRuns: runs, seed: 1 },
    );
  });

  it('eqTable', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 8 }), seeds, (bits, seed) => {
        const coordinates = drawer(seed)(4 * bits);
        const point = Array.from({ length: bits }, (_, i) => at(coordinates, i));
        agree(fast, [2 ** bits], seed, (k, [out]) => k.eqTable(point, out as Uint32Array));
      }),
      { numRuns: runs, seed: 2 },
    );
  });

  it('weightedSums of any 32-bit integers', () => {
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 4 }), seeds, (size, count, seed) => {
        const extremes = [0, 1, -1, P - 1, -P, 1 - P, P - 2 ** 31, 2 ** 31 - 1, -(2 ** 31)];
        const integers = Int32Array.from(drawer(seed)(size * count), (cell, i) =>
          cell % 3 === 0 ? (extremes[i % extremes.length] as number) : cell - 2 ** 30,
        );
        agree(fast, [count, size], seed, (k, [out, weights]) =>
          k.weightedSums(weights as Uint32Array, integers, size, out as Uint32Array),
        );
      }),
      { numRuns: runs, seed: 5 },
    );
  });

  it('applyAlong', () => {
    const small = fc.integer({ min: 1, max: 5 });
    fc.assert(
      fc.property(
        small,
        small,
        small,
        small,
        fc.boolean(),
        fc.nat(12),
        seeds,
        (outer, size, inner, count, wide, many, seed) => {
          const draw = drawer(seed);
          const places = Uint32Array.from(draw(2 * many), (cell, i) => cell % (i % 2 === 0 ? count : size));
          const entries = { places, weights: draw(4 * many) };
          const data = draw((wide ? 4 : 1) * outer * size * inner);
          const along = { outer, size, inner, count };
          expect(fast.applyAlong(data, wide, along, entries)).toEqual(reference.applyAlong(data, wide, along, entries));
        },
      ),
      { numRuns: runs, seed: 6 },
    );
  });

  it('encodeRows', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 3 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        seeds,
        (logCode, rows, part, seed) => {
          const dimension = Math.max(1, Math.round(part * 2 ** logCode));
          const cells = drawer(seed)(rows * dimension);
          expect(fast.encodeRows(cells, rows, dimension, logCode)).toEqual(
            reference.encodeRows(cells, rows, dimension, logCode),
          );
        },
      ),
      { numRuns: runs, seed: 3 },
    );
  });

  it.each([1, 2, 11, 12, 16, 17, 251, 252, 253, 256, 257, 513, 1100])(
    'hashColumns of %i rows, salted or not',
    (rows) => {
      for (const logCode of [1, 2, 3]) {
        const words = drawer(rows)(rows * 2 ** logCode);
        const salts = Uint8Array.from({ length: 16 * 2 ** logCode }, (_, i) => 7 * i);
        for (const salt of [new Uint8Array(0), salts])
          expect(fast.hashColumns(words, rows, logCode, salt)).toEqual(
            reference.hashColumns(words, rows, logCode, salt),
          );
      }
    },
  );

  it('hashColumns in several portions', () => {
    const { words, rows, logCode, salts, digests } = manyColumns();
    expect(Buffer.compare(fast.hashColumns(words, rows, logCode, salts), digests)).toBe(0);
  });

  it.each([1, 2, 3, 4, 7, 32])('hashPairs of %i pairs', (pairs) => {
    const digests = Uint8Array.from({ length: 64 * pairs }, (_, i) => (i * i) & 255);
    expect(fast.hashPairs(digests)).toEqual(reference.hashPairs(digests));
  });

  it('grind finds the least nonce, wherever it lies in the block', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 12 }),
        fc.integer({ min: 0, max: 56 }),
        fc.nat(255),
        (bits, nonceAt, byte) => {
          const input = new Uint8Array(Math.min(64, nonceAt + 8 + (byte % 9))).fill(byte).fill(0, nonceAt, nonceAt + 8);
          const work = { input, nonceAt, bits };
          expect(fast.grind(work)).toBe(searchNonce(work));
        },
      ),
      { numRuns: 30, seed: 4 },
    );
  });

  it('an arena hands out plain vectors when it is full, and nested arenas are taken back', () => {
    fast.arena(64, (allocate) => {
      const first = allocate(16);
      fast.arena(16, (inner) => inner(16).fill(7));
      const beyond = allocate(2 ** 22);
      expect(beyond.length).toBe(2 ** 22);
      first.fill(1);
      beyond.fill(1, 0, 16);
      fast.addHalves(first, 2);
      fast.addHalves(beyond, 2);
      expect(beyond.slice(0, 16)).toEqual(first.slice());
    });
  });
});
