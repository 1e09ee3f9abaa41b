import { describe, expect, test } from 'vitest';
import { seeded } from '../../../test/support/circuits.ts';
import type { StepFunction } from '../../artifact/circuit.ts';
import { roundHalfEven } from '../../base/rounding.ts';
import { evaluateStep } from '../../gadgets/step.ts';
import { equalsEverywhere, quotientAt, type Realisation, realiseStep } from './realise-step.ts';

/** A step function by exhaustive search. */
function stepOf(f: (x: number) => number, low: number, high: number): StepFunction {
  const starts = [low];
  const values = [f(low)];
  for (let x = low + 1; x <= high; x++) {
    if (f(x) === values.at(-1)) continue;
    starts.push(x);
    values.push(f(x));
  }
  return { high, starts: Int32Array.from(starts), values: Int32Array.from(values) };
}

/** onnxruntime's requantization: the product is rounded to float32, then to an integer, half to even. */
function requantizer(multiplier: number, zero: number): (x: number) => number {
  const m = Math.fround(multiplier);
  return (x) => Math.min(255, Math.max(0, roundHalfEven(Math.fround(Math.fround(x) * m)) + zero));
}

/** What the circuit computes from a realisation, by its definition. */
function evaluate(step: StepFunction, realisation: Realisation, x: number): number {
  if (realisation.kind === 'constant') return realisation.value;
  if (realisation.kind === 'runs') return evaluateStep(step, x);
  const { multiplier, low, high, corrections } = realisation;
  const clamped = Math.min(high, Math.max(low, Number(quotientAt(multiplier, x))));
  return clamped + (corrections.find((correction) => correction.x === x)?.by ?? 0);
}

/** Every integer of the range at which they differ. */
function differences(step: StepFunction, realisation: Realisation): number[] {
  const out: number[] = [];
  for (let x = step.starts[0] as number; x <= step.high; x++)
    if (evaluate(step, realisation, x) !== evaluateStep(step, x)) out.push(x);
  return out;
}

describe('realised steps', () => {
  test.each([0.00731, 0.0123, 0.0171, 0.031, 0.5, 0.25, 2 ** -7, 3 * 2 ** -9, 1.7, 0.9999])(
    'equal the requantization by %f at every integer',
    (multiplier) => {
      const step = stepOf(requantizer(multiplier, 100), -30_000, 30_000);
      const realisation = realiseStep(step);
      expect(differences(step, realisation)).toEqual([]);
    },
  );

  test('most are one multiplication; powers of two with their ties are lists of runs', () => {
    expect(realiseStep(stepOf(requantizer(0.0123, 100), -30_000, 30_000)).kind).toBe('requantize');
    expect(realiseStep(stepOf(requantizer(0.25, 100), -3000, 3000)).kind).toBe('runs');
    expect(realiseStep({ high: 9, starts: Int32Array.of(-9), values: Int32Array.of(4) })).toEqual({
      kind: 'constant',
      value: 4,
    });
  });

  test('the quotient stays within the digits that are given for its excess and deficit', () => {
    const step = stepOf(requantizer(0.0123, 100), -30_000, 30_000);
    const realisation = realiseStep(step);
    if (realisation.kind !== 'requantize') throw new Error('another kind was expected');
    const { multiplier, low, high, above, below, shift } = realisation;
    for (const x of [-30_000, 30_000]) {
      const quotient = quotientAt(multiplier, x);
      expect(quotient - BigInt(high) < 1n << BigInt(above)).toBe(true);
      expect(BigInt(low) - quotient < 1n << BigInt(below)).toBe(true);
      expect(quotient + shift >= 0n).toBe(true);
    }
  });

  test('any function that rises is realised exactly, however irregular', () => {
    const random = seeded(4);
    for (let round = 0; round < 40; round++) {
      const values = [random(-20, 0)];
      for (let x = -149; x <= 150; x++)
        values.push((values.at(-1) as number) + (random(0, 9) === 0 ? random(1, 4) : 0));
      const step = stepOf((x) => values[x + 150] as number, -150, 150);
      const realisation = realiseStep(step);
      expect(differences(step, realisation)).toEqual([]);
    }
  });
});

describe('functions that are not monotone', () => {
  test.each([[[1, 0, 1]], [[1, 0, 2, 1]], [[0, 1, 0]], [[3, 4, 5, 2]], [[0, 7, 1, 9]]])(
    'are realised: %j',
    (values) => {
      const step = { high: 40, starts: Int32Array.from(values, (_, i) => 3 * i - 5), values: Int32Array.from(values) };
      const realisation = realiseStep(step);
      expect(differences(step, realisation)).toEqual([]);
      if (realisation.kind === 'requantize') expect(realisation.low).toBeLessThan(realisation.high);
    },
  );
});

describe('the comparison at every threshold', () => {
  const step = stepOf(requantizer(0.031, 3), -4000, 4000);
  const realisation = realiseStep(step);
  if (realisation.kind !== 'requantize') throw new Error('another kind was expected');
  const { multiplier, corrections } = realisation;

  test('accepts what is equal', () => {
    expect(corrections.length).toBeGreaterThan(0);
    expect(equalsEverywhere(step, multiplier, corrections)).toBe(true);
  });

  test('refuses a correction less, more, twice or elsewhere, and a constant that moves a threshold', () => {
    const [first, ...others] = corrections as [(typeof corrections)[number], ...typeof corrections];
    expect(equalsEverywhere(step, multiplier, others)).toBe(false);
    expect(equalsEverywhere(step, multiplier, [...corrections, first])).toBe(false);
    expect(equalsEverywhere(step, multiplier, [...corrections, { x: first.x + 1, by: 1 }])).toBe(false);
    expect(equalsEverywhere(step, multiplier, [{ ...first, by: first.by + 1 }, ...others])).toBe(false);
    expect(equalsEverywhere(step, multiplier, [...corrections, { x: 4001, by: 0 }])).toBe(false);
    const unit = 1n << BigInt(multiplier.s);
    expect(equalsEverywhere(step, { ...multiplier, c: multiplier.c + unit / 20n }, corrections)).toBe(false);
    expect(equalsEverywhere(step, { ...multiplier, m: -multiplier.m }, corrections)).toBe(false);
  });
});
