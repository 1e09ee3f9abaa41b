import { describe, expect, it } from 'vitest';
import type { Json } from '../base/canonical-json.ts';
import { ProvennError } from '../base/errors.ts';
import { AttributeReader, checkZeros } from './attributes.ts';

function code(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof ProvennError) return `${error.code} ${error.where}`;
    throw error;
  }
  return 'accepted';
}

const read = (raw: Json, ...keys: string[]): AttributeReader => new AttributeReader(raw, 'conv1', keys);
const output = { yScale: 0.5, yZero: 0, yType: 'u8' };
const outputOf = (changes: { [key: string]: Json }): (() => unknown) => {
  return () => read({ ...output, ...changes }, 'yScale', 'yZero', 'yType', 'low', 'high').output();
};

describe('AttributeReader', () => {
  it.each([
    ['not an object', () => read([1])],
    ['an unknown key', () => read({ a: 1 }, 'b')],
    ['a missing scale', () => read({}, 'a').scale('a')],
    ['a scale that is no float32', () => read({ a: 0.1 }, 'a').scale('a')],
    ['a scale of 0', () => read({ a: 0 }, 'a').scale('a')],
    ['a negative scale', () => read({ a: [0.5, -0.5] }, 'a').scales('a')],
    ['no scales', () => read({ a: [] }, 'a').scales('a')],
    ['a fraction for an integer', () => read({ a: 1.5 }, 'a').integer('a', 0, 3)],
    ['an integer out of range', () => read({ a: [4] }, 'a').integers('a', 0, 3)],
    ['a text for a flag', () => read({ a: 'true' }, 'a').boolean('a')],
    ['another element type', () => read({ a: 's32' }, 'a').byteDtype('a')],
    ['a zero point outside the type', outputOf({ yZero: -1 })],
    ['a clip range outside the type', outputOf({ high: 256 })],
    ['an empty clip range', outputOf({ low: 9, high: 8 })],
    ['a zero point of another type', () => checkZeros([-1], 'u8', 'the input', 'conv1')],
  ])('refuses %s, naming the node', (_, run) => {
    expect(code(run)).toBe('MODEL_INVALID conv1');
  });

  it('fills in the range of the type as clip range', () => {
    expect(outputOf({})()).toEqual({ ...output, low: 0, high: 255 });
    expect(outputOf({ yType: 's8', low: 0 })()).toEqual({ ...output, yType: 's8', low: 0, high: 127 });
  });
});
