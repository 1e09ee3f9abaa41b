import { describe, expect, it } from 'vitest';
import { intTensor } from '../../base/tensor.ts';
import { checkHonest } from '../laws.ts';
import { Random } from '../vectors.ts';
import type { QLinearGlobalAveragePoolAttrs } from './attrs.ts';
import { qlinearGlobalAveragePool } from './op.ts';

const plain: QLinearGlobalAveragePoolAttrs = {
  xScale: 1,
  xZero: 0,
  yScale: 1,
  yZero: 0,
  yType: 'u8',
  low: 0,
  high: 255,
};

describe('QLinearGlobalAveragePool', () => {
  it('rounds ties to even before it adds the zero point', () => {
    const x = intTensor('u8', [1, 3, 2], [1, 2, 2, 3, 10, 11]);
    const [y] = qlinearGlobalAveragePool.run([x], { ...plain, yZero: 1 });
    expect(y).toEqual(intTensor('u8', [1, 3, 1], [3, 3, 11]));
  });

  it.each([
    ['no image', [2, 3], {}, /no image/],
    ['scales too far apart', [1, 1, 2, 2], { xScale: 2 ** 11 }, /beyond/],
    ['an image of 2^24 cells', [1, 1, 2 ** 12, 2 ** 12], {}, /beyond/],
  ] as const)('refuses %s', (_, dims, attrs, why) => {
    const input = { dtype: 'u8', dims, constant: null } as const;
    expect(() => qlinearGlobalAveragePool.shape([input], { ...plain, ...attrs }, 'gap')).toThrow(why);
  });

  it('is one contraction and one step for all channels', () => {
    const random = new Random(3);
    const sample = { attrs: plain, inputs: [random.tensor('u8', [1, 16, 7, 7])], constants: [false] };
    const { circuit } = checkHonest({ op: qlinearGlobalAveragePool, sample: () => sample }, sample, 'plain', random);
    expect(circuit.gadgets.slice(0, -1).map(({ kind }) => kind)).toEqual(['contract', 'step']);
  });
});
