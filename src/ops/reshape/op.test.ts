import { describe, expect, it } from 'vitest';
import { intTensor } from '../../base/tensor.ts';
import { Builder, identityMap, type Wires } from '../../gadgets/builder.ts';
import { constantWires } from '../wires.ts';
import { reshape } from './op.ts';

function image(build: Builder, sizes: number[]): Wires {
  const wire = build.publicWire('x', sizes, [0, 255]);
  return {
    dtype: 'u8',
    dims: sizes,
    axes: sizes.map((size) => [size]),
    parts: [{ wire, map: identityMap(sizes) }],
    constant: null,
  };
}

function reshaped(x: Wires, dims: number[], build: Builder): Wires {
  return reshape.constrain(build, [x], [{ name: 'y', dtype: 'u8', dims }], { dims })[0] as Wires;
}

describe('Reshape', () => {
  it('flattens by collecting axes, and costs nothing', () => {
    const build = new Builder();
    const y = reshaped(image(build, [1, 16, 5, 5]), [1, 400], build);
    expect(y.axes).toEqual([[], [16, 5, 5]]);
    expect(build.finish('', '', [], []).gadgets).toEqual([]);
  });

  it('gives back the dimensions that a flattening collected', () => {
    const build = new Builder();
    const flat = reshaped(image(build, [2, 3, 4]), [24], build);
    expect(reshaped(flat, [2, 1, 12], build).axes).toEqual([[2], [], [3, 4]]);
  });

  it('splits an axis through a list, and joining it again leaves the plain axis', () => {
    const build = new Builder();
    const square = reshaped(image(build, [1, 784]), [1, 1, 28, 28], build);
    expect(square.axes).toEqual([[], [], [28], [28]]);
    const [entry] = square.parts[0]?.map.slice(1) ?? [];
    expect(entry).toEqual({ kind: 'listed', axes: [0, 1], indices: Int32Array.from({ length: 784 }, (_, i) => i) });
    const flat = reshaped(square, [784], build);
    expect(flat.axes).toEqual([[784]]);
    expect(flat.parts[0]?.map[1]).toEqual({ kind: 'axis', axis: 0, stride: 1, offset: 0 });
    expect(build.finish('', '', [], []).gadgets).toEqual([]);
  });

  it('copies axes that have no common refinement, and only those', () => {
    const build = new Builder();
    const y = reshaped(image(build, [5, 4, 6]), [5, 6, 4], build);
    expect(y.axes).toEqual([[5], [6], [4]]);
    const { gadgets, wires } = build.finish('', '', [], []);
    expect(gadgets).toMatchObject([{ kind: 'linear', box: [5, 4, 6] }]);
    expect(wires[1]?.sizes).toEqual([5, 24]);
  });

  it('reshapes constants freely', () => {
    const constant = intTensor('s8', [6], [1, 2, 3, 4, 5, 6]);
    expect(reshaped(constantWires(constant), [2, 3], new Builder()).constant).toEqual({ ...constant, dims: [2, 3] });
  });

  it('refuses another number of cells', () => {
    expect(() => reshape.shape([{ dtype: 'u8', dims: [2, 3], constant: null }], { dims: [5] }, 'r')).toThrow(/node r/);
  });
});
