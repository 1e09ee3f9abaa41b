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

function reshaped(x: Wires, dims: number[]): Wires {
  return reshape.constrain(new Builder(), [x], [{ name: 'y', dtype: 'u8', dims }], { dims })[0] as Wires;
}

describe('Reshape', () => {
  it('flattens by collecting axes, and costs nothing', () => {
    const build = new Builder();
    const y = reshaped(image(build, [1, 16, 5, 5]), [1, 400]);
    expect(y.axes).toEqual([[], [16, 5, 5]]);
    expect(build.finish('', '', [], []).gadgets).toEqual([]);
  });

  it('gives back the dimensions that a flattening collected', () => {
    const flat = reshaped(image(new Builder(), [2, 3, 4]), [24]);
    expect(reshaped(flat, [2, 1, 12]).axes).toEqual([[2], [], [3, 4]]);
  });

  it('refuses to split an axis, saying which axes there are', () => {
    expect(() => reshaped(image(new Builder(), [1, 784]), [1, 1, 28, 28])).toThrow(/node y.*split an axis.*\[784\]/);
  });

  it('reshapes constants freely', () => {
    const constant = intTensor('s8', [6], [1, 2, 3, 4, 5, 6]);
    expect(reshaped(constantWires(constant), [2, 3]).constant).toEqual({ ...constant, dims: [2, 3] });
  });

  it('refuses another number of cells', () => {
    expect(() => reshape.shape([{ dtype: 'u8', dims: [2, 3], constant: null }], { dims: [5] }, 'r')).toThrow(/node r/);
  });
});
