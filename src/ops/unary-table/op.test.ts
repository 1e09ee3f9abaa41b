import { describe, expect, it } from 'vitest';
import { clamp } from '../../base/rounding.ts';
import { intTensor } from '../../base/tensor.ts';
import { Builder, identityMap, type Wires } from '../../gadgets/builder.ts';
import type { UnaryTableAttrs } from './attrs.ts';
import { unaryTable } from './op.ts';

/** max(x, −3) on s8. */
const relu: UnaryTableAttrs = {
  table: Array.from({ length: 256 }, (_, i) => clamp(i - 128, -3, 127)),
  inputDtype: 's8',
  outputDtype: 's8',
  label: 'Relu',
};

function input(build: Builder, low: number, high = 100): Wires {
  const wire = build.publicWire('x', [2], [low, high]);
  return { dtype: 's8', dims: [2], axes: [[2]], parts: [{ wire, map: identityMap([2]) }], constant: null };
}

describe('UnaryTable', () => {
  it('indexes from the lowest input', () => {
    expect(unaryTable.run([intTensor('s8', [3], [-128, -3, 127])], relu)[0]?.data).toEqual(Int32Array.of(-3, -3, 127));
  });

  it('bounds its output by the entries that can occur', () => {
    expect(unaryTable.bound([[5, 9]], relu, [])).toEqual([[5, 9]]);
    expect(unaryTable.bound([[-128, 9]], relu, [])).toEqual([[-3, 9]]);
  });

  it('refuses a table of another length or another element type', () => {
    expect(() => unaryTable.attrs({ ...relu, table: [1, 2] }, 'act')).toThrow(/node act/);
    expect(() => unaryTable.attrs({ ...relu, table: relu.table.map(() => 200) }, 'act')).toThrow(
      /node act|attribute table/,
    );
    expect(() => unaryTable.shape([{ dtype: 'u8', dims: [1], constant: null }], relu, 'act')).toThrow(/node act/);
  });

  it('shares one table between equal functions of equal ranges', () => {
    const build = new Builder();
    const outputs = [{ name: 'y', dtype: 's8', dims: [2] }] as const;
    unaryTable.constrain(build, [input(build, -5)], outputs, relu);
    unaryTable.constrain(build, [input(build, -5)], outputs, { ...relu, label: 'another name' });
    unaryTable.constrain(build, [input(build, 0)], outputs, relu);
    const { tables } = build.finish('', '', [], []);
    expect(tables.map(({ columns }) => columns[0]?.length)).toEqual([106, 101]);
  });

  it('keeps functions of equal values on different ranges apart', () => {
    const build = new Builder();
    const outputs = [{ name: 'y', dtype: 's8', dims: [2] }] as const;
    const flat = { ...relu, table: relu.table.map(() => 7) };
    unaryTable.constrain(build, [input(build, -5)], outputs, flat);
    unaryTable.constrain(build, [input(build, -6, 99)], outputs, flat);
    expect(build.finish('', '', [], []).tables.map(({ columns }) => columns[0]?.[0])).toEqual([-5, -6]);
  });
});
