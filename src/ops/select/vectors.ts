/** Random index lists: slices, reversals, repetitions, and dimensions left alone. */
import type { OpCase, OpVectors, Random } from '../vectors.ts';
import type { SelectAttrs } from './attrs.ts';
import { select } from './op.ts';

function list(random: Random, size: number): number[] | null {
  const kind = random.integer(0, 4);
  if (kind === 0) return null;
  if (kind === 1) return random.list(random.integer(1, 5), () => random.integer(0, size - 1));
  if (kind === 2) return random.list(size, (i) => size - 1 - i);
  const from = random.integer(0, size - 1);
  const step = random.integer(1, 2);
  return random.list(random.integer(1, Math.ceil((size - from) / step)), (i) => from + i * step);
}

function sample(random: Random): OpCase<SelectAttrs> {
  const dims = random.list(random.integer(1, 4), () => random.integer(1, 4));
  const attrs = { indices: dims.map((size) => list(random, size)) };
  return { attrs, inputs: [random.tensor(random.byteDtype(), dims)], constants: [random.chance(0.2)] };
}

export const selectVectors: OpVectors<SelectAttrs> = { op: select, sample };
