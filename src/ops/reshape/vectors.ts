/** Random regroupings, splits of dimensions, and reshapes with no common refinement; dimensions of size 1 anywhere. */
import type { OpCase, OpVectors, Random } from '../vectors.ts';
import type { ReshapeAttrs } from './attrs.ts';
import { reshape } from './op.ts';

function sample(random: Random): OpCase<ReshapeAttrs> {
  const from = random.list(random.integer(1, 4), () => random.integer(1, 4));
  const dims: number[] = [];
  for (const size of from) {
    if (random.chance(0.2)) dims.push(1);
    if (dims.length > 0 && random.chance(0.5)) dims.push((dims.pop() as number) * size);
    else dims.push(size);
  }
  const last = dims.at(-1) as number;
  if (random.chance(0.3) && last % 2 === 0) dims.splice(-1, 1, 2, last / 2);
  else if (random.chance(0.3)) dims.reverse();
  const type = random.byteDtype();
  return { attrs: { dims }, inputs: [random.tensor(type, from)], constants: [random.chance(0.2)] };
}

export const reshapeVectors: OpVectors<ReshapeAttrs> = { op: reshape, sample };
