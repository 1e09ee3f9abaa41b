/** Random convolutions without requantization. */
import type { OpCase, OpVectors, Random } from '../vectors.ts';
import { type ConvIntegerAttrs, convInteger } from './op.ts';

function sample(random: Random): OpCase<ConvIntegerAttrs> {
  const rank = random.pick([1, 2, 2]);
  const kernel = random.list(rank, () => random.integer(1, 3));
  const dilations = kernel.map((size) => (size > 1 && random.chance(0.3) ? 2 : 1));
  const image = kernel.map((size, i) => (size - 1) * (dilations[i] as number) + random.integer(1, 4));
  const group = random.pick([1, 1, 2, 3]);
  const perGroup = random.integer(1, 2);
  const [xType, wType] = [random.byteDtype(), random.byteDtype()];
  const x = random.tensor(xType, [random.integer(1, 2), group * perGroup, ...image]);
  const w = random.weights(wType, [group * random.integer(1, 2), perGroup, ...kernel]);
  const attrs = {
    xZero: random.byte(xType),
    wZero: [wType === 'u8' ? random.byte('u8') : 0],
    strides: random.list(rank, () => random.integer(1, 2)),
    dilations,
    pads: random.list(2 * rank, () => random.pick([0, 0, 1])),
    group,
  };
  return { attrs, inputs: [x, w], constants: [false, true] };
}

export const convIntegerVectors: OpVectors<ConvIntegerAttrs> = { op: convInteger, sample };
