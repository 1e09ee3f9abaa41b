import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProvennError } from './errors.ts';
import { dtypeRange, extent, intTensor, product, sameShape, strides } from './tensor.ts';

const dims = fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 5 });

describe('shapes', () => {
  it('strides number the cells row-major, without gaps', () => {
    fc.assert(
      fc.property(dims, (shape) => {
        const step = strides(shape);
        const index = shape.map(() => 0);
        for (let cell = 0; cell < product(shape); cell++) {
          expect(index.reduce((sum, x, dim) => sum + x * (step[dim] as number), 0)).toBe(cell);
          for (let dim = shape.length - 1; dim >= 0; dim--) {
            index[dim] = (index[dim] as number) + 1;
            if ((index[dim] as number) < (shape[dim] as number)) break;
            index[dim] = 0;
          }
        }
      }),
      { numRuns: 50, seed: 1 },
    );
  });

  it('a scalar has one cell and no strides', () => {
    expect(product([])).toBe(1);
    expect(strides([])).toEqual([]);
    expect(product([3, 0, 2])).toBe(0);
  });

  it('sameShape compares rank and sizes', () => {
    expect(sameShape([2, 3], [2, 3])).toBe(true);
    expect(sameShape([2, 3], [3, 2])).toBe(false);
    expect(sameShape([2, 3], [2, 3, 1])).toBe(false);
    expect(sameShape([], [])).toBe(true);
  });
});

describe('intTensor', () => {
  it('keeps an Int32Array and copies anything else', () => {
    const data = Int32Array.of(1, 2);
    expect(intTensor('s32', [2], data).data).toBe(data);
    expect(intTensor('u8', [2, 1], [3, 4])).toEqual({ dtype: 'u8', dims: [2, 1], data: Int32Array.of(3, 4) });
  });

  it('refuses data that does not fill the shape', () => {
    expect(() => intTensor('u8', [2, 2], [1, 2, 3])).toThrow(ProvennError);
    expect(() => intTensor('u8', [], [])).toThrow(ProvennError);
  });
});

describe('ranges', () => {
  it('of the element types are those of their bits', () => {
    expect(dtypeRange.u8).toEqual([0, 2 ** 8 - 1]);
    expect(dtypeRange.s8).toEqual([-(2 ** 7), 2 ** 7 - 1]);
    expect(dtypeRange.s32).toEqual([-(2 ** 31), 2 ** 31 - 1]);
  });

  it('extent finds the smallest and the largest element, also of arrays too long to spread', () => {
    expect(extent([3])).toEqual([3, 3]);
    expect(extent([0, -7, 5, 5])).toEqual([-7, 5]);
    const long = new Int32Array(500_000);
    long[499_999] = -1;
    long[250_000] = 9;
    expect(extent(long)).toEqual([-1, 9]);
  });
});
