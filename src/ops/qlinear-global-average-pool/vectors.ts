/** Random global averages over one to three spatial dimensions. */
import type { OpCase, OpVectors, Random } from '../vectors.ts';
import type { QLinearGlobalAveragePoolAttrs } from './attrs.ts';
import { qlinearGlobalAveragePool } from './op.ts';

function sample(random: Random): OpCase<QLinearGlobalAveragePoolAttrs> {
  const image = random.list(random.pick([1, 2, 2, 2, 3]), () => random.integer(1, 5));
  const xType = random.byteDtype();
  const xScale = random.scale(-10, 2);
  // A mean of n random bytes spreads over 74/√n.
  const cells = image.reduce((a, b) => a * b, 1);
  const output = random.output(xType, (xScale * 74 * 4) / Math.sqrt(cells));
  const attrs = { xScale, xZero: random.byte(xType), ...output };
  const dims = [random.integer(1, 2), random.integer(1, 4), ...image];
  return { attrs, inputs: [random.tensor(xType, dims)], constants: [random.chance(0.1)] };
}

export const qlinearGlobalAveragePoolVectors: OpVectors<QLinearGlobalAveragePoolAttrs> = {
  op: qlinearGlobalAveragePool,
  sample,
};
