import { describe, expect, it } from 'vitest';
import { intTensor } from '../../base/tensor.ts';
import { transpose } from './op.ts';

describe('Transpose', () => {
  it('moves input dimension perm[i] to output dimension i', () => {
    const x = intTensor('u8', [2, 3, 1], [1, 2, 3, 4, 5, 6]);
    expect(transpose.run([x], { perm: [1, 2, 0] })).toEqual([intTensor('u8', [3, 1, 2], [1, 4, 2, 5, 3, 6])]);
  });

  it('refuses what is not a permutation', () => {
    const x = { dtype: 'u8', dims: [2, 3], constant: null } as const;
    expect(() => transpose.shape([x], { perm: [0, 0] }, 't')).toThrow(/node t/);
    expect(() => transpose.shape([x], { perm: [0] }, 't')).toThrow(/node t/);
  });
});
