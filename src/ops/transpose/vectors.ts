/** Random permutations. */
import type { OpCase, OpVectors, Random } from '../vectors.ts';
import type { TransposeAttrs } from './attrs.ts';
import { transpose } from './op.ts';

function sample(random: Random): OpCase<TransposeAttrs> {
  const dims = random.list(random.integer(1, 4), () => random.integer(1, 4));
  const perm = dims
    .map((_, i) => ({ i, key: random.unit() }))
    .sort((a, b) => a.key - b.key)
    .map(({ i }) => i);
  return { attrs: { perm }, inputs: [random.tensor(random.byteDtype(), dims)], constants: [random.chance(0.2)] };
}

export const transposeVectors: OpVectors<TransposeAttrs> = { op: transpose, sample };
