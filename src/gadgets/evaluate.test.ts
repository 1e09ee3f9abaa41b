import { describe, expect, it } from 'vitest';
import { complete, everyGadget, seeded } from '../../test/support/circuits.ts';
import type { Circuit, Gadget } from '../artifact/circuit.ts';
import type { Witness } from '../artifact/witness.ts';
import { identityMap } from './builder.ts';
import { evaluateGadget, violations } from './evaluate.ts';

const read = (wire: number) => ({
  constant: 0,
  terms: [{ coefficient: 1, view: { wire, map: identityMap([4]) } }],
  accumulators: [],
});

/** One gadget over [4] on wires 0 and 1, its output in wire 2. */
function evaluate(gadget: Gadget, first: readonly number[], second: readonly number[] = [0, 0, 0, 0]): number[] {
  const wire = { name: 'w', role: 'witness', sizes: [4], interval: [-999, 999], data: null } as const;
  const circuit: Circuit = {
    name: 'c',
    profile: 'p',
    inputs: [],
    outputs: [],
    wires: [wire, wire, wire],
    tables: [{ name: 't', columns: [Int32Array.of(0, 0, 1), Int32Array.of(0, 1, 0), Int32Array.of(7, 8, 9)] }],
    gadgets: [gadget],
  };
  return Array.from(evaluateGadget(gadget, circuit, { wires: [first, second], accumulators: [] }));
}

const frame = { name: 'g', box: [4], output: 2 } as const;

describe('evaluateGadget', () => {
  it('maximum takes the larger side, and is undefined more than 255 apart', () => {
    const gadget: Gadget = { kind: 'maximum', ...frame, left: read(0), right: read(1) };
    expect(evaluate(gadget, [1, -5, 255, 256], [2, -9, 0, 0])).toEqual([2, -5, 255, Number.NaN]);
  });

  it('table finds the row of all its inputs, and is undefined where there is none', () => {
    const gadget: Gadget = { kind: 'table', ...frame, table: 0, inputs: [read(0), read(1)] };
    expect(evaluate(gadget, [0, 0, 1, 1], [0, 1, 0, 1])).toEqual([7, 8, 9, Number.NaN]);
  });

  it('step chooses its function by class, and is undefined for a class or an input it does not know', () => {
    const step = (high: number, value: number) => ({ high, starts: Int32Array.of(0), values: Int32Array.of(value) });
    const classes = { wire: 1, map: identityMap([4]) };
    const gadget: Gadget = { kind: 'step', ...frame, input: read(0), classes, functions: [step(9, 50), step(5, 60)] };
    expect(evaluate(gadget, [9, 5, 6, 0], [0, 1, 1, 2])).toEqual([50, 60, Number.NaN, Number.NaN]);
    expect(evaluate({ ...gadget, classes: null }, [0, 9, 10, -1], [1, 1, 1, 1])).toEqual([
      50,
      50,
      Number.NaN,
      Number.NaN,
    ]);
  });

  it('range keeps what is inside, ends included', () => {
    const gadget: Gadget = { kind: 'range', name: 'g', wire: 0, low: -1, high: 2 };
    expect(evaluate(gadget, [-1, 2, 3, -2])).toEqual([-1, 2, Number.NaN, Number.NaN]);
  });

  it('linear is its expression', () => {
    const gadget: Gadget = { kind: 'linear', ...frame, input: { ...read(0), constant: 3 } };
    expect(evaluate(gadget, [1, 2, 3, 4])).toEqual([4, 5, 6, 7]);
  });
});

describe('violations', () => {
  const { circuit, inputs } = everyGadget();
  const witness = complete(circuit, inputs);

  function changed(wire: number, cell: number, by: number): Witness {
    return {
      wires: witness.wires.map((data, id) =>
        id === wire ? data.map((value, i) => (i === cell ? value + by : value)) : data,
      ),
    };
  }

  it('an honest witness has none', () => {
    expect(violations(circuit, witness)).toEqual([]);
    for (const seed of [2, 3, 4]) {
      const other = everyGadget(seed);
      expect(violations(other.circuit, complete(other.circuit, other.inputs))).toEqual([]);
    }
  });

  it('every single changed cell of every determined wire is found, at that cell', () => {
    for (const gadget of circuit.gadgets) {
      if (gadget.kind === 'contract' || gadget.kind === 'range') continue;
      const wire = gadget.output;
      for (let cell = 0; cell < (witness.wires[wire] as Float64Array).length; cell++) {
        for (const by of [1, -1]) {
          const found = violations(circuit, changed(wire, cell, by));
          const here = found.find((violation) => violation.gadget === gadget.name && violation.cell === cell);
          const honest = (witness.wires[wire] as Float64Array)[cell] as number;
          expect(here).toMatchObject({ kind: gadget.kind, found: honest + by, expected: honest });
        }
      }
    }
  });

  it('any change of field size is found, whatever the wire', () => {
    const random = seeded(1);
    for (let i = 0; i < 50; i++) {
      const wire = random(3, circuit.wires.length - 1);
      if ((circuit.wires[wire] as (typeof circuit.wires)[number]).role === 'constant') continue;
      const cell = random(0, (witness.wires[wire] as Float64Array).length - 1);
      expect(violations(circuit, changed(wire, cell, 2130706433)).length).toBeGreaterThan(0);
    }
  });

  it('a range names every cell outside it', () => {
    const ranged: Circuit = {
      ...circuit,
      gadgets: [...circuit.gadgets, { kind: 'range', name: 'bytes', wire: 0, low: 0, high: 255 }],
    };
    expect(violations(ranged, witness)).toEqual([]);
    const outside = violations(ranged, changed(0, 5, 1000)).filter(({ kind }) => kind === 'range');
    expect(outside).toEqual([
      {
        gadget: 'bytes',
        kind: 'range',
        cell: 5,
        found: ((inputs[0] as Int32Array)[5] as number) + 1000,
        expected: Number.NaN,
      },
    ]);
  });
});
