import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { dotRows, type IntRows } from './dot-rows.ts';
import { openNodeThreads } from './threads/node/threads.ts';
import { instantiateWasm, type Wasm } from './wasm.ts';

/** Deterministic integers of magnitude up to `limit`, extremes included. */
function rowsOf(rows: number, size: number, limit: number, seed: number): IntRows {
  const data = new Float64Array(rows * size).map((_, i) => {
    const mixed = (Math.imul(i + seed, 0x9e3779b1) >>> 7) % 1000003;
    return mixed % 5 === 0 ? (mixed % 2 === 0 ? limit : -limit) : (mixed % (2 * limit + 1)) - limit;
  });
  return { data, rows, size };
}

const threads = openNodeThreads(3, { quantum: 1 });
afterAll(() => threads?.close());

const engines: Readonly<Record<string, Wasm | null>> = {
  simd: instantiateWasm('simd'),
  scalar: instantiateWasm('scalar'),
  shared: threads?.wasm ?? null,
};

describe.each(Object.keys(engines))('rows in the %s module', (flavour) => {
  const wasm = engines[flavour] ?? null;

  it('give the sums of plain arithmetic', () => {
    expect(wasm).not.toBeNull();
    const shape = fc.record({
      rows: fc.integer({ min: 1, max: 20 }),
      others: fc.integer({ min: 1, max: 20 }),
      size: fc.integer({ min: 1, max: 70 }),
      limit: fc.constantFrom(1, 127, 255, 5000, 32767, 32768, 100000),
      seed: fc.nat(),
    });
    fc.assert(
      fc.property(shape, ({ rows, others, size, limit, seed }) => {
        const [a, b] = [rowsOf(rows, size, limit, seed % 65536), rowsOf(others, size, limit, (seed % 65536) + 99)];
        const ofA = Uint32Array.from({ length: rows * others }, (_, i) => i % rows);
        const ofB = Uint32Array.from({ length: rows * others }, (_, i) => Math.floor(i / rows));
        expect(dotRows(a, ofA, b, ofB, wasm)).toEqual(dotRows(a, ofA, b, ofB, null));
      }),
      { numRuns: 100, seed: 1 },
    );
  });

  it('may be read off cells', () => {
    const shape = fc.record({
      rows: fc.integer({ min: 1, max: 30 }),
      others: fc.integer({ min: 1, max: 20 }),
      size: fc.integer({ min: 1, max: 40 }),
      seed: fc.nat(65535),
    });
    fc.assert(
      fc.property(shape, ({ rows, others, size, seed }) => {
        const cells = Int16Array.from(rowsOf(1, 300, 32767, seed).data);
        const outputs = Int32Array.from({ length: rows }, (_, i) => (i * i + seed) % 150);
        const reduces = Int32Array.from({ length: size }, (_, k) => (7 * k + seed) % 150);
        const data = Int32Array.from({ length: rows * size }, (_, i) => {
          return cells[(outputs[Math.floor(i / size)] as number) + (reduces[i % size] as number)] as number;
        });
        const b = rowsOf(others, size, 100, seed + 1);
        const ofA = Uint32Array.from({ length: 50 }, (_, i) => (i * 11) % rows);
        const ofB = Uint32Array.from({ length: 50 }, (_, i) => (i * 5) % others);
        const expected = dotRows({ data, rows, size }, ofA, b, ofB, null);
        const taps = { cells, outputs, reduces, most: 32768 };
        expect(dotRows(taps, ofA, b, ofB, wasm)).toEqual(expected);
        expect(dotRows(taps, ofA, b, ofB, null)).toEqual(expected);
        expect(dotRows(b, ofB, taps, ofA, wasm)).toEqual(expected);
      }),
      { numRuns: 60, seed: 3 },
    );
  });

  it('stay exact where sums leave 32 bits, and keep what is not a number', () => {
    const one = (value: number): IntRows => ({ data: new Float64Array(1024).fill(value), rows: 1, size: 1024 });
    const of = Uint32Array.of(0);
    expect(dotRows(one(32767), of, one(-32767), of, wasm)).toEqual(Float64Array.of(-1024 * 32767 * 32767));
    expect(dotRows(one(Number.NaN), of, one(1), of, wasm)).toEqual(Float64Array.of(Number.NaN));
  });
});
