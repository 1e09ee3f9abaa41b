import { describe, expect, it } from 'vitest';
import { everyGadget } from '../../../test/support/circuits.ts';
import { BytesError } from '../../base/bytes.ts';
import {
  chooseParameters,
  decodeParameters,
  encodeParameters,
  judge,
  type Parameters,
  refuseHiding,
  refuseParameters,
  requiredBits,
} from './config.ts';
import { layOut } from './layout.ts';
import { lower } from './lower.ts';
import { withMask } from './mask.ts';
import { queryBits } from './soundness.ts';

const good: Parameters = {
  logRow: 10,
  logBlowup: 2,
  queries: 140,
  lookupWork: 12,
  queryWork: 16,
  pieceBits: 9,
  tail: 140,
  budget: 1,
};

describe('the bytes of parameters', () => {
  it('are seventeen, and round trip', () => {
    const bytes = encodeParameters(good);
    expect(Array.from(bytes)).toEqual([10, 2, 140, 0, 0, 0, 12, 16, 9, 140, 0, 0, 0, 1, 0, 0, 0]);
    expect(decodeParameters(bytes)).toEqual(good);
  });

  it('are refused at every other length', () => {
    const bytes = encodeParameters(good);
    for (let length = 0; length < bytes.length; length++)
      expect(() => decodeParameters(bytes.slice(0, length))).toThrow(BytesError);
    expect(() => decodeParameters(new Uint8Array(18))).toThrow(BytesError);
  });
});

describe('refuseParameters', () => {
  it.each<[string, Partial<Parameters>]>([
    ['the ones above', {}],
    ['the shortest rows', { logRow: 9 }],
    ['the longest codewords', { logRow: 22 }],
    ['a rate of 3/4', { tail: 2048 }],
    ['every column opened', { logRow: 9, queries: 2048 }],
    ['one column', { queries: 1 }],
    ['no proof of work', { lookupWork: 0, queryWork: 0 }],
    ['40 bits of proof of work', { lookupWork: 40, queryWork: 40 }],
    ['the narrowest and widest pieces', { pieceBits: 1 }],
    ['the widest pieces', { pieceBits: 20 }],
  ])('accepts %s', (_, change) => {
    expect(refuseParameters({ ...good, ...change })).toBeNull();
  });

  it.each<[string, Partial<Parameters>, RegExp]>([
    ['short rows', { logRow: 8 }, /shorter than 2\^9/],
    ['rate 1', { logBlowup: 0 }, /rate 1/],
    ['codewords beyond the roots of unity', { logRow: 23 }, /roots of unity/],
    ['a huge blowup', { logBlowup: 255 }, /roots of unity/],
    ['no column', { queries: 0 }, /no column/],
    ['more columns than there are', { logRow: 9, queries: 2049 }, /more columns/],
    ['a rate of 3/4 and one coefficient more', { tail: 2049 }, /rate above 3\/4/],
    ['as many random coefficients as can be written', { tail: 2 ** 32 - 1 }, /rate above 3\/4/],
    ['41 bits before the lookups', { lookupWork: 41 }, /40 bits/],
    ['41 bits before the queries', { queryWork: 41 }, /40 bits/],
    ['pieces of width 0', { pieceBits: 0 }, /impossible width/],
    ['pieces of 21 bits', { pieceBits: 21 }, /impossible width/],
  ])('refuses %s', (_, change, message) => {
    expect(refuseParameters({ ...good, ...change })).toMatch(message);
  });
});

describe('refuseHiding', () => {
  it('wants a random coefficient for every column that any proof of the budget opens', () => {
    expect(refuseHiding(good)).toBeNull();
    expect(refuseHiding({ ...good, tail: 139 })).toMatch(/139 random coefficients/);
    expect(refuseHiding({ ...good, tail: 0 })).toMatch(/0 random coefficients/);
    expect(refuseHiding({ ...good, budget: 8, tail: 8 * 140 })).toBeNull();
    expect(refuseHiding({ ...good, budget: 8, tail: 8 * 140 - 1 })).toMatch(/8 times 140/);
    expect(refuseHiding({ ...good, budget: 0 })).toMatch(/no proof/);
  });
});

describe('judge', () => {
  const system = lower(everyGadget().circuit, good.pieceBits);

  it('accepts what reaches 100 bits, and says how much is missing otherwise', () => {
    expect(judge(system, good).refusal).toBeNull();
    const { refusal, soundness } = judge(system, { ...good, queries: 100 });
    expect(soundness.bits).toBeLessThan(requiredBits);
    expect(refusal).toBe(`the soundness is ${soundness.bits.toFixed(2)} bits; at least 100 are required`);
  });

  it('draws the line at 100 bits exactly, whatever the number of queries', () => {
    const verdicts = Array.from({ length: 30 }, (_, i) => judge(system, { ...good, queries: 110 + i }));
    for (const { refusal, soundness } of verdicts) expect(refusal === null).toBe(soundness.bits >= 100);
    expect(new Set(verdicts.map(({ refusal }) => refusal === null)).size).toBe(2);
  });

  it('refuses a system without lookups', () => {
    expect(judge({ ...system, lookups: [] }, good).refusal).toMatch(/no lookup/);
  });

  it('masks the system and lays it out with the rows of the parameters', () => {
    const judged = judge(system, good);
    expect(judged.system).toEqual(withMask(system, 10));
    expect(judged.layout).toEqual(layOut(judged.system, 10));
    expect(judged.soundness.zeroKnowledgeBits).toBeGreaterThan(requiredBits);
  });

  it('masks nothing without random coefficients', () => {
    const judged = judge(system, { ...good, tail: 0 });
    expect(judged.system).toBe(system);
    expect(judged.soundness.zeroKnowledgeBits).toBe(0);
  });

  it('refuses a budget where there is nothing long-lived to open', () => {
    expect(judge(system, { ...good, budget: 2, tail: 280 }).refusal).toMatch(/no long-lived matrix/);
  });
});

describe('chooseParameters', () => {
  const system = lower(everyGadget().circuit, 7);

  it('chooses acceptable parameters with the least queries that give 102 bits', () => {
    const chosen = chooseParameters(system, { budget: 1 }) as Parameters;
    expect(refuseParameters(chosen) ?? refuseHiding(chosen)).toBeNull();
    expect(chosen.tail).toBe(chosen.queries);
    expect(judge(system, chosen).refusal).toBeNull();
    expect(chosen.pieceBits).toBe(7);
    expect(queryBits(chosen)).toBeGreaterThanOrEqual(requiredBits + 2);
    expect(queryBits({ ...chosen, queries: chosen.queries - 1, tail: chosen.tail - 1 })).toBeLessThan(requiredBits + 2);
  });

  it('needs fewer queries at a lower rate', () => {
    const [half, eighth] = [1, 3].map((logBlowup) =>
      chooseParameters(system, { budget: 1, logBlowups: [logBlowup] }),
    ) as Parameters[];
    expect(half?.logBlowup).toBe(1);
    expect(half?.queries).toBeGreaterThan(eighth?.queries as number);
  });

  it('finds none for a system without lookups', () => {
    expect(chooseParameters({ ...system, lookups: [] }, { budget: 1 })).toBeNull();
  });
});
