/** Hostile keys: parameters that claim too much, circuits whose integers could wrap or whose relations say nothing. */
import { afterAll, describe, expect, test } from 'vitest';
import type { Circuit, Expression, Gadget, Wire } from '../../src/artifact/circuit.ts';
import type { VerifyingKey } from '../../src/artifact/keys.ts';
import { decodeParameters, encodeParameters, type Parameters } from '../../src/backends/transparent/config.ts';
import { acceptKey, makeKey } from '../../src/backends/transparent/index.ts';
import { ProvennError } from '../../src/base/errors.ts';
import { everyGadget } from '../support/circuits.ts';
import { judgeKey } from '../support/judged.ts';
import { Tally } from '../support/tally.ts';

const { circuit } = everyGadget();
const key = makeKey(circuit);
const honest = decodeParameters(key.parameters);
const tally = new Tally();

afterAll(() => tally.print('hostile keys'));

/** What becomes of a key, and the processor time it takes in milliseconds. */
function outcome(hostile: VerifyingKey): { readonly code: string; readonly milliseconds: number } {
  const start = process.cpuUsage();
  const spent = (): number => process.cpuUsage(start).user / 1000;
  try {
    acceptKey(hostile);
    const milliseconds = spent();
    tally.add('accepted');
    judgeKey(hostile, true);
    return { code: 'accepted', milliseconds };
  } catch (error) {
    if (!(error instanceof ProvennError)) throw error;
    const milliseconds = spent();
    tally.add('refused');
    judgeKey(hostile, false);
    return { code: error.code, milliseconds };
  }
}

function expectRefused(hostile: VerifyingKey, limit: number): void {
  const { code, milliseconds } = outcome(hostile);
  expect(code).toBe('KEY_REFUSED');
  expect(milliseconds).toBeLessThan(limit);
}

describe('parameters', () => {
  test.each<[string, Partial<Parameters>]>([
    ['no query', { queries: 0 }],
    ['no random coefficients', { tail: 0 }],
    ['fewer random coefficients than queries', { tail: honest.tail - 1 }],
    ['as many random coefficients as can be written', { tail: 2 ** 32 - 1 }],
    ['queries counted without the random coefficients', { queries: 127, tail: 127 }],
    ['a budget its random coefficients do not cover', { budget: 2 }],
    ['a budget of no proof', { budget: 0 }],
    ['five queries fewer', { queries: honest.queries - 5 }],
    ['a rate of one', { logBlowup: 0 }],
    ['a rate of one half and as many queries', { logBlowup: 1 }],
    ['short rows', { logRow: 8 }],
    ['no rows', { logRow: 0 }],
    ['gigantic rows', { logRow: 31 }],
    ['codewords longer than the roots of unity', { logRow: 23 }],
    ['no proof of work and as many queries', { queryWork: 0 }],
    ['boundless proof of work', { queryWork: 200, queries: 1 }],
    ['boundless lookup work', { lookupWork: 41 }],
    ['more queries than columns', { queries: 1_000_000 }],
    ['as many queries as can be written', { queries: 2 ** 32 - 1 }],
    ['pieces of width zero', { pieceBits: 0 }],
    ['gigantic pieces', { pieceBits: 255 }],
  ])('with %s are refused before any heavy arithmetic', (_name, change) => {
    expectRefused({ ...key, parameters: encodeParameters({ ...honest, ...change }) }, 100);
  });

  test('that are cut short, too long, or of an unknown backend are refused', () => {
    expectRefused({ ...key, parameters: Uint8Array.of(...key.parameters, 0) }, 100);
    expectRefused({ ...key, parameters: key.parameters.subarray(1) }, 100);
    expectRefused({ ...key, parameters: new Uint8Array(0) }, 100);
    expectRefused({ ...key, backend: 'transparent/0' }, 100);
    expectRefused({ ...key, backend: '' }, 100);
  });

  test('of the honest key, or with more queries, are accepted', () => {
    for (const queries of [honest.queries, honest.queries + 5])
      expect(() =>
        acceptKey({ ...key, parameters: encodeParameters({ ...honest, queries, tail: queries }) }),
      ).not.toThrow();
  });
});

function withGadgets(kind: Gadget['kind'], change: object): Circuit {
  return {
    ...circuit,
    gadgets: circuit.gadgets.map((gadget) => (gadget.kind === kind ? ({ ...gadget, ...change } as Gadget) : gadget)),
  };
}

function withWire(name: string, change: Partial<Wire>): Circuit {
  return { ...circuit, wires: circuit.wires.map((wire) => (wire.name === name ? { ...wire, ...change } : wire)) };
}

function without(kind: Gadget['kind']): Circuit {
  return { ...circuit, gadgets: circuit.gadgets.filter((gadget) => gadget.kind !== kind) };
}

/** The circuit without the relation that determines its output. */
function withoutLast(): Circuit {
  return { ...circuit, gadgets: circuit.gadgets.slice(0, -1) };
}

function withTable(...columns: readonly (readonly number[])[]): Circuit {
  return { ...circuit, tables: [{ name: 'halve', columns: columns.map((column) => Int32Array.from(column)) }] };
}

const constant = (value: number): Expression => ({ constant: value, terms: [], accumulators: [] });
const readingAccumulator: Expression = { constant: 0, terms: [], accumulators: [0] };
const oneRun = (low: number, high: number) => ({
  classes: null,
  functions: [{ high, starts: Int32Array.of(low), values: Int32Array.of(1) }],
});

describe('a circuit', () => {
  test.each<[string, Circuit]>([
    ['accumulators that wrap', withWire('weights', { data: new Int32Array(54).fill(1e6), interval: [0, 1e6] })],
    ['an input whose interval makes accumulators wrap', withWire('image', { interval: [0, 2 ** 29] })],
    ['an interval beyond p/2', withWire('image', { interval: [0, 2 ** 30] })],
    ['an interval upside down', withWire('image', { interval: [255, 0] })],
    ['class selectors out of range', withWire('conv:class', { data: Int32Array.of(0, 2, 0), interval: [0, 2] })],
    ['negative class selectors', withWire('conv:class', { data: Int32Array.of(0, -1, 0), interval: [-1, 1] })],
    ['a witness wire that nothing confines', without('table')],
    ['a step on accumulators that nothing defines', without('contract')],
    ['an interval narrower than its table', withWire('table:out', { interval: [0, 100] })],
    ['an interval narrower than its steps', withWire('conv:out', { interval: [0, 10] })],
    ['a constant outside its interval', withWire('weights', { interval: [0, 1] })],
    ['a constant of another size', withWire('weights', { data: new Int32Array(53) })],
    ['an empty dimension', withWire('conv:out', { sizes: [3, 0, 6] })],
    ['too many dimensions', withWire('conv:out', { sizes: [3, 6, 6, 1, 1, 1, 1, 1, 1] })],
    ['a gigantic wire', withWire('conv:out', { sizes: [2 ** 31, 2 ** 31, 6] })],
    ['a gigantic box', withGadgets('maximum', { box: [4e6, 4e6, 1] })],
    ['a box smaller than its output', withGadgets('maximum', { box: [3, 6, 2] })],
    ['a reduction of another size', withGadgets('contract', { reduce: [2, 3, 4] })],
    ['an accumulator defined twice', withGadgets('contract', { accumulator: 0 })],
    ['an accumulator of another box', withGadgets('linear', { input: readingAccumulator })],
    [
      'runs out of order',
      withGadgets('step', {
        functions: [{ high: 10, starts: Int32Array.of(0, 5, 5), values: Int32Array.of(1, 2, 3) }],
      }),
    ],
    ['runs that end before they begin', withGadgets('step', oneRun(10, 9))],
    ['runs beyond p/2', withGadgets('step', oneRun(-1.5e9, 1.5e9))],
    ['no runs', withGadgets('step', { functions: [] })],
    ['a ragged table', withTable([1, 2], [1])],
    ['an empty table', withTable([], [])],
    ['a table of another width', withTable([1])],
    ['a table that does not exist', withGadgets('table', { table: 7 })],
    ['a port on a private wire', withWire('image', { role: 'witness' })],
    ['a port on no wire', { ...circuit, outputs: circuit.outputs.map((port) => ({ ...port, wire: 99 })) }],
    ['a port of another size', { ...circuit, outputs: circuit.outputs.map((port) => ({ ...port, dims: [1, 5] })) }],
    ['no output', { ...circuit, outputs: [] }],
    ['no input', { ...circuit, inputs: [] }],
    ['a wire that does not exist', withGadgets('table', { output: 99 })],
    ['a constant as output', withGadgets('table', { output: circuit.wires.findIndex(({ name }) => name === 'bias') })],
    ['a maximum over integers too far apart', withGadgets('maximum', { left: constant(1000) })],
    ['a sum beyond p/2', withGadgets('linear', { input: constant(2 ** 30) })],
    ['an output that nothing determines', withoutLast()],
    ['two outputs of one name', { ...circuit, outputs: [...circuit.outputs, ...circuit.outputs] }],
    ['an accumulator to subtract', withGadgets('maximum', { right: readingAccumulator })],
    ['a table of two values for one input', withTable([0, 0], [1, 2])],
    ['no lookup', { ...circuit, wires: circuit.wires.slice(0, 1), gadgets: [], outputs: circuit.inputs }],
  ])('with %s is refused', (_name, hostile) => {
    expectRefused({ ...key, circuit: hostile }, 500);
  });

  test('with runs sixty million wide, in the narrowest pieces, is refused', () => {
    const wide = withGadgets('step', oneRun(-3e7, 3e7));
    expectRefused({ ...key, circuit: wide, parameters: encodeParameters({ ...honest, pieceBits: 1 }) }, 100);
  });

  /** The honest circuit beside private wires of these sizes, all zero: little to write, much to lay out. */
  function beside(count: number, sizes: readonly number[]): Circuit {
    const wires = Array.from({ length: count }, (_, i): Wire => {
      return { name: `beside ${i}`, role: 'witness', sizes, interval: [0, 0], data: null };
    });
    const gadgets = wires.map(({ name }, i): Gadget => {
      return { kind: 'linear', name, box: sizes, input: constant(0), output: circuit.wires.length + i };
    });
    return { ...circuit, wires: [...circuit.wires, ...wires], gadgets: [...circuit.gadgets, ...gadgets] };
  }

  /** The honest circuit beside single cells, each with a range of four million integers of its own. */
  function rangesBeside(count: number): Circuit {
    const span = 2 ** 22 - 1;
    const wires = Array.from({ length: count }, (_, i): Wire => {
      return { name: `beside ${i}`, role: 'witness', sizes: [1], interval: [i, i + span], data: null };
    });
    const gadgets = wires.map(({ name }, i): Gadget => {
      return { kind: 'range', name, wire: circuit.wires.length + i, low: i, high: i + span };
    });
    return { ...circuit, wires: [...circuit.wires, ...wires], gadgets: [...circuit.gadgets, ...gadgets] };
  }

  test('with a matrix of its own for each of many wires is no more work than with one for all', () => {
    const many = beside(8000, [1]);
    const committed = (own: boolean): Circuit => ({
      ...many,
      wires: many.wires.map((wire, i) =>
        i < circuit.wires.length ? wire : { ...wire, role: 'committed', matrix: own ? `m${i}` : 'm' },
      ),
    });
    const [own, shared] = [true, false].map((each) => outcome({ ...key, circuit: committed(each) }));
    expect(own?.milliseconds).toBeLessThan(500 + 10 * (shared?.milliseconds as number));
  });

  test.each<[string, Circuit]>([
    ['many wires of 2^28 cells', beside(40, [2 ** 28])],
    ['many wires of short rows', beside(10, [2 ** 27, 2])],
    ['wires of many padded dimensions', beside(3, [33, 33, 33, 33, 3, 3, 3, 3])],
    ['many wide ranges', rangesBeside(400)],
  ])('with %s is refused before anything is built', (_name, hostile) => {
    expectRefused({ ...key, circuit: hostile }, 500);
  });
});
