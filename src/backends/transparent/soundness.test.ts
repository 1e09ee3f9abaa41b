import { describe, expect, it } from 'vitest';
import { everyGadget } from '../../../test/support/circuits.ts';
import { layOut } from './layout.ts';
import { lower } from './lower.ts';
import { withMask } from './mask.ts';
import { queryBits, type Soundness, soundness } from './soundness.ts';
import type { System } from './system.ts';

const parameters = { logRow: 10, logBlowup: 2, queries: 130, lookupWork: 12, queryWork: 16, tail: 130 };
const plain = lower(everyGadget().circuit, 9);
const system = withMask(plain, parameters.logRow);

function of(change: Partial<typeof parameters> = {}, over: System = system): Soundness {
  const p = { ...parameters, ...change };
  return soundness(over, layOut(over, p.logRow), p);
}

function term(found: Soundness, name: string): number {
  return found.terms.find((each) => each.name === name)?.bits as number;
}

describe('the query term', () => {
  it('is Q·log₂ of the share of columns a far word agrees with, less the work: recomputed from the definition', () => {
    for (const { logRow, logBlowup, queries, queryWork, tail } of [
      parameters,
      { ...parameters, logRow: 9, queries: 300 },
      { ...parameters, logBlowup: 1, queries: 200, queryWork: 0 },
      { ...parameters, logBlowup: 4, queries: 90, queryWork: 20 },
      { ...parameters, tail: 0 },
      { ...parameters, tail: 1001 },
    ]) {
      const symbols = 2 ** (logRow + logBlowup);
      const unique = Math.floor((symbols - 2 ** logRow - tail) / 2);
      const agree = (symbols - unique - 1) / symbols;
      expect(queryBits({ ...parameters, logRow, logBlowup, queries, queryWork, tail })).toBeCloseTo(
        queryWork - Math.log2(agree) * queries,
        9,
      );
    }
  });

  it('at rate 1/4 is about 0.678 bits per query; random coefficients lower it', () => {
    expect((queryBits({ ...parameters, tail: 0 }) - 16) / 130).toBeCloseTo(-Math.log2(5 / 8), 2);
    expect(queryBits({ ...parameters, tail: 1 })).toBeLessThanOrEqual(queryBits({ ...parameters, tail: 0 }));
    expect(queryBits({ ...parameters, tail: 2 })).toBeLessThan(queryBits({ ...parameters, tail: 0 }));
  });
});

describe('the soundness of a key', () => {
  it('keeps its numbers', () => {
    // Golden: a change here is a change of what every key claims.
    const found = of();
    expect(
      Object.fromEntries(found.terms.map(({ name, bits }) => [name, Number(bits.toFixed(3))])),
    ).toMatchInlineSnapshot(`
      {
        "GKR": 116.447,
        "batching and inner product": 118.4,
        "lookups": 121.7,
        "opening": 121.955,
        "products of pads": 117.707,
        "proximity": 109.633,
        "queries": 99.518,
        "relations": 119.431,
      }
    `);
    expect(found.bits.toFixed(3)).toMatchInlineSnapshot(`"99.517"`);
  });

  it('is the sum of all errors: no term is above it, and eight equal terms cost less than three bits', () => {
    const found = of();
    const least = Math.min(...found.terms.map(({ bits }) => bits));
    expect(found.bits).toBeLessThan(least);
    expect(found.bits).toBeGreaterThan(least - Math.log2(8));
    expect(2 ** -found.bits).toBeCloseTo(
      found.terms.reduce((sum, { bits }) => sum + 2 ** -bits, 0),
      40,
    );
  });

  it('falls with every query, and with less work', () => {
    for (const queries of [129, 100, 50, 1])
      expect(of({ queries }).bits).toBeLessThan(of({ queries: queries + 1 }).bits);
    expect(of({ queryWork: 15 }).bits).toBeLessThan(of().bits);
    expect(term(of({ lookupWork: 11 }), 'lookups')).toBeCloseTo(term(of(), 'lookups') - 1, 9);
    expect(term(of({ queryWork: 15 }), 'lookups')).toBe(term(of(), 'lookups'));
  });

  it('queries and rate have no influence on the terms of the algebra', () => {
    for (const name of ['lookups', 'GKR', 'relations', 'opening'])
      expect(term(of({ queries: 1, logBlowup: 4 }), name)).toBe(term(of(), name));
  });

  it('proximity costs one bit per doubling of the code', () => {
    expect(term(of({ logBlowup: 3 }), 'proximity')).toBeCloseTo(term(of(), 'proximity') - 1, 9);
  });

  it('the lookup term counts every lookup and every table row, and wider tuples', () => {
    const twice = { ...system, lookups: [...system.lookups, ...system.lookups] };
    expect(term(of({}, twice), 'lookups')).toBeLessThan(term(of(), 'lookups'));
    const wider = {
      ...system,
      tables: system.tables.map((table) => ({ ...table, columns: [...table.columns, ...table.columns] })),
    };
    expect(term(of({}, wider), 'lookups')).toBeLessThan(term(of(), 'lookups'));
  });

  it('lookups as many as the characteristic give nothing: multiplicities would wrap', () => {
    const lookup = { name: 'l', table: 0, box: [2 ** 15, 2 ** 16], tuple: [] };
    const found = of({}, { ...system, lookups: [lookup] });
    expect(term(found, 'lookups')).toBe(0);
    expect(found.bits).toBeLessThanOrEqual(0);
  });

  it('more contractions and linear relations lower the terms that count them', () => {
    const fewer = { ...system, linears: [] };
    expect(term(of({}, fewer), 'batching and inner product')).toBeGreaterThan(term(of(), 'batching and inner product'));
    expect(term(of({}, fewer), 'relations')).toBeGreaterThanOrEqual(term(of(), 'relations'));
  });
});
