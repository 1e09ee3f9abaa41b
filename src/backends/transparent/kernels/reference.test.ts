import { describe, expect, it } from 'vitest';
import { seeded } from '../../../../test/support/circuits.ts';
import { ByteWriter } from '../../../base/bytes.ts';
import { add, at, type Ext, fromBase, multiply, scale, subtract, zero } from '../../../base/extension.ts';
import { add as addBase, fromInteger, mul, P, pow, rootOfUnity } from '../../../base/field.ts';
import { hashLeaf } from '../merkle.ts';
import { eqIndex } from '../polynomials.ts';
import { referenceKernels as kernels } from './reference.ts';

const random = seeded(21);
const cells = (count: number): Uint32Array => Uint32Array.from({ length: count }, () => random(0, P - 1));
const vector = (count: number): Uint32Array => {
  const out = cells(4 * count);
  // Extreme coordinates too.
  out.set([P - 1, P - 1, P - 1, P - 1, 0, 0, 0, 0].slice(0, out.length));
  return out;
};
const element = (): Ext => at(cells(4), 0);
const list = (v: Uint32Array): Ext[] => Array.from({ length: v.length / 4 }, (_, i) => at(v, i));
const total = (values: readonly Ext[]): Ext => values.reduce(add, zero);
const sizes = [1, 2, 8, 33];

describe('the reference kernels', () => {
  it('encodeRows evaluates every row at all powers of the root', () => {
    const rows = cells(3 * 8);
    const words = kernels.encodeRows(rows, 3, 8, 5);
    expect(words.length).toBe(3 * 32);
    for (let row = 0; row < 3; row++) {
      const coefficients = rows.slice(8 * row, 8 * row + 8);
      for (let j = 0; j < 32; j++) {
        const x = pow(rootOfUnity(5), j);
        expect(words[32 * row + j]).toBe(coefficients.reduceRight((sum, c) => addBase(mul(sum, x), c), 0));
      }
    }
  });

  it('hashColumns hashes the cells of a column, row after row', () => {
    const words = cells(3 * 8);
    const hashes = kernels.hashColumns(words, 3, 3, new Uint8Array(0));
    const salted = kernels.hashColumns(
      words,
      3,
      3,
      Uint8Array.from({ length: 128 }, (_, i) => i),
    );
    expect(hashes.length).toBe(8 * 32);
    for (let j = 0; j < 8; j++) {
      const column = [words[j], words[8 + j], words[16 + j]] as number[];
      const salt = Uint8Array.from({ length: 16 }, (_, i) => 16 * j + i);
      expect(hashes.slice(32 * j, 32 * j + 32)).toEqual(hashLeaf(new ByteWriter().words(column).finish()));
      expect(salted.slice(32 * j, 32 * j + 32)).toEqual(hashLeaf(new ByteWriter().raw(salt).words(column).finish()));
    }
  });

  it.each(sizes)('foldHigh binds the highest of %i pairs', (half) => {
    const v = vector(2 * half);
    const before = list(v);
    const z = element();
    kernels.foldHigh(v, half, z);
    for (let x = 0; x < half; x++) {
      const [low, high] = [before[x] as Ext, before[x + half] as Ext];
      expect(at(v, x)).toEqual(add(low, multiply(z, subtract(high, low))));
    }
    expect(list(v).slice(half)).toEqual(before.slice(half));
  });

  it.each(sizes)('foldLow binds the lowest of %i pairs', (half) => {
    const v = vector(2 * half);
    const before = list(v);
    const z = element();
    kernels.foldLow(v, half, z);
    for (let x = 0; x < half; x++) {
      const [low, high] = [before[2 * x] as Ext, before[2 * x + 1] as Ext];
      expect(at(v, x)).toEqual(add(low, multiply(z, subtract(high, low))));
    }
  });

  it('addScaled adds a multiple to the first elements only', () => {
    const a = vector(5);
    const b = vector(5);
    const before = list(a);
    const factor = element();
    kernels.addScaled(a, b, factor, 3);
    before.forEach((x, i) => expect(at(a, i)).toEqual(i < 3 ? add(x, multiply(factor, at(b, i))) : x));
  });

  it.each(sizes)('fractionLayer adds the fractions of %i pairs', (half) => {
    const [p, q] = [vector(2 * half), vector(2 * half)];
    const up = { p: new Uint32Array(4 * half), q: new Uint32Array(4 * half) };
    kernels.fractionLayer(p, q, half, up.p, up.q);
    for (let x = 0; x < half; x++) {
      const [p0, p1, q0, q1] = [at(p, x), at(p, x + half), at(q, x), at(q, x + half)];
      expect(at(up.p, x)).toEqual(add(multiply(p0, q1), multiply(p1, q0)));
      expect(at(up.q, x)).toEqual(multiply(q0, q1));
    }
  });

  it.each(sizes)(
    'fractionLeaves adds fractions of %i pairs whose numerators are in F, as far as it is told',
    (half) => {
      const [p, q] = [vector(half), vector(2 * half)];
      const up = { p: new Uint32Array(4 * half), q: new Uint32Array(4 * half) };
      const count = Math.ceil(half / 2);
      kernels.fractionLeaves(p, q, half, up.p, up.q, count);
      for (let x = 0; x < half; x++) {
        const [p0, p1] = [p[x] as number, p[x + half] as number].map((value): Ext => [value, 0, 0, 0]) as [Ext, Ext];
        const [q0, q1] = [at(q, x), at(q, x + half)];
        const sum = add(multiply(p0, q1), multiply(p1, q0));
        expect(at(up.p, x)).toEqual(x < count ? sum : [0, 0, 0, 0]);
        expect(at(up.q, x)).toEqual(x < count ? multiply(q0, q1) : [0, 0, 0, 0]);
      }
    },
  );

  it.each(sizes)('pairing sums %i products', (count) => {
    const [a, b] = [vector(count + 1), vector(count + 1)];
    const products = Array.from({ length: count }, (_, x) => multiply(at(a, x), at(b, x)));
    expect(kernels.pairing(a, b, count)).toEqual(total(products));
  });

  it.each(sizes)('fractionRound and foldHigh of the first of %i pairs', (half) => {
    const vectors = Array.from({ length: 5 }, () => vector(2 * half));
    const [a0, q0, p1, q1, eq] = vectors as [Uint32Array, Uint32Array, Uint32Array, Uint32Array, Uint32Array];
    const count = Math.ceil(half / 2);
    const zeros = eq.slice().fill(0, 4 * count);
    expect(kernels.fractionRound(a0, q0, p1, q1, eq, half, count)).toEqual(
      kernels.fractionRound(a0, q0, p1, q1, zeros, half),
    );
    const [part, whole] = [a0.slice(), a0.slice()];
    const z = element();
    kernels.foldHigh(part, half, z, count);
    kernels.foldHigh(whole, half, z);
    expect(part).toEqual(Uint32Array.of(...whole.subarray(0, 4 * count), ...a0.subarray(4 * count)));
  });

  it.each(sizes)('fractionRound sums %i cells at 0 and at infinity', (half) => {
    const [a0, q0, p1, q1] = [vector(2 * half), vector(2 * half), vector(2 * half), vector(2 * half)];
    const eq = vector(half);
    const [g0, gInfinity] = kernels.fractionRound(a0, q0, p1, q1, eq, half);
    const low = (v: Uint32Array, x: number): Ext => at(v, x);
    const slope = (v: Uint32Array, x: number): Ext => subtract(at(v, x + half), at(v, x));
    const sum = (part: typeof low): Ext =>
      total(
        Array.from({ length: half }, (_, x) =>
          multiply(at(eq, x), add(multiply(part(a0, x), part(q1, x)), multiply(part(p1, x), part(q0, x)))),
        ),
      );
    expect(g0).toEqual(sum(low));
    expect(gInfinity).toEqual(sum(slope));
  });

  it.each(sizes)('innerProductRound sums %i pairs at 0 and at 2', (half) => {
    const [a, b] = [vector(2 * half), vector(2 * half)];
    const line = (v: Uint32Array, x: number, t: number): Ext =>
      add(at(v, 2 * x), scale(subtract(at(v, 2 * x + 1), at(v, 2 * x)), t));
    const sum = (t: number): Ext =>
      total(Array.from({ length: half }, (_, x) => multiply(line(a, x, t), line(b, x, t))));
    expect(kernels.innerProductRound(a, b, half)).toEqual([sum(0), sum(2)]);
  });

  it('eqTable lists eq(point, x)', () => {
    const point = [element(), element(), element()];
    const out = new Uint32Array(32);
    kernels.eqTable(point, out);
    list(out).forEach((value, x) => expect(value).toEqual(eqIndex(point, x)));
  });

  it('weightedSums adds up rows of integers', () => {
    const weights = vector(3);
    const integers = Int32Array.of(1, -1, 2 ** 31 - 1, -(2 ** 31), 0, -P);
    const out = new Uint32Array(8);
    kernels.weightedSums(weights, integers, 3, out);
    [0, 1].forEach((j) => {
      const terms = [0, 1, 2].map((i) => scale(at(weights, i), fromInteger(integers[3 * j + i] as number)));
      expect(at(out, j)).toEqual(total(terms));
    });
  });

  it('applyAlong multiplies by a sparse matrix in the middle', () => {
    const [data, weights] = [vector(2 * 3 * 2), vector(2)];
    const entries = { places: Uint32Array.of(1, 2, 1, 0), weights };
    const along = { outer: 2, size: 3, inner: 2, count: 2 };
    const out = list(kernels.applyAlong(data, true, along, entries));
    const x = (o: number, from: number, i: number): Ext => at(data, (o * 3 + from) * 2 + i);
    for (const o of [0, 1])
      for (const i of [0, 1]) {
        expect(out[(o * 2 + 0) * 2 + i]).toEqual(zero);
        const expected = add(multiply(x(o, 2, i), at(weights, 0)), multiply(x(o, 0, i), at(weights, 1)));
        expect(out[(o * 2 + 1) * 2 + i]).toEqual(expected);
      }
    const base = cells(12);
    const wide = Uint32Array.from({ length: 48 }, (_, i) => (i % 4 === 0 ? (base[i / 4] as number) : 0));
    expect(kernels.applyAlong(base, false, along, entries)).toEqual(kernels.applyAlong(wide, true, along, entries));
  });

  it('accumulateBase adds multiples of field cells from an offset', () => {
    const out = vector(6);
    const before = list(out);
    const row = cells(10);
    row[4] = 0;
    const factor = element();
    kernels.accumulateBase(out, factor, row, 3, 5);
    before.forEach((x, i) =>
      expect(at(out, i)).toEqual(i < 5 ? add(x, multiply(factor, fromBase(row[3 + i] as number))) : x),
    );
  });
});
