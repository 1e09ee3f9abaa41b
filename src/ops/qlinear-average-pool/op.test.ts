import { describe, expect, it } from 'vitest';
import { f32 } from '../../base/rounding.ts';
import { type IntTensor, intTensor } from '../../base/tensor.ts';
import { evaluateStep } from '../../gadgets/step.ts';
import { checkHonest, checkTampered } from '../laws.ts';
import { Random } from '../vectors.ts';
import type { QLinearAveragePoolAttrs } from './attrs.ts';
import { FloatSums, pairWidth, type Reached, reached, splitFloat, stepOverPairs } from './float-sums.ts';
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

  it('are not where equal sums have different averages', () => {
    const attrs = { ...plain, xScale: f32(0.1), yScale: f32(0.1) };
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

describe('float sums in integers', () => {
  it('splits a float into an odd mantissa and a power of two', () => {
    expect(splitFloat(12)).toEqual({ mantissa: 3, unit: 4 });
    const { mantissa, unit } = splitFloat(f32(0.1));
    expect(mantissa * unit).toBe(f32(0.1));
    expect(mantissa % 2).toBe(1);
  });

  it('follow the running sum of every window, inside what is reached', () => {
    const scale = f32(0.0327);
    const sums = new FloatSums(scale, [-60, 195]);
    const { mantissa, unit } = splitFloat(scale);
    const pairs = reached(sums, 4);
    for (let i = 0; i < 3000; i++) {
      const window = random.list(4, () => random.integer(-60, 195));
      let [float, sum, rest] = [0, 0, 0];
      for (const [k, difference] of window.entries()) {
        float = f32(float + f32(scale * difference));
        sum += difference;
        rest += sums.rests[difference + 60] as number;
        const at = sum - (pairs[k] as Reached).from;
        expect(rest).toBeGreaterThanOrEqual((pairs[k] as Reached).least[at] as number);
        expect(rest).toBeLessThanOrEqual((pairs[k] as Reached).most[at] as number);
        expect(2 * Math.abs(rest)).toBeLessThan(pairWidth(pairs));
        rest = sums.restAfter(sum, rest);
        expect((mantissa * sum + rest) * unit).toBe(float);
      }
    }
  });

  it('become step functions that equal their formula on every reached pair', () => {
    const sums = new FloatSums(f32(0.1), [-3, 4]);
    const pairs = reached(sums, 3);
    const width = pairWidth(pairs);
    const last = pairs[2] as Reached;
    const step = stepOverPairs(last, width, (sum, rest) => sums.restAfter(sum, rest));
    last.least.forEach((least, i) => {
      for (let rest = least; rest <= (last.most[i] as number); rest++) {
        const z = width * (last.from + i) + rest;
        expect(step === null ? null : evaluateStep(step, z)).toBe(sums.restAfter(last.from + i, rest));
      }
    });
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

  const shared = { xScale: f32(0.1), yScale: f32(0.1) };

  it.each([
    ['without padding', { strides: [2, 2] }],
    ['with padding and a zero point', { strides: [1, 1], pads: [1, 0, 0, 1], xZero: 100, yZero: 100 }],
    ['that counts its padding', { strides: [1, 1], pads: [1, 1, 1, 1], countIncludePad: true }],
    ['in ceil mode', { strides: [2, 2], ceilMode: true, xZero: 255, yZero: 255 }],
  ])('states every float addition of a window whose sum does not determine the average, %s', (_, attrs) => {
    for (let i = 0; i < 3; i++) {
      const instance = made({ ...shared, ...attrs }, random.tensor('u8', [1, 1, 3, 3]));
      expect(instance.circuit.gadgets.filter(({ kind }) => kind === 'step').length).toBe(3);
      checkTampered(instance);
    }
  });

  it('refuses, by name, windows whose roundings have too many cases', () => {
    const image = random.tensor('u8', [1, 1, 6, 8]);
    expect(() => made({ ...shared, kernel: [6, 6], strides: [1, 1], xZero: 128, yZero: 128 }, image)).toThrow(
      /output0: onnxruntime averages in floating point.*too many cases/,
    );
  });
});
