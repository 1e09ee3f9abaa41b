/** Random poolings whose every window meets the image. */
import type { OpCase, OpVectors, Random } from '../vectors.ts';
import type { MaxPoolAttrs } from './attrs.ts';
import { maxPool } from './op.ts';

function sample(random: Random): OpCase<MaxPoolAttrs> {
  const rank = random.pick([1, 2, 2, 2, 3]);
  const kernel = random.list(rank, () => random.integer(1, rank === 3 ? 2 : 3));
  const dilations = kernel.map((size) => (size > 1 && random.chance(0.2) ? 2 : 1));
  const pads = random.list(2 * rank, (i) =>
    random.chance(0.4) ? random.integer(0, (kernel[i % rank] as number) - 1) : 0,
  );
  // A window of the dilated kernel's length inside the image makes every placement meet it.
  const image = kernel.map((size, i) => (size - 1) * (dilations[i] as number) + 1 + random.integer(0, 4));
  const attrs = {
    kernel,
    strides: random.list(rank, () => random.integer(1, 3)),
    dilations,
    pads,
    ceilMode: random.chance(0.3),
  };
  const type = random.byteDtype();
  const dims = [random.integer(1, 2), random.integer(1, 2), ...image];
  return { attrs, inputs: [random.tensor(type, dims)], constants: [random.chance(0.1)] };
}

export const maxPoolVectors: OpVectors<MaxPoolAttrs> = { op: maxPool, sample };
