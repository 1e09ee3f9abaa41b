import { describe, expect, it } from 'vitest';
import { everyGadget } from '../../test/support/circuits.ts';
import { boxOfGadget, mergedAxes, outputOf } from './facts.ts';

describe('facts about gadgets', () => {
  const { circuit } = everyGadget();

  it('the output is the wire a gadget determines; contractions and ranges have none', () => {
    const outputs = circuit.gadgets.map((gadget) => [gadget.name, circuit.wires[outputOf(gadget)]?.name]);
    expect(outputs).toEqual([
      ['conv', undefined],
      ['conv:step', 'conv:out'],
      ['pool', 'pool:out'],
      ['table', 'table:out'],
      ['copy', 'copy:out'],
      ['dense', undefined],
      ['dense:step', 'scores'],
    ]);
    expect(outputOf({ kind: 'range', name: 'r', wire: 0, low: 0, high: 1 })).toBe(-1);
  });

  it('the box of a range is its whole wire', () => {
    expect(boxOfGadget({ kind: 'range', name: 'r', wire: 0, low: 0, high: 1 }, circuit.wires)).toEqual([2, 6, 6]);
    expect(circuit.gadgets.map((gadget) => boxOfGadget(gadget, circuit.wires))).toEqual([
      [3, 6, 6],
      [3, 6, 6],
      [3, 6, 3],
      [3, 6, 3],
      [3, 6, 3],
      [4],
      [4],
    ]);
  });

  it('a wire may join runs of consecutive axes', () => {
    expect(mergedAxes([6, 4], [2, 3, 4])).toEqual([[0, 1], [2]]);
    expect(mergedAxes([2, 1, 3], [2, 1, 1, 3])).toEqual([[0], [1], [2, 3]]);
    expect(mergedAxes([6], [6, 1])).toEqual([[0, 1]]);
    expect(mergedAxes([], [])).toEqual([]);
  });

  it('it may not split them, reorder them, or leave some out', () => {
    expect(mergedAxes([2, 3], [6])).toBeNull();
    expect(mergedAxes([4, 6], [2, 3, 4])).toBeNull();
    expect(mergedAxes([4, 1], [4])).toBeNull();
    expect(mergedAxes([2], [2, 3])).toBeNull();
    expect(mergedAxes([], [2])).toBeNull();
  });
});
