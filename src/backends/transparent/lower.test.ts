import { describe, expect, it } from 'vitest';
import { everyGadget } from '../../../test/support/circuits.ts';
import type { Circuit, Gadget, StepGadget } from '../../artifact/circuit.ts';
import { countPieces } from './gadgets/pieces.ts';
import { lower } from './lower.ts';

const { circuit } = everyGadget();
const system = lower(circuit, 8);
const tableOf = (name: string) => system.tables.find((table) => table.name === name);

describe('the system of a circuit with every gadget', () => {
  it('has the wires first, with their numbers, sizes and who knows them', () => {
    circuit.wires.forEach((wire, id) => {
      const kind = { witness: 'committed', committed: 'committed', public: 'statement', constant: 'constant' }[
        wire.role
      ];
      expect(system.tensors[id]).toEqual({ name: wire.name, sizes: wire.sizes, kind, data: wire.data, matrix: '' });
    });
  });

  it('adds committed offsets and widths per segmented step, and multiplicities per table', () => {
    const added = system.tensors.slice(circuit.wires.length);
    expect(added.map(({ name, kind }) => [name, kind])).toEqual(
      [
        'conv:step/offset',
        'conv:step/width',
        'dense:step/offset',
        'dense:step/width',
        ...system.tables.map(({ name }) => `${name}/multiplicity`),
      ].map((name) => [name, 'committed']),
    );
    for (const { multiplicity, columns } of system.tables)
      expect(system.tensors[multiplicity]?.sizes).toEqual([columns[0]?.length]);
  });

  it('states each gadget’s lookups over its own box', () => {
    const names = system.tables.map(({ name }) => name);
    expect(system.lookups.map(({ name, table, box, tuple }) => [name, names[table], box, tuple.length])).toEqual([
      ['conv:step/segment', 'segments', [3, 6, 6], 4],
      ['conv:step/width', 'widths', [3, 6, 6], 2],
      ['pool', 'maxima', [3, 6, 3], 2],
      ['table', 'table 0 halve', [3, 6, 3], 2],
      ['dense:step/segment', 'segments', [4], 4],
      ['dense:step/width', 'widths', [4], 2],
    ]);
  });

  it('every tuple is as wide as its table', () => {
    for (const { table, tuple } of system.lookups) expect(tuple.length).toBe(system.tables[table]?.columns.length);
  });

  it('has the expected rows', () => {
    const steps = circuit.gadgets.filter((gadget): gadget is StepGadget => gadget.kind === 'step');
    const pieces = steps.flatMap(({ functions }) => functions).reduce((sum, step) => sum + countPieces(step, 8), 0);
    expect(tableOf('segments')?.columns.map((column) => column.length)).toEqual([pieces, pieces, pieces, pieces]);
    expect(tableOf('widths')?.columns[0]?.length).toBe(2 ** 9);
    const [delta, positive] = tableOf('maxima')?.columns ?? [];
    expect(delta?.length).toBe(511);
    delta?.forEach((d, row) => {
      expect(d).toBe(row - 255);
      expect(positive?.[row]).toBe(Math.max(d, 0));
    });
    expect(tableOf('table 0 halve')?.columns).toEqual(circuit.tables[0]?.columns);
  });

  it('numbers step functions apart: classes follow one another', () => {
    expect(system.steps.map(({ kind, gadget, classBase }) => [kind, gadget, classBase])).toEqual([
      ['segments', 1, 0],
      ['segments', 6, 2],
    ]);
    expect(new Set(tableOf('segments')?.columns[3])).toEqual(new Set([0, 1, 2]));
  });

  it('turns a linear gadget into input − output = 0', () => {
    const copy = circuit.gadgets.find(({ kind }) => kind === 'linear') as Gadget & { kind: 'linear' };
    expect(system.linears.map(({ name, box }) => [name, box])).toEqual([['copy', [3, 6, 3]]]);
    expect(system.linears[0]?.expression.terms.map(({ coefficient, view }) => [coefficient, view.wire])).toEqual([
      [2, copy.input.terms[0]?.view.wire],
      [-1, copy.output],
    ]);
  });

  it('keeps contractions under their accumulator numbers', () => {
    expect(system.contractions.map(({ name }) => name)).toEqual(['conv', 'dense']);
  });

  it('is the same every time', () => expect(lower(circuit, 8)).toEqual(system));
});

describe('shared tables', () => {
  const withGadgets = (...more: readonly Gadget[]): Circuit => ({ ...circuit, gadgets: [...circuit.gadgets, ...more] });
  const range = (name: string, low: number, high: number): Gadget => ({ kind: 'range', name, wire: 0, low, high });

  it('equal ranges share one, others have their own', () => {
    const found = lower(withGadgets(range('a', -1, 2), range('b', 0, 2), range('c', -1, 2)), 8);
    const [a, b, c] = found.lookups.slice(-3).map(({ table }) => table);
    expect(a).toBe(c);
    expect(a).not.toBe(b);
    expect(Array.from(found.tables[a as number]?.columns[0] ?? [])).toEqual([-1, 0, 1, 2]);
  });

  it('tables of the circuit with one name stay apart', () => {
    const column = Int32Array.of(1, 2);
    const twice = { ...circuit, tables: [...circuit.tables, { name: 'halve', columns: [column, column] }] };
    const table = circuit.gadgets.find(({ kind }) => kind === 'table') as Gadget & { kind: 'table' };
    const found = lower({ ...twice, gadgets: [...circuit.gadgets, { ...table, table: 1 }] }, 8);
    expect(found.lookups.at(-1)?.table).not.toBe(found.lookups[3]?.table);
    expect(found.tables[found.lookups.at(-1)?.table as number]?.columns).toEqual([column, column]);
  });
});
