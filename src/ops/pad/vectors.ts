/** Random pads on either side of random dimensions, with any constant. */
import type { OpCase, OpVectors, Random } from '../vectors.ts';
import type { PadAttrs } from './attrs.ts';
import { pad } from './op.ts';

function sample(random: Random): OpCase<PadAttrs> {
  const dims = random.list(random.integer(1, 3), () => random.integer(1, 3));
  const type = random.byteDtype();
  const side = (): number[] => dims.map(() => (random.chance(0.5) ? 0 : random.integer(1, 2)));
  const attrs = { begins: side(), ends: side(), value: random.chance(0.3) ? 0 : random.byte(type) };
  return { attrs, inputs: [random.tensor(type, dims)], constants: [random.chance(0.2)] };
}

export const padVectors: OpVectors<PadAttrs> = { op: pad, sample };
