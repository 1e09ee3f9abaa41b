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

  it('multiplies vectors and broadcasts batches', () => {
    const plain = { ...attrs, aScale: 1, aZero: 0, bScale: [1], bZero: [0], yZero: 0 };
    const vector = intTensor('u8', [2], [1, 2]);
    expect(qlinearMatMul.run([vector, b], plain)).toEqual([intTensor('u8', [2], [19, 22])]);
    expect(qlinearMatMul.run([a, vector], plain)).toEqual([intTensor('u8', [2], [5, 11])]);
    const two = intTensor('u8', [2, 1, 2], [1, 0, 0, 1]);
    expect(qlinearMatMul.run([two, b], plain)).toEqual([intTensor('u8', [2, 1, 2], [5, 6, 7, 8])]);
  });

  it('refuses shapes that do not multiply and a zero point per column of what is computed', () => {
    const input = (tensor: IntTensor, constant: boolean): Parameters<typeof qlinearMatMul.shape>[0][number] => {
      return { dtype: tensor.dtype, dims: tensor.dims, constant: constant ? tensor : null };
    };
    expect(() => qlinearMatMul.shape([input(a, false), input(b, false)], attrs, 'm')).toThrow(/per column/);
    const tall = intTensor('s8', [1, 2], [1, 2]);
    expect(() => qlinearMatMul.shape([input(a, false), input(tall, true)], attrs, 'm')).toThrow(/does not multiply/);
    expect(() => qlinearMatMul.shape([input(a, false), input(b, true)], { ...attrs, bScale: [1, 1, 1] }, 'm')).toThrow(
      /bScale/,
    );
  });
});
