import { describe, expect, it } from 'vitest';
import { type IntTensor, intTensor } from '../../base/tensor.ts';
import type { QLinearMatMulAttrs } from './attrs.ts';
import { qlinearMatMul } from './op.ts';

const attrs: QLinearMatMulAttrs = {
  aScale: 0.5,
  aZero: 1,
  bScale: [1, 2],
  bZero: [0, 1],
  yScale: 1,
  yZero: 3,
  yType: 'u8',
  low: 0,
  high: 255,
};
const a = intTensor('u8', [2, 2], [1, 2, 3, 4]);
const b = intTensor('s8', [2, 2], [5, 6, 7, 8]);

describe('QLinearMatMul', () => {
  it('requantizes each column with its own scale', () => {
    // Rows (0, 1) and (2, 3) times columns (5, 7) and (5, 7): 7 and 31, at 1/2 and 1; ties go to even before 3 is added.
    const [y] = qlinearMatMul.run([a, b], attrs);
    expect(y).toEqual(intTensor('u8', [2, 2], [4 + 3, 7 + 3, 16 + 3, 31 + 3]));
  });

  it('refuses weights that are computed or no matrix', () => {
    const input = (tensor: IntTensor, constant: boolean): Parameters<typeof qlinearMatMul.shape>[0][number] => {
      return { dtype: tensor.dtype, dims: tensor.dims, constant: constant ? tensor : null };
    };
    expect(() => qlinearMatMul.shape([input(a, false), input(b, false)], attrs, 'm')).toThrow(/computed/);
    const cube = intTensor('s8', [1, 2, 2], [1, 2, 3, 4]);
    expect(() => qlinearMatMul.shape([input(a, false), input(cube, true)], attrs, 'm')).toThrow(/matrices/);
    expect(() => qlinearMatMul.shape([input(a, false), input(b, true)], { ...attrs, bScale: [1, 1, 1] }, 'm')).toThrow(
      /bScale/,
    );
  });
});
