/** Random average pools, whose bytes are functions of the integer sums or not. */
import type { OpCase, OpVectors, Random } from '../vectors.ts';
import type { QLinearAveragePoolAttrs } from './attrs.ts';
import { qlinearAveragePool } from './op.ts';

/** Padding below the kernel makes every window meet the image; one more cell than the kernel makes it no global average. */
function sample(random: Random): OpCase<QLinearAveragePoolAttrs> {
  const rank = random.pick([1, 2, 2, 2, 3]);
  const kernel = random.list(rank, () => random.integer(1, rank === 3 ? 2 : 3));
  const pads = random.list(2 * rank, (i) =>
    random.chance(0.4) ? random.integer(0, (kernel[i % rank] as number) - 1) : 0,
  );
  const image = kernel.map((size, i) => size + random.integer(i === 0 ? 1 : 0, 3));
  const xType = random.byteDtype();
  const xScale = random.scale(-10, 2);
  const cells = kernel.reduce((a, b) => a * b, 1);
  const output = random.output(xType, (xScale * 74 * 4) / Math.sqrt(cells));
  const attrs = {
    ...output,
    // Equal scales put sums at ties.
    yScale: random.chance(0.3) ? xScale : output.yScale,
    xScale,
    xZero: random.byte(xType),
    kernel,
    strides: random.list(rank, () => random.integer(1, 3)),
    pads,
    ceilMode: random.chance(0.3),
    countIncludePad: random.chance(0.5),
  };
  const dims = [random.integer(1, 2), random.integer(1, 3), ...image];
  return { attrs, inputs: [random.tensor(xType, dims)], constants: [random.chance(0.1)] };
}

export const qlinearAveragePoolVectors: OpVectors<QLinearAveragePoolAttrs> = { op: qlinearAveragePool, sample };
