import { describe, expect, it } from 'vitest';
import { type IntTensor, intTensor } from '../../base/tensor.ts';
import { checkHonest } from '../laws.ts';
import { Random } from '../vectors.ts';
import type { QGemmAttrs } from './attrs.ts';
import { qgemm } from './op.ts';

const plain: QGemmAttrs = {
  aScale: 1,
  aZero: 0,
  bScale: [1],
  bZero: [0],
  alpha: 1,
  transB: false,
  yScale: 1,
  yZero: 0,
  yType: 's8',
  low: -128,
  high: 127,
};
const a = intTensor('u8', [1, 2], [3, 5]);
const b = intTensor('s8', [2, 2], [1, 2, 3, 4]);

function product(attrs: Partial<QGemmAttrs>, ...bias: IntTensor[]): number[] {
  return [...(qgemm.run([a, b, ...bias], { ...plain, ...attrs })[0] as IntTensor).data];
}

describe('QGemm', () => {
  it('multiplies by the right operand or its transpose', () => {
    expect(product({})).toEqual([3 + 15, 6 + 20]);
    expect(product({ transB: true })).toEqual([3 + 10, 9 + 20]);
  });

  it('adds the bias to the accumulator, in whose units it is', () => {
    const c = intTensor('s32', [2], [10, -10]);
    expect(product({ alpha: 0.5 }, c)).toEqual([14, 8]);
    expect(product({}, intTensor('s32', [1, 2], [1, 2]))).toEqual([19, 28]);
    expect(product({}, intTensor('s32', [1], [1]))).toEqual([19, 27]);
  });

  it('has a scale and a zero point per column', () => {
    expect(product({ bScale: [1, 0.5], bZero: [1, 0] })).toEqual([10, 13]);
  });

  it('refuses a bias of another shape', () => {
    const input = (tensor: IntTensor): Parameters<typeof qgemm.shape>[0][number] => ({ ...tensor, constant: tensor });
    expect(() => qgemm.shape([input(a), input(b), input(intTensor('s32', [3], [1, 2, 3]))], plain, 'fc')).toThrow(
      /node fc/,
    );
    expect(() => qgemm.shape([input(a), input(intTensor('s8', [3, 1], [1, 2, 3]))], plain, 'fc')).toThrow(
      /does not multiply/,
    );
  });

  it('sums over all axes of a flattened image with one contraction', () => {
    const random = new Random(5);
    const inputs = [random.tensor('u8', [6, 12]), random.tensor('s8', [3, 12])];
    const sample = { attrs: { ...plain, transB: true, yScale: 512 }, inputs, constants: [false, true] };
    const { circuit } = checkHonest({ op: qgemm, sample: () => sample }, sample, 'regrouped', random);
    const [contract] = circuit.gadgets;
    expect(contract?.kind === 'contract' && [contract.box, contract.reduce]).toEqual([
      [2, 3, 3],
      [2, 6],
    ]);
  });
});
