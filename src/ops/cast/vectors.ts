/** Bytes to wider types. */
import type { OpCase, OpVectors, Random } from '../vectors.ts';
import type { CastAttrs } from './attrs.ts';
import { cast } from './op.ts';

function sample(random: Random): OpCase<CastAttrs> {
  const type = random.byteDtype();
  const dims = random.list(random.integer(0, 3), () => random.integer(1, 4));
  const attrs = { to: random.pick([type, 's32', 's64'] as const) };
  return { attrs, inputs: [random.tensor(type, dims)], constants: [random.chance(0.2)] };
}

export const castVectors: OpVectors<CastAttrs> = { op: cast, sample };
