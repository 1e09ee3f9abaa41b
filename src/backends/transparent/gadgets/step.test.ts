import { describe, expect, it } from 'vitest';
import { everyGadget, quantizer } from '../../../../test/support/circuits.ts';
import type { StepFunction, StepGadget } from '../../../artifact/circuit.ts';
import { runEnd, runOf } from '../../../gadgets/step.ts';
import { lower } from '../lower.ts';
import { countPieces } from './pieces.ts';
import { choosePieceBits, isDirect } from './step.ts';

function gadget(...functions: readonly StepFunction[]): StepGadget {
  const input = { constant: 0, terms: [], accumulators: [] };
  return { kind: 'step', name: 'g', box: [1], input, output: 0, classes: null, functions };
}

function one(high: number, start = 0): StepFunction {
  return { high, starts: Int32Array.of(start), values: Int32Array.of(1) };
}

describe('the choice between direct and segmented steps', () => {
  it('is direct up to 1024 integers in all functions together', () => {
    expect(isDirect(gadget(one(1023)))).toBe(true);
    expect(isDirect(gadget(one(1024)))).toBe(false);
    expect(isDirect(gadget(one(511), one(-1, -512)))).toBe(true);
    expect(isDirect(gadget(one(511), one(512)))).toBe(false);
  });

  it('piece bits minimise width rows plus segment rows', () => {
    const steps = [gadget(quantizer(-40000, 40000, 97, 100)), gadget(quantizer(-300000, 300000, 2001, 128))];
    const rows = (bits: number): number =>
      steps.reduce((sum, { functions }) => sum + countPieces(functions[0] as StepFunction, bits), 2 ** (bits + 1));
    const chosen = choosePieceBits(steps);
    for (let bits = 1; bits <= 18; bits++) expect(rows(bits)).toBeGreaterThanOrEqual(rows(chosen));
  });

  it('direct steps do not count, and without others the narrowest width does', () => {
    expect(choosePieceBits([gadget(one(1000))])).toBe(1);
    expect(choosePieceBits([])).toBe(1);
  });
});

describe('step tables', () => {
  const { circuit } = everyGadget();
  const system = lower(circuit, 6);
  const table = (name: string) => system.tables.find((each) => each.name === name)?.columns ?? [];
  const steps = circuit.gadgets.filter((each): each is StepGadget => each.kind === 'step');

  it('segments and widths together allow exactly the graph of every function', () => {
    const [values, starts, widths, classes] = table('segments') as Int32Array[];
    const functions = steps.flatMap((step) => step.functions);
    const covered = functions.map(() => new Set<number>());
    (values as Int32Array).forEach((value, row) => {
      const number = (classes as Int32Array)[row] as number;
      const step = functions[number] as StepFunction;
      const start = (starts as Int32Array)[row] as number;
      const end = start + 2 ** ((widths as Int32Array)[row] as number);
      const run = runOf(step, start);
      // The whole piece lies in one run of its function, and states that run’s value.
      expect([step.values[run], end <= runEnd(step, run)]).toEqual([value, true]);
      for (let x = start; x < end; x++) covered[number]?.add(x);
    });
    functions.forEach(({ starts: runs, high }, number) =>
      expect(covered[number]?.size).toBe(high - (runs[0] as number) + 1),
    );
  });

  it('widths are the pairs d < 2^j, j ≤ h', () => {
    const [j, d] = table('widths') as Int32Array[];
    const rows = Array.from(j as Int32Array, (bits, row) => `${bits},${(d as Int32Array)[row]}`);
    const expected = new Set<string>();
    for (let bits = 0; bits <= 6; bits++) for (let x = 0; x < 2 ** bits; x++) expected.add(`${bits},${x}`);
    expect(rows.length).toBe(2 ** 7);
    expect(new Set(rows)).toEqual(expected);
  });

  it('direct rows are the function itself', () => {
    const step = steps[0] as StepGadget;
    const small: StepGadget = {
      ...step,
      functions: [
        { high: 4, starts: Int32Array.of(-2, 1), values: Int32Array.of(7, 8) },
        { high: 0, starts: Int32Array.of(-1), values: Int32Array.of(9) },
      ],
    };
    const direct = lower({ ...circuit, gadgets: circuit.gadgets.map((each) => (each === step ? small : each)) }, 6);
    const columns = direct.tables.find(({ name }) => name === 'direct')?.columns.map((column) => Array.from(column));
    expect(columns).toEqual([
      [-2, -1, 0, 1, 2, 3, 4, -1, 0],
      [7, 7, 7, 8, 8, 8, 8, 9, 9],
      [0, 0, 0, 0, 0, 0, 0, 1, 1],
    ]);
    expect(direct.steps[0]).toEqual({ kind: 'direct', gadget: 1, classBase: 0 });
  });
});
