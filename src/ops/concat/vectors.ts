/** Random tensors that agree in all dimensions but one, constants among them. */
import type { OpCase, OpVectors, Random } from '../vectors.ts';
import type { ConcatAttrs } from './attrs.ts';
import { concat } from './op.ts';

function sample(random: Random): OpCase<ConcatAttrs> {
  const dims = random.list(random.integer(1, 4), () => random.integer(1, 3));
  const axis = random.integer(0, dims.length - 1);
  const type = random.byteDtype();
  const inputs = random.list(random.integer(1, 3), () =>
    random.tensor(
      type,
      dims.map((size, dim) => (dim === axis ? random.integer(1, 3) : size)),
    ),
  );
  return { attrs: { axis }, inputs, constants: inputs.map(() => random.chance(0.2)) };
}

export const concatVectors: OpVectors<ConcatAttrs> = { op: concat, sample };
