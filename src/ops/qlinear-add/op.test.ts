import { describe, expect, it } from 'vitest';
import { intTensor } from '../../base/tensor.ts';
import { evaluateStep } from '../../gadgets/step.ts';
import { affineForm } from '../affine-form.ts';
import { broadcast } from '../broadcast.ts';
import { checkHonest, checkTampered } from '../laws.ts';
import { type OpVectors, Random } from '../vectors.ts';
import type { QLinearAddAttrs } from './attrs.ts';
import { addition, isSwapped } from './formula.ts';
import { qlinearAdd } from './op.ts';

function attrsOf(
  aScale: number,
  bScale: number,
  yScale: number,
  zeros: readonly [number, number, number],
): QLinearAddAttrs {
  const [aZero, bZero, yZero] = zeros;
  return { aScale, aZero, bScale, bZero, yScale, yZero, yType: 'u8', low: 0, high: 255 };
}

describe('QLinearAdd', () => {
  it('adds an odd zero point before it rounds a tie', () => {
    // 1·0.5 + 0 = 0.5; with zero point 1 the tie 1.5 goes to 2, not to 0 + 1.
    const { run } = qlinearAdd;
    const [y] = run([intTensor('u8', [1], [1]), intTensor('u8', [1], [0])], attrsOf(0.5, 0.5, 1, [0, 0, 1]));
    expect(y?.data).toEqual(Int32Array.of(2));
  });

  it('broadcasts from the right', () => {
    expect(broadcast([2, 3, 4], [3, 1])).toEqual([2, 3, 4]);
    expect(broadcast([2, 3], [4])).toBeNull();
    expect(broadcast([1], [])).toEqual([1]);
  });

  it('exchanges the operands when the left one is a single element in the innermost run', () => {
    expect(isSwapped([2, 1], [2, 3])).toBe(true);
    expect(isSwapped([1], [2, 3])).toBe(true);
    expect(isSwapped([2, 3], [2, 1])).toBe(false);
    expect(isSwapped([1, 3], [2, 3])).toBe(false);
    expect(isSwapped([2, 1, 1], [2, 3, 1])).toBe(true);
    expect(isSwapped([1, 1], [1])).toBe(false);
  });
});

describe('the affine form', () => {
  it('equals the formula on all 65,536 pairs whenever it is found, which is nearly always', () => {
    const random = new Random(9);
    let found = 0;
    for (let i = 0; i < 12; i++) {
      const aScale = random.scale(-9, 1);
      const bScale = random.chance(0.3) ? aScale : Math.fround(aScale * random.scale(-3, 3));
      const attrs = attrsOf(aScale, bScale, Math.fround(aScale * random.scale(0, 2)), [
        random.byte('u8'),
        random.byte('u8'),
        random.byte('u8'),
      ]);
      const f = addition(attrs, random.chance(0.5));
      const form = affineForm(f, bScale / aScale, [0, 255], [0, 255]);
      if (form === null) continue;
      found++;
      let wrong = 0;
      for (let a = 0; a < 256; a++) {
        for (let b = 0; b < 256; b++) if (evaluateStep(form.step, form.p * a + form.q * b) !== f(a, b)) wrong++;
      }
      expect(wrong).toBe(0);
    }
    expect(found).toBeGreaterThanOrEqual(11);
  });

  it('keeps the combination of equal scales as small as it can be', () => {
    const form = affineForm(addition(attrsOf(0.5, 0.5, 1, [3, 4, 5]), false), 1, [0, 255], [0, 255]);
    expect(form && [form.p, form.q]).toEqual([1, 1]);
  });

  it('is not found for a function that no combination orders', () => {
    expect(affineForm((a, b) => (a ^ b) & 1, 1, [0, 255], [0, 255])).toBeNull();
  });
});

describe('QLinearAdd as relations', () => {
  /** Found by search: at this exact ratio of 1/2, float32 tells pairs apart that tie, in an order no combination has. */
  const attrs = attrsOf(1.8331360816955566, 0.9165680408477783, 3.1022322177886963, [58, 41, 187]);

  it('falls back to a table of all pairs', () => {
    expect(affineForm(addition(attrs, false), 0.5, [0, 255], [0, 255])).toBeNull();
    const random = new Random(10);
    const inputs = [random.tensor('u8', [3, 5], 0, 255), random.tensor('u8', [3, 5], 0, 255)];
    // The table covers the range of the inputs: make it whole.
    for (const { data } of inputs) data.set([0, 255]);
    const vectors: OpVectors = { op: qlinearAdd, sample: () => sample };
    const sample = { attrs, inputs, constants: [false, false] };
    const made = checkHonest(vectors, sample, 'plain', random);
    expect(made.circuit.gadgets.map(({ kind }) => kind)).toEqual(['table', 'linear']);
    expect(made.circuit.tables[0]?.columns[0]?.length).toBe(65536);
    checkTampered(made);
  });

  it('is one step relation otherwise, also where a constant broadcasts', () => {
    const random = new Random(11);
    const sample = {
      attrs: attrsOf(0.25, 0.5, 1, [0, 0, 0]),
      inputs: [random.tensor('u8', [2, 3, 2]), random.tensor('u8', [3, 1])],
      constants: [false, true],
    };
    const made = checkHonest({ op: qlinearAdd, sample: () => sample }, sample, 'plain', random);
    expect(made.circuit.gadgets.map(({ kind }) => kind)).toEqual(['step', 'linear']);
  });
});
