/** Random tensors. */
import type { OpCase, OpVectors, Random } from '../vectors.ts';
import type { IdentityAttrs } from './attrs.ts';
import { identity } from './op.ts';

function sample(random: Random): OpCase<IdentityAttrs> {
  const dims = random.list(random.integer(0, 3), () => random.integer(1, 4));
  return { attrs: {}, inputs: [random.tensor(random.byteDtype(), dims)], constants: [random.chance(0.2)] };
}

export const identityVectors: OpVectors<IdentityAttrs> = { op: identity, sample };
