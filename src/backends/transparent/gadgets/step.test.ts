import { describe, expect, it } from 'vitest';
import { everyGadget } from '../../../../test/support/circuits.ts';
import type { StepFunction, StepGadget } from '../../../artifact/circuit.ts';
import { runEnd, runOf } from '../../../gadgets/step.ts';
import { lower } from '../lower.ts';

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
