import { describe, expect, it } from 'vitest';
import type { Shape } from '../base/tensor.ts';
import { Builder, identityMap, type Wires } from '../gadgets/builder.ts';
import { addresses, alignOperands, broadcast } from './broadcast.ts';

function tensor(build: Builder, dims: Shape, axes: readonly Shape[]): Wires {
  const wire = build.publicWire('x', axes.flat(), [0, 255]);
  return { dtype: 'u8', dims, axes, parts: [{ wire, map: identityMap(axes.flat()) }], constant: null };
}

describe('addresses', () => {
  it('repeat an operand along the dimensions it does not have', () => {
    const dims = broadcast([3, 1], [2, 1, 2]) as number[];
    expect(dims).toEqual([2, 3, 2]);
    expect([...addresses([3, 1], dims)]).toEqual([0, 0, 1, 1, 2, 2, 0, 0, 1, 1, 2, 2]);
    expect([...addresses([2, 1, 2], dims)]).toEqual([0, 1, 0, 1, 0, 1, 2, 3, 2, 3, 2, 3]);
  });
});

describe('alignOperands', () => {
  it('meets in the common refinement when the operands split a dimension differently', () => {
    const build = new Builder();
    const { a, b, axes } = alignOperands(build, 'y', tensor(build, [12], [[6, 2]]), tensor(build, [12], [[2, 6]]), 1);
    expect(axes).toEqual([[2, 3, 2]]);
    expect([a.axes, b.axes]).toEqual([axes, axes]);
  });

  it('refuses splits without one, naming the node', () => {
    const build = new Builder();
    const align = () => alignOperands(build, 'y', tensor(build, [24], [[4, 6]]), tensor(build, [24], [[6, 4]]), 1);
    expect(align).toThrow(/node y: its operands split dimension 0 differently: 4·6 and 6·4/);
  });
});
