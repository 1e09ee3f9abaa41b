import { describe, expect, it } from 'vitest';
import { quantizer } from '../../../../test/support/circuits.ts';
import type { StepFunction, StepGadget } from '../../../artifact/circuit.ts';
import { product } from '../../../base/tensor.ts';
import { countPieces } from './pieces.ts';
import { planRuns, type RunLengths, runLengths } from './run-plan.ts';
import { choosePieceBits, planSteps, type StepChoice } from './step-plan.ts';

function gadget(box: readonly number[], ...functions: readonly StepFunction[]): StepGadget {
  const input = { constant: 0, terms: [], accumulators: [] };
  return { kind: 'step', name: 'g', box, input, output: 0, classes: null, functions };
}

function one(high: number, start = 0): StepFunction {
  return { high, starts: Int32Array.of(start), values: Int32Array.of(1) };
}

function choiceOf(step: StepGadget, bits = 8): StepChoice {
  return planSteps([step], bits).choices.get(step) as StepChoice;
}

const scale = (divisor: number): StepFunction => quantizer(-300000, 300000, divisor, 128);
const channels = Array.from({ length: 12 }, (_, i) => scale(1501 + 7 * i));

describe('the choice of how a step is stated', () => {
  it('is direct up to 1024 integers in all functions together, whatever the size of the box', () => {
    for (const box of [[1], [4000]]) {
      expect(choiceOf(gadget(box, one(1023))).kind).toBe('direct');
      expect(choiceOf(gadget(box, one(511), one(-1, -512))).kind).toBe('direct');
    }
    expect(choiceOf(gadget([1], one(1024))).kind).toBe('segments');
    expect(choiceOf(gadget([1], one(511), one(512))).kind).toBe('segments');
  });

  it('is direct beyond that where rows cost less than a lookup and two cells more for each output', () => {
    const step = quantizer(-20000, 20000, 97, 128);
    const rows = countPieces(step, 8);
    const even = (3 * 40001 - 3 * (rows + 2 ** 9)) / 5;
    expect(choiceOf(gadget([Math.floor(even) - 400], step)).kind).toBe('segments');
    expect(choiceOf(gadget([Math.ceil(even) + 400], step)).kind).toBe('direct');
    expect(choiceOf(gadget([2 ** 20], one(2 ** 18 - 1))).kind).toBe('direct');
    expect(choiceOf(gadget([2 ** 20], scale(1501)), 11).kind).toBe('segments');
  });

  it('is runs for many functions with few outputs each, pieces for few functions or many outputs', () => {
    expect(choiceOf(gadget([12, 16], ...channels)).kind).toBe('runs');
    expect(choiceOf(gadget([12, 4096], ...channels), 11).kind).toBe('segments');
    expect(choiceOf(gadget([7, 16], ...channels.slice(0, 7))).kind).toBe('segments');
  });

  it('g is the least of those with the least cost', () => {
    const step = gadget([12, 16], ...channels);
    const plan = planSteps([step], 8);
    const costs = Array.from(
      { length: 18 },
      (_, i) => planRuns(runLengths(step) as RunLengths, i + 1).cost + 3 * 2 ** (i + 1),
    );
    expect(plan.cost).toBe(Math.min(...costs));
    expect(plan.runBits).toBe(costs.indexOf(Math.min(...costs)) + 1);
    expect(plan.sharedRows).toBe(2 ** (plan.runBits as number));
  });

  it('piece bits minimise the cost', () => {
    const steps = [
      gadget([1], quantizer(-40000, 40000, 97, 100)),
      gadget([1], quantizer(-300000, 300000, 2001, 128)),
      gadget([1], one(1000)),
    ];
    const rows = (bits: number): number =>
      steps
        .slice(0, 2)
        .reduce((sum, { functions }) => sum + countPieces(functions[0] as StepFunction, bits), 2 ** (bits + 1));
    const chosen = choosePieceBits(steps);
    for (let bits = 1; bits <= 18; bits++) {
      expect(planSteps(steps, bits).cost).toBe(3 * rows(bits) + 12 + 3 * 1001 + 1);
      expect(rows(bits)).toBeGreaterThanOrEqual(rows(chosen));
    }
  });

  it('the narrowest piece bits do where no step is in pieces', () => {
    expect(choosePieceBits([gadget([1], one(1000))])).toBe(1);
    expect(choosePieceBits([])).toBe(1);
    expect(choosePieceBits([gadget([12, 16], ...channels)])).toBe(1);
  });

  it('every output is paid for', () => {
    const first = gadget([12, 16], ...channels);
    const small = planSteps([first], 8);
    const large = planSteps([gadget([12, 17], ...channels)], 8);
    expect(small.choices.get(first)).toMatchObject({ kind: 'runs', reach: { values: [0, 255] } });
    expect(large.cost - small.cost).toBe(10 * (product([12, 17]) - product([12, 16])));
  });
});
