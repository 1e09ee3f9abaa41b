import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dotRows, type IntRows } from './dot-rows.ts';
import { instantiateWasm } from './wasm.ts';

/** Deterministic integers of magnitude up to `limit`, extremes included. */
function rowsOf(rows: number, size: number, limit: number, seed: number): IntRows {
  const data = new Float64Array(rows * size).map((_, i) => {
    const mixed = (Math.imul(i + seed, 0x9e3779b1) >>> 7) % 1000003;
    return mixed % 5 === 0 ? (mixed % 2 === 0 ? limit : -limit) : (mixed % (2 * limit + 1)) - limit;
  });
  return { data, rows, size };
}

describe.each(['simd', 'scalar'] as const)('rows in the %s module', (flavour) => {
  const wasm = instantiateWasm(flavour);

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

  it('stay exact where sums leave 32 bits, and keep what is not a number', () => {
    const one = (value: number): IntRows => ({ data: new Float64Array(1024).fill(value), rows: 1, size: 1024 });
    const of = Uint32Array.of(0);
    expect(dotRows(one(32767), of, one(-32767), of, wasm)).toEqual(Float64Array.of(-1024 * 32767 * 32767));
    expect(dotRows(one(Number.NaN), of, one(1), of, wasm)).toEqual(Float64Array.of(Number.NaN));
  });
});
