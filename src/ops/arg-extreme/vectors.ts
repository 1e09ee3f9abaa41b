/** Random tensors in which ties are frequent, each kind of extreme, either end. */
import type { OpCase, OpVectors, Random } from '../vectors.ts';
import type { ArgExtremeAttrs } from './attrs.ts';
import { argExtreme } from './op.ts';

function sample(random: Random): OpCase<ArgExtremeAttrs> {
  const dims = random.list(random.integer(1, 3), () => random.integer(1, 5));
  const attrs = { axis: random.integer(0, dims.length - 1), smallest: random.chance(0.5), last: random.chance(0.5) };
  const type = random.byteDtype();
  const low = type === 'u8' ? random.integer(0, 250) : random.integer(-128, 120);
  const x = random.chance(0.7) ? random.tensor(type, dims, low, low + 3) : random.tensor(type, dims);
  return { attrs, inputs: [x], constants: [random.chance(0.1)] };
}

export const argExtremeVectors: OpVectors<ArgExtremeAttrs> = { op: argExtreme, sample };
