/** Random reductions, of either kind, over some or all dimensions. */
import type { OpCase, OpVectors, Random } from '../vectors.ts';
import type { ReduceExtremeAttrs } from './attrs.ts';
import { reduceExtreme } from './op.ts';

function sample(random: Random): OpCase<ReduceExtremeAttrs> {
  const dims = random.list(random.integer(1, 3), () => random.integer(1, 5));
  const some = dims.map((_, dim) => dim).filter(() => random.chance(0.6));
  const attrs = { axes: some.length > 0 ? some : [0], smallest: random.chance(0.5) };
  return { attrs, inputs: [random.tensor(random.byteDtype(), dims)], constants: [random.chance(0.1)] };
}

export const reduceExtremeVectors: OpVectors<ReduceExtremeAttrs> = { op: reduceExtreme, sample };
