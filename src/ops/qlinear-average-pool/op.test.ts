import { describe, expect, it } from 'vitest';
import { f32 } from '../../base/rounding.ts';
import { type IntTensor, intTensor } from '../../base/tensor.ts';
import { checkHonest, checkTampered } from '../laws.ts';
import { Random } from '../vectors.ts';
import type { QLinearAveragePoolAttrs } from './attrs.ts';
import { addends, averaged, sumExtremes, undetermined } from './formula.ts';
import { qlinearAveragePool } from './op.ts';

const plain: QLinearAveragePoolAttrs = {
  xScale: 1,
  xZero: 0,
  kernel: [2, 2],
  strides: [2, 2],
  pads: [0, 0, 0, 0],
  ceilMode: false,
  countIncludePad: false,
  yScale: 1,
  yZero: 0,
  yType: 'u8',
  low: 0,
  high: 255,
};
const random = new Random(17);

function made(attrs: Partial<QLinearAveragePoolAttrs>, x: IntTensor): ReturnType<typeof checkHonest> {
  const sample = { attrs: { ...plain, ...attrs }, inputs: [x], constants: [false] };
  return checkHonest({ op: qlinearAveragePool, sample: () => sample }, sample, 'plain', random);
}

function averages(attrs: Partial<QLinearAveragePoolAttrs>, x: IntTensor): number[] {
  return [...(qlinearAveragePool.run([x], { ...plain, ...attrs })[0] as IntTensor).data];
}

const row = intTensor('u8', [1, 1, 1, 5], [1, 2, 4, 7, 9]);

describe('QLinearAveragePool', () => {
  it('adds the zero point before it rounds', () => {
    // 1.5 rounds to 2 and 5.5 to 6; with an odd zero point 2.5 rounds to 2 and 6.5 to 6.
    expect(averages({ kernel: [1, 2], strides: [1, 2] }, row)).toEqual([2, 6]);
    expect(averages({ kernel: [1, 2], strides: [1, 2], yZero: 1 }, row)).toEqual([2, 6]);
  });

  it('divides by the cells in the image, or by the kernel', () => {
    const padded = { kernel: [1, 3], strides: [1, 3], pads: [0, 1, 0, 0] };
    expect(averages(padded, row)).toEqual([2, 7]);
    expect(averages({ ...padded, countIncludePad: true }, row)).toEqual([1, 7]);
  });

  it('lets the last window of ceil mode reach past the image', () => {
    const attrs = { kernel: [1, 2], strides: [1, 2], ceilMode: true };
    expect(averages(attrs, row)).toEqual([2, 6, 9]);
    expect(averages({ ...attrs, countIncludePad: true }, row)).toEqual([2, 6, 4]);
  });

  it.each([
    ['a window of the whole image', { kernel: [1, 5], strides: [1, 1] }, /whole image/],
    ['a window in the padding', { kernel: [1, 2], strides: [1, 1], pads: [0, 2, 0, 0] }, /padding entirely/],
    ['a kernel larger than the image', { kernel: [2, 2], strides: [1, 1] }, /larger/],
    ['attributes of another rank', { kernel: [2] }, /rank 2/],
    ['scales far apart', { kernel: [1, 2], xScale: 2 ** 30 }, /too large/],
  ] as const)('refuses %s', (_, attrs, why) => {
    const input = { dtype: row.dtype, dims: row.dims, constant: null };
    expect(() => qlinearAveragePool.shape([input], { ...plain, ...attrs }, 'pool')).toThrow(why);
  });
});

describe('float sums as functions of integer sums', () => {
  it('has the extremes that all orders of all windows have', () => {
    const scale = f32(0.1);
    const terms = addends(scale, [-3, 4]);
    const least = new Map<number, number>();
    const most = new Map<number, number>();
    for (let code = 0; code < 8 ** 4; code++) {
      const digits = [code & 7, (code >> 3) & 7, (code >> 6) & 7, code >> 9];
      const sum = digits.reduce((total, digit) => f32(total + (terms[digit] as number)), 0);
      const integer = digits.reduce((total, digit) => total + digit - 3, 0);
      least.set(integer, Math.min(least.get(integer) ?? sum, sum));
      most.set(integer, Math.max(most.get(integer) ?? sum, sum));
    }
    const found = sumExtremes(new Set([4]), scale, [-3, 4]).get(4);
    expect(found?.from).toBe(-12);
    expect([...(found?.least ?? [])]).toEqual(Array.from({ length: 29 }, (_, i) => least.get(i - 12)));
    expect([...(found?.most ?? [])]).toEqual(Array.from({ length: 29 }, (_, i) => most.get(i - 12)));
  });

  it('are determined where scales are powers of two, and not at the ties of others', () => {
    const at = (scale: number): number | null => {
      const extremes = sumExtremes(new Set([4]), scale, [0, 255]).get(4);
      return extremes === undefined ? null : undetermined(extremes, 4, { ...plain, yScale: scale });
    };
    expect(at(0.25)).toBeNull();
    expect((at(f32(0.1)) as number) % 4).toBe(2);
  });

  it('refuses the layer, by name, where two windows of one sum have different averages', () => {
    const attrs = { ...plain, xScale: f32(0.1), yScale: f32(0.1) };
    expect(() => made(attrs, random.tensor('u8', [1, 1, 4, 4]))).toThrow(
      /output0: onnxruntime averages in floating point/,
    );
    // Such windows exist: equal sums, different bytes.
    const bytes = new Map<number, Set<number>>();
    for (let i = 0; i < 4000; i++) {
      const x = random.tensor('u8', [1, 1, 2, 3], 0, 40);
      const sum = [0, 1, 3, 4].reduce((total, cell) => total + (x.data[cell] as number), 0);
      const [y] = averages(attrs, x);
      bytes.set(sum, (bytes.get(sum) ?? new Set()).add(y as number));
    }
    expect([...bytes.values()].some((set) => set.size > 1)).toBe(true);
  });

  it('never decreases with the float sum', () => {
    for (let i = 0; i < 2000; i++) {
      const output = random.output('u8', 50);
      const sum = f32(random.unit() * 100);
      expect(averaged(sum, 4, output)).toBeLessThanOrEqual(averaged(f32(sum + random.unit()), 4, output));
    }
  });
});

describe('QLinearAveragePool as relations', () => {
  it('is one contraction and one step, whatever the number of channels', () => {
    const { circuit } = made({}, random.tensor('u8', [1, 8, 6, 4]));
    expect(circuit.gadgets.slice(0, -1).map(({ kind }) => kind)).toEqual(['contract', 'step']);
  });

  it('has one step function per number of cells', () => {
    const instance = made({ kernel: [3, 3], strides: [1, 1], pads: [1, 1, 1, 1] }, random.tensor('u8', [1, 1, 4, 4]));
    const step = instance.circuit.gadgets[1];
    expect(step?.kind === 'step' && step.functions.length).toBe(3);
    checkTampered(instance);
  });
});
