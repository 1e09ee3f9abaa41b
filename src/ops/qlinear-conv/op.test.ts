import { describe, expect, it } from 'vitest';
import type { Gadget } from '../../artifact/circuit.ts';
import { ProvennError } from '../../base/errors.ts';
import { type IntTensor, intTensor, type Shape } from '../../base/tensor.ts';
import { checkHonest, checkTampered } from '../laws.ts';
import type { OpInput } from '../op.ts';
import { Random } from '../vectors.ts';
import type { QLinearConvAttrs } from './attrs.ts';
import { qlinearConv } from './op.ts';

const plain: QLinearConvAttrs = {
  xScale: 1,
  xZero: 0,
  wScale: [1],
  wZero: [0],
  strides: [1, 1],
  dilations: [1, 1],
  pads: [0, 0, 0, 0],
  group: 1,
  yScale: 1,
  yZero: 0,
  yType: 's8',
  low: -128,
  high: 127,
};

function made(
  attrs: Partial<QLinearConvAttrs>,
  inputs: readonly IntTensor[],
  layout: Parameters<typeof checkHonest>[2] = 'plain',
): ReturnType<typeof checkHonest> {
  const sample = { attrs: { ...plain, ...attrs }, inputs, constants: [false, true, true].slice(0, inputs.length) };
  return checkHonest({ op: qlinearConv, sample: () => sample }, sample, layout, new Random(1));
}

function kinds(gadgets: readonly Gadget[]): string[] {
  return gadgets.slice(0, -1).map(({ kind }) => kind);
}

function typed(dtype: OpInput['dtype'], dims: Shape, constant = false): OpInput {
  return { dtype, dims, constant: constant ? new Random(1).tensor(dtype, dims, 0, 1) : null };
}

function codeOf(inputs: readonly OpInput[], attrs: Partial<QLinearConvAttrs>): string {
  try {
    qlinearConv.shape(inputs, { ...plain, ...attrs }, 'conv1');
  } catch (error) {
    if (error instanceof ProvennError) return `${error.code} at ${error.where}`;
    throw error;
  }
  return 'accepted';
}

describe('QLinearConv', () => {
  it('counts padding as the zero point', () => {
    const x = intTensor('u8', [1, 1, 1, 2], [10, 20]);
    const w = intTensor('s8', [1, 1, 1, 3], [1, 2, 3]);
    const [y] = qlinearConv.run([x, w], { ...plain, xZero: 5, pads: [0, 1, 0, 1] });
    // (5, 15) between two zeros: 2·5 + 3·15 and 1·5 + 2·15.
    expect(y).toEqual(intTensor('s8', [1, 1, 1, 2], [55, 35]));
  });

  it('rounds ties to even before it adds the zero point', () => {
    const x = intTensor('u8', [1, 1, 1, 4], [1, 3, 5, 7]);
    const [y] = qlinearConv.run([x, intTensor('s8', [1, 1, 1, 1], [1])], { ...plain, xScale: 0.5, yZero: 1 });
    expect(y?.data).toEqual(Int32Array.of(1, 3, 3, 5));
  });

  it('clips to the range of a fused activation', () => {
    const x = intTensor('s8', [1, 1, 1, 3], [-9, 3, 90]);
    const [y] = qlinearConv.run([x, intTensor('s8', [1, 1, 1, 1], [1])], { ...plain, low: 0, high: 50 });
    expect(y?.data).toEqual(Int32Array.of(0, 3, 50));
  });

  it('refuses an accumulator beyond int32', () => {
    const x = intTensor('u8', [1, 1, 1, 1], [255]);
    const inputs = [x, intTensor('s8', [1, 1, 1, 1], [127]), intTensor('s32', [1], [2147483647])];
    expect(() => qlinearConv.run(inputs, plain)).toThrow(ProvennError);
  });

  const x = typed('u8', [1, 4, 5, 5]);
  const w = typed('s8', [6, 4, 3, 3], true);
  it.each([
    ['weights that are computed', [x, typed('s8', [6, 4, 3, 3])], {}, 'MODEL_UNSUPPORTED'],
    [
      'four spatial dimensions',
      [typed('u8', [1, 4, 5, 5, 5, 5]), typed('s8', [6, 4, 3, 3, 3, 3], true)],
      {},
      'MODEL_UNSUPPORTED',
    ],
    ['a kernel larger than the image', [typed('u8', [1, 4, 2, 5]), w], {}, 'MODEL_INVALID'],
    ['channels that do not match', [typed('u8', [1, 3, 5, 5]), w], {}, 'MODEL_INVALID'],
    ['filters that do not split into groups', [typed('u8', [1, 16, 5, 5]), w], { group: 4 }, 'MODEL_INVALID'],
    ['too few strides', [x, w], { strides: [1] }, 'MODEL_INVALID'],
    ['a scale list of another length', [x, w], { wScale: [1, 1] }, 'MODEL_INVALID'],
    ['a zero point outside the element type', [x, w], { xZero: -1 }, 'MODEL_INVALID'],
    ['scales whose quotient vanishes', [x, w], { xScale: 2 ** -120, wScale: [2 ** -120] }, 'MODEL_INVALID'],
    ['a float-like bias', [x, w, typed('u8', [6], true)], {}, 'MODEL_UNSUPPORTED'],
    ['a bias of another length', [x, w, typed('s32', [5], true)], {}, 'MODEL_INVALID'],
    ['no weights', [x], {}, 'MODEL_INVALID'],
  ] as const)('refuses %s', (_, inputs, attrs, code) => {
    expect(codeOf(inputs, attrs)).toBe(`${code} at conv1`);
  });
});

describe('QLinearConv as relations', () => {
  const random = new Random(21);
  const image = random.tensor('u8', [1, 4, 5, 5]);

  it('is one contraction and one step relation, without copies', () => {
    const { circuit } = made({ yScale: 512, pads: [1, 1, 1, 1], strides: [2, 2] }, [
      image,
      random.tensor('s8', [3, 4, 3, 3]),
    ]);
    expect(kinds(circuit.gadgets)).toEqual(['contract', 'step']);
    expect(circuit.wires.map(({ name }) => name)).toContain('output0');
  });

  it('has one step function per distinct scale', () => {
    const { circuit } = made({ yScale: 512, wScale: [1, 0.5, 1] }, [image, random.tensor('s8', [3, 4, 3, 3])]);
    const step = circuit.gadgets.find((gadget) => gadget.kind === 'step');
    expect(step?.kind === 'step' && step.functions.length).toBe(2);
    expect(circuit.wires.find(({ name }) => name.endsWith(':class'))?.data).toEqual(Int32Array.of(0, 1, 0));
  });

  it('keeps depthwise weights as they are', () => {
    const { circuit } = made({ yScale: 512, group: 4 }, [image, random.tensor('s8', [4, 1, 3, 3])]);
    expect(circuit.wires.find(({ name }) => name.endsWith(':weight'))?.sizes).toEqual([4, 3, 3]);
  });

  it('is one contraction and one step for a depthwise layer of any width and multiplier', () => {
    for (const [channels, multiplier] of [
      [2, 1],
      [32, 1],
      [16, 2],
    ] as const) {
      const x = random.tensor('u8', [1, channels, 4, 4]);
      const w = random.tensor('s8', [channels * multiplier, 1, 3, 3]);
      const { circuit } = made({ yScale: 512, group: channels, pads: [1, 1, 1, 1] }, [x, w]);
      expect(kinds(circuit.gadgets)).toEqual(['contract', 'step']);
      expect(circuit.wires.find(({ name }) => name.endsWith(':weight'))?.data?.length).toBe(w.data.length);
    }
  });

  it('makes weights block-diagonal where the channels do not split at the groups', () => {
    const { circuit } = made({ yScale: 512, group: 2 }, [image, random.tensor('s8', [4, 2, 3, 3])]);
    expect(circuit.wires.find(({ name }) => name.endsWith(':weight'))?.sizes).toEqual([4, 4, 3, 3]);
    const regrouped = made({ yScale: 512, group: 2 }, [image, random.tensor('s8', [4, 2, 3, 3])], 'regrouped');
    expect(regrouped.circuit.wires.find(({ name }) => name.endsWith(':weight'))?.sizes).toEqual([2, 2, 2, 3, 3]);
  });

  it('copies a small image to cut its channels, rather than fill weights with zeros', () => {
    const { circuit } = made({ yScale: 512, group: 8 }, [
      random.tensor('u8', [1, 32, 2, 2]),
      random.tensor('s8', [64, 4, 2, 2]),
    ]);
    expect(kinds(circuit.gadgets)).toEqual(['linear', 'contract', 'step']);
    expect(circuit.wires.find(({ name }) => name.endsWith(':weight'))?.sizes).toEqual([8, 8, 4, 2, 2]);
  });

  it('states a convolution of one pixel without windows', () => {
    const pixel = random.tensor('u8', [1, 4, 1, 1]);
    const { circuit } = made(
      { yScale: 512, pads: [1, 1, 1, 1] },
      [pixel, random.tensor('s8', [3, 4, 3, 3])],
      'regrouped',
    );
    expect(kinds(circuit.gadgets)).toEqual(['contract', 'step']);
    expect(circuit.wires.find(({ name }) => name.endsWith(':weight'))?.sizes).toEqual([3, 2, 2]);
  });

  it('knows when no tap meets an image of one pixel', () => {
    const attrs = { yScale: 512, dilations: [2, 2], pads: [1, 1, 1, 1], wZero: [9] };
    const inputs = [
      random.tensor('u8', [1, 4, 1, 1]),
      random.tensor('u8', [3, 4, 2, 2]),
      intTensor('s32', [3], [512, 1024, -512]),
    ];
    const { outputs, witness } = made(attrs, inputs, 'regrouped');
    expect(witness[outputs[0]?.parts[0]?.wire ?? -1]).toEqual(Float64Array.of(1, 2, -1));
  });

  it('runs one contraction per part of a concatenation', () => {
    const parts = made(
      { yScale: 512, xZero: 7 },
      [random.tensor('u8', [1, 6, 3, 3]), random.tensor('s8', [2, 6, 2, 2])],
      'parts',
    );
    expect(kinds(parts.circuit.gadgets).every((kind) => kind !== 'table')).toBe(true);
    checkTampered(parts);
  });

  it('stores weights with their own zero points as differences', () => {
    const { circuit } = made({ yScale: 512, wZero: [1, 2, 3] }, [image, random.tensor('s8', [3, 4, 3, 3])]);
    const contract = circuit.gadgets[0];
    expect(contract?.kind === 'contract' && contract.right.zero).toBe(0);
  });

  it('refuses a layer whose sums leave the field', () => {
    const wide = random.tensor('u8', [1, 40000, 1, 1]);
    const weights = intTensor('s8', [1, 40000, 1, 1], new Int32Array(40000).fill(127));
    expect(() => made({ yScale: 2 ** 20 }, [wide, weights])).toThrow(/limit/);
  });
});
