/** Random convolutions: every combination of rank, padding, stride, dilation, groups and per-channel parameters. */
import { dtypeRange, type IntTensor, type Shape } from '../../base/tensor.ts';
import type { OpCase, OpVectors, Random } from '../vectors.ts';
import type { QLinearConvAttrs } from './attrs.ts';
import { qlinearConv } from './op.ts';

/** Kernel, stride, dilation and padding per spatial dimension, and an image at least as large as the dilated kernel. */
function windows(
  random: Random,
  rank: number,
): Pick<QLinearConvAttrs, 'strides' | 'dilations' | 'pads'> & { kernel: number[]; image: number[] } {
  const kernel = random.list(rank, () => random.integer(1, rank === 3 ? 2 : 3));
  const dilations = kernel.map((size) => (size > 1 && random.chance(0.3) ? 2 : 1));
  const pads = random.list(2 * rank, (i) =>
    random.chance(0.5) ? random.integer(0, (kernel[i % rank] as number) - 1) : 0,
  );
  const image = kernel.map((size, i) => {
    const room = (size - 1) * (dilations[i] as number) + 1 - (pads[i] as number) - (pads[rank + i] as number);
    return Math.max(1, room) + random.integer(0, 4);
  });
  return { kernel, image, dilations, pads, strides: random.list(rank, () => random.integer(1, 2)) };
}

function channels(random: Random): { group: number; perGroup: number; filters: number } {
  const group = random.pick([1, 1, 2, 3]);
  const perGroup = random.integer(1, group > 1 && random.chance(0.6) ? 1 : 3);
  return { group, perGroup, filters: group * random.integer(1, 3) };
}

function sample(random: Random): OpCase<QLinearConvAttrs> {
  const { kernel, image, ...geometry } = windows(random, random.pick([1, 2, 2, 2, 3]));
  const { group, perGroup, filters } = channels(random);
  const xType = random.byteDtype();
  const wType = xType === 's8' ? 's8' : random.byteDtype();
  const xDims: Shape = [random.integer(1, 2), group * perGroup, ...image];
  const w: IntTensor = random.weights(wType, [filters, perGroup, ...kernel]);
  const perChannel = random.chance(0.5);
  const xScale = random.scale(-10, 2);
  const wScale = random.list(perChannel ? filters : 1, () => random.scale(-10, -6));
  const taps = w.data.length / filters;
  const output = random.output(xType, xScale * (wScale[0] as number) * Math.sqrt(taps) * 74 * 50);
  const wZero = wType === 'u8' ? [random.byte('u8')] : [0];
  const limit = Math.round(taps * 3000);
  const bias = random.tensor('s32', [filters], -limit, limit);
  const inputs = [random.tensor(xType, xDims, ...dtypeRange[xType]), w, ...(random.chance(0.7) ? [bias] : [])];
  const attrs = { xScale, xZero: random.byte(xType), wScale, wZero, ...geometry, group, ...output };
  return { attrs, inputs, constants: [false, true, true].slice(0, inputs.length) };
}

export const qlinearConvVectors: OpVectors<QLinearConvAttrs> = { op: qlinearConv, sample };
