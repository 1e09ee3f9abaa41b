/** Random functions of two bytes or of a byte and a class: noise, rounded sums and differences; broadcasting either way. */
import { clamp } from '../../base/rounding.ts';
import { dtypeRange, type IntTensor, intTensor } from '../../base/tensor.ts';
import type { OpCase, OpVectors, Random } from '../vectors.ts';
import type { PairTableAttrs } from './attrs.ts';
import { pairTable } from './op.ts';

function right(random: Random, dims: readonly number[], classes: number): IntTensor {
  return classes > 0 ? random.tensor('s32', dims, 0, classes - 1) : random.tensor(random.byteDtype(), dims);
}

function sample(random: Random): OpCase<PairTableAttrs> {
  const dims = random.list(random.integer(1, 3), () => random.integer(1, 4));
  const other = random.smallerShape(dims);
  const [aDims, bDims] = random.chance(0.7) ? [dims, other] : [other, dims];
  const [aType, yType] = [random.byteDtype(), random.byteDtype()];
  const classes = random.chance(0.4) ? random.integer(1, 5) : 0;
  const width = classes === 0 ? 256 : classes;
  const [low, high] = dtypeRange[yType];
  const ratio = random.chance(0.5) ? random.pick([-1.5, -0.25, 0.5, 1, 3]) : 0;
  const data = random.list(256 * width, (i) => {
    if (ratio === 0) return random.integer(low, high);
    return clamp(Math.floor((Math.floor(i / width) + ratio * (i % width)) / 3) + low, low, high);
  });
  const attrs = { aType, yType, ratio, label: 'random' };
  return {
    attrs,
    inputs: [random.tensor(aType, aDims), right(random, bDims, classes), intTensor(yType, [256, width], data)],
    constants: [false, classes > 0 || random.chance(0.3), true],
  };
}

export const pairTableVectors: OpVectors<PairTableAttrs> = { op: pairTable, sample };
