import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gadgetCases } from '../../../../test/support/gadget-circuits.ts';
import type { StepGadget } from '../../../artifact/circuit.ts';
import { P } from '../../../base/field.ts';
import { product } from '../../../base/tensor.ts';
import { integerLimit } from '../../../gadgets/check.ts';
import { runEnd, runOf } from '../../../gadgets/step.ts';
import { lower } from '../lower.ts';
import { forEachInterval, type Interval, planRuns, type RunLengths, reachOf, runLengths } from './run-plan.ts';

function intervalsOf(start: number, length: number, bits: number, reach: number | null): Interval[] {
  const found: Interval[] = [];
  forEachInterval(start, length, bits, reach, (interval) => found.push(interval));
  return found;
}

const starts = fc.integer({ min: -100000, max: 100000 });

describe('the intervals of a run', () => {
  it('without a reach follow one another, are at most 2^g long, and make up the run', () => {
    fc.assert(
      fc.property(starts, fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 1, max: 12 }), (start, length, bits) => {
        let next = start;
        for (const { first, last } of intervalsOf(start, length, bits, null)) {
          expect(first).toBe(next);
          expect(last - first).toBeLessThan(2 ** bits);
          next = last + 1;
        }
        expect(next).toBe(start + length);
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  it('with a reach stay in the run wherever strides lead, and together cover it', () => {
    const cases = fc.tuple(starts, fc.nat(5000), fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }));
    fc.assert(
      fc.property(cases, ([start, more, bits, reach]) => {
        const length = 2 ** (bits + reach) + more;
        let covered = start;
        for (const { first, last } of intervalsOf(start, length, bits, reach)) {
          expect(last - first).toBe(2 ** bits - 1);
          expect([first >= start, first <= covered, first + 2 ** (bits + reach) <= start + length]).toEqual(
            new Array(3).fill(true),
          );
          covered = Math.max(covered, first + 2 ** (bits + reach));
        }
        expect(covered).toBe(start + length);
      }),
      { numRuns: 300, seed: 2 },
    );
  });
});

describe.each(['step in runs', 'step in runs with a reach'])('the tables of a %s', (name) => {
  const circuit = gadgetCases.find((found) => found.name === name)?.circuit;
  if (circuit === undefined) throw new Error('no such case');
  const gadget = circuit.gadgets.find((each): each is StepGadget => each.kind === 'step') as StepGadget;
  const system = lower(circuit, 4);
  const [plan] = system.steps;
  if (plan?.kind !== 'runs') throw new Error('not in runs');
  const bits = system.runBits as number;
  const rowsOf = (prefix: string): number[][] => {
    const columns = system.tables.find((table) => table.name.startsWith(prefix))?.columns ?? [];
    return Array.from({ length: columns[0]?.length ?? 0 }, (_, row) => columns.map((column) => column[row] as number));
  };
  const strides = (y: number): number =>
    name === 'step in runs' ? 1 : rowsOf('reach').filter(([value]) => value === y).length;

  it('rows and strides together allow exactly the graph of every function', () => {
    const covered = gadget.functions.map(() => new Set<number>());
    for (const [y, first, last, kind] of rowsOf('runs') as [number, number, number, number][]) {
      const step = gadget.functions[kind] as StepGadget['functions'][number];
      for (let w = 0; w < strides(y); w++) {
        const run = runOf(step, first + w * 2 ** bits);
        expect([step.values[run], last + w * 2 ** bits < runEnd(step, run), last - first < 2 ** bits]).toEqual([
          y,
          true,
          true,
        ]);
        for (let x = first; x <= last; x++) covered[kind]?.add(x + w * 2 ** bits);
      }
    }
    gadget.functions.forEach((step, kind) =>
      expect(covered[kind]?.size).toBe(step.high - (step.starts[0] as number) + 1),
    );
  });

  it('strides are allowed to the extreme values of the reach alone', () => {
    expect(plan.reach?.values ?? []).toEqual(name === 'step in runs' ? [] : [0, 60]);
    for (const [y, w] of rowsOf('reach') as [number, number][])
      expect(w).toBeLessThan(y === 0 || y === 60 ? 2 ** (plan.reach?.bits as number) : 1);
  });

  it('are as many rows as were counted', () => {
    const lengths = runLengths(gadget) as RunLengths;
    expect(planRuns(lengths, bits).rows).toBe(rowsOf('runs').length + rowsOf('reach').length);
  });
});

describe('a reach', () => {
  it('is given only to a value all of whose runs are long enough', () => {
    const circuit = gadgetCases.find(({ name }) => name === 'step in runs with a reach')?.circuit;
    const gadget = circuit?.gadgets.find((each): each is StepGadget => each.kind === 'step') as StepGadget;
    const [first, ...others] = gadget.functions as [StepGadget['functions'][number], ...StepGadget['functions']];
    const short = { ...first, high: (first.starts.at(-1) as number) + 40 };
    const plan = planRuns(runLengths({ ...gadget, functions: [short, ...others] }) as RunLengths, 5);
    expect(plan.reach?.values).toEqual([0]);
    expect(product(gadget.box)).toBe(64);
  });
});

describe('a step in runs that covers all integers of (−p/2, p/2)', () => {
  const end = integerLimit - 1;
  const step = {
    starts: Int32Array.of(-end, -5000, -4, 3, 5000),
    values: Int32Array.of(0, 2, 1, 2, 3),
    high: end,
  };
  const functions = new Array<typeof step>(8).fill(step);
  const read = { constant: 0, terms: [], accumulators: [] };
  const gadget: StepGadget = {
    ...{ kind: 'step', name: 'step', box: [2 ** 10], input: read, functions, classes: null, output: 0 },
  };
  const residue = (x: number): number => ((x % P) + P) % P;

  it.each([1, 8, 12, 18])('has no cells in the field that state another value, with g = %i', (bits) => {
    const { reach } = planRuns(runLengths(gadget) as RunLengths, bits);
    expect(reach).not.toBeNull();
    const unit = 2 ** bits;
    let honest = 0;
    step.starts.forEach((start, run) => {
      const y = step.values[run] as number;
      const own = reachOf(reach, y);
      const rows = intervalsOf(start, runEnd(step, run) - start, bits, own);
      for (const { first, last } of [...rows.slice(0, 8), ...rows.slice(-8)]) {
        const borders = [first, last, first + unit * 2 ** (own ?? 0), -end, end, -5000, -4, 3, 5000];
        for (const x of borders.flatMap((border) => [-unit, -1, 0, 1, unit].map((more) => border + more))) {
          if (Math.abs(x) > end) continue;
          // Strides that fit as integers, and those that fit once around the field.
          const near = [0, P, -P].map((turn) => Math.floor((x - first + turn) / unit));
          for (const w of [0, 1, 2 ** (own ?? 0) - 1, ...near]) {
            if (w < 0 || w >= 2 ** (own ?? 0)) continue;
            if (residue(x - first - unit * w) >= unit || residue(last - x + unit * w) >= unit) continue;
            expect(step.values[runOf(step, x)]).toBe(y);
            honest++;
          }
        }
      }
    });
    expect(honest).toBeGreaterThan(20);
  });
});
