import { describe, expect, it } from 'vitest';
import { ProvennError } from '../base/errors.ts';
import { axisOffsets, Builder, boxOf, expressionOf, identityMap, type Wires } from './builder.ts';

describe('logical tensors', () => {
  const wires: Wires = {
    dtype: 'u8',
    dims: [6, 1, 4],
    axes: [[2, 3], [], [4]],
    parts: [
      { wire: 5, map: identityMap([2, 3, 4]) },
      { wire: 7, map: [] },
    ],
    constant: null,
  };

  it('range over all their axes in order', () => {
    expect(boxOf(wires)).toEqual([2, 3, 4]);
    expect(axisOffsets(wires)).toEqual([0, 2, 2]);
  });

  it('are read as the sum of their parts', () => {
    expect(expressionOf(wires, -3)).toEqual({
      constant: -3,
      terms: wires.parts.map((view) => ({ coefficient: 1, view })),
      accumulators: [],
    });
  });
});

describe('Builder', () => {
  it('numbers wires, tables and accumulators from 0 in the order they are made', () => {
    const build = new Builder();
    const operand = { wire: 0, zero: 0, map: [] };
    expect([build.publicWire('a', [2], [0, 1]), build.witness('b', [2], [0, 1])]).toEqual([0, 1]);
    expect([build.contract('c', [], [], operand, operand), build.contract('d', [], [], operand, operand)]).toEqual([
      0, 1,
    ]);
    const { wires, gadgets } = build.finish('n', 'p', [], []);
    expect(wires.map(({ name, role }) => [name, role])).toEqual([
      ['a', 'public'],
      ['b', 'witness'],
    ]);
    expect(gadgets.map(({ name }) => name)).toEqual(['c', 'd']);
  });

  it('gives constants the interval of their integers, and refuses a wrong count', () => {
    const build = new Builder();
    const wire = build.constant('k', [3], Int32Array.of(4, -9, 2));
    expect(build.interval(wire)).toEqual([-9, 4]);
    expect(build.sizes(wire)).toEqual([3]);
    expect(() => build.constant('k', [2], Int32Array.of(1))).toThrow(ProvennError);
  });

  it('shares tables by name', () => {
    const build = new Builder();
    const column = Int32Array.of(1, 2);
    expect(build.table('t', [column])).toBe(0);
    expect(build.table('u', [column])).toBe(1);
    expect(build.table('t', [column])).toBe(0);
    expect(build.finish('n', 'p', [], []).tables.map(({ name }) => name)).toEqual(['t', 'u']);
  });

  it('publishing turns a witness wire into a public one and changes nothing else', () => {
    const build = new Builder();
    const wire = build.witness('w', [2], [-1, 5]);
    expect(build.isWitness(wire)).toBe(true);
    build.publish(wire);
    expect(build.isWitness(wire)).toBe(false);
    expect(build.finish('n', 'p', [], []).wires[wire]).toEqual({
      name: 'w',
      role: 'public',
      sizes: [2],
      interval: [-1, 5],
      data: null,
    });
  });
});
