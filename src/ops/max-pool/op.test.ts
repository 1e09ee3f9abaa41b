import { describe, expect, it } from 'vitest';
import { type IntTensor, intTensor } from '../../base/tensor.ts';
import { Builder, type Wires } from '../../gadgets/builder.ts';
import { checkHonest, checkTampered, complete, type Layout } from '../laws.ts';
import { Random } from '../vectors.ts';
import type { MaxPoolAttrs } from './attrs.ts';
import { maxPool } from './op.ts';

const plain: MaxPoolAttrs = { kernel: [2, 2], strides: [2, 2], dilations: [1, 1], pads: [0, 0, 0, 0], ceilMode: false };
const random = new Random(31);

function made(attrs: Partial<MaxPoolAttrs>, x: IntTensor, layout: Layout = 'plain'): ReturnType<typeof checkHonest> {
  const sample = { attrs: { ...plain, ...attrs }, inputs: [x], constants: [false] };
  return checkHonest({ op: maxPool, sample: () => sample }, sample, layout, random);
}

describe('MaxPool', () => {
  it('never takes padding for a value', () => {
    const x = intTensor('s8', [1, 1, 1, 2], [-100, -120]);
    const [y] = maxPool.run([x], { ...plain, kernel: [1, 2], strides: [1, 1], pads: [0, 1, 0, 1] });
    expect(y).toEqual(intTensor('s8', [1, 1, 1, 3], [-100, -100, -120]));
  });

  it('lets the last window reach past the image in ceil mode', () => {
    const x = intTensor('u8', [1, 1, 5], [1, 2, 3, 4, 5]);
    const attrs = { ...plain, kernel: [2], strides: [2], dilations: [1], pads: [0, 0] };
    expect(maxPool.run([x], attrs)[0]?.data).toEqual(Int32Array.of(2, 4));
    expect(maxPool.run([x], { ...attrs, ceilMode: true })[0]?.data).toEqual(Int32Array.of(2, 4, 5));
  });

  it('refuses a window that meets padding only', () => {
    const input = { dtype: 's8', dims: [1, 1, 1, 1], constant: null } as const;
    const attrs = { ...plain, dilations: [2, 2], pads: [1, 1, 1, 1], strides: [1, 1] };
    expect(() => maxPool.shape([input], attrs, 'pool')).toThrow(/node pool: one of its windows/);
  });

  it('refuses activations that are not bytes', () => {
    expect(() => maxPool.shape([{ dtype: 's32', dims: [1, 1, 4, 4], constant: null }], plain, 'pool')).toThrow(/s32/);
  });
});

describe('MaxPool as relations', () => {
  it('is three maxima per output for a window of 2 × 2', () => {
    const { circuit } = made({}, random.tensor('s8', [1, 2, 4, 6]));
    const maxima = circuit.gadgets.filter(({ kind }) => kind === 'maximum');
    expect(maxima.map((gadget) => gadget.kind === 'maximum' && gadget.box)).toEqual([
      [1, 2, 4, 3],
      [1, 2, 2, 3],
    ]);
    expect(circuit.gadgets.length).toBe(3);
  });

  it('raises a padded s8 image so that padding reads as the lowest byte', () => {
    const made8 = made({ kernel: [3, 3], pads: [1, 1, 1, 1] }, intTensor('s8', [1, 1, 3, 3], new Array(9).fill(-128)));
    expect(made8.circuit.gadgets.filter(({ kind }) => kind === 'linear').length).toBe(2);
    checkTampered(made8);
    const unsigned = made({ kernel: [3, 3], pads: [1, 1, 1, 1] }, random.tensor('u8', [1, 1, 3, 3]));
    expect(unsigned.circuit.gadgets.filter(({ kind }) => kind === 'linear').length).toBe(1);
  });

  it('copies a concatenation before it compares', () => {
    for (let i = 0; i < 6; i++) checkTampered(made({ strides: [1, 1] }, random.tensor('s8', [1, 2, 3, 3]), 'parts'));
  });

  it('only strides the view for a window of one cell', () => {
    const { circuit } = made({ kernel: [1, 1] }, random.tensor('u8', [1, 1, 4, 4]));
    expect(circuit.gadgets.map(({ kind }) => kind)).toEqual(['linear']);
  });

  it('never reads the cells around a view as padding', () => {
    const build = new Builder();
    const wire = build.publicWire('x', [1, 1, 4], [0, 255]);
    const offset = [0, 0, 1].map((start, axis) => ({ kind: 'axis', axis, stride: 1, offset: start }) as const);
    const x: Wires = {
      dtype: 'u8',
      dims: [1, 1, 2],
      axes: [[1], [1], [2]],
      parts: [{ wire, map: offset }],
      constant: null,
    };
    const attrs = { kernel: [2], strides: [1], dilations: [1], pads: [1, 1], ceilMode: false };
    const [y] = maxPool.constrain(build, [x], [{ name: 'y', dtype: 'u8', dims: [1, 1, 3] }], attrs);
    const circuit = build.finish('', '', [], []);
    const { wires } = complete(circuit, [Int32Array.of(255, 3, 5, 255)]);
    expect(wires[y?.parts[0]?.wire ?? -1]).toEqual(Float64Array.of(3, 5, 5));
  });
});
