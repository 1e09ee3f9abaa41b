/** Random sums: equal shapes, and each side broadcasting to the other, constant or not. */
import { dtypeRange } from '../../base/tensor.ts';
import type { OpCase, OpVectors, Random } from '../vectors.ts';
import type { QLinearAddAttrs } from './attrs.ts';
import { qlinearAdd } from './op.ts';

function sample(random: Random): OpCase<QLinearAddAttrs> {
  const dims = random.list(random.integer(1, 3), () => random.integer(1, 4));
  const plain = random.chance(0.4);
  const other = plain ? dims : random.smallerShape(dims);
  const [aDims, bDims] = random.chance(0.5) ? [dims, other] : [other, dims];
  const type = random.byteDtype();
  const [low, high] = dtypeRange[type];
  const aScale = random.scale(-9, 1);
  const bScale = random.chance(0.2) ? aScale : Math.fround(aScale * random.scale(-3, 3));
  const yScale = Math.fround(Math.max(aScale, bScale) * random.scale(-0.5, 1.5));
  const attrs = {
    aScale,
    aZero: random.byte(type),
    bScale,
    bZero: random.byte(type),
    yScale,
    yZero: random.byte(type),
    yType: type,
    low,
    high,
  };
  return {
    attrs,
    inputs: [random.tensor(type, aDims), random.tensor(type, bDims)],
    constants: [false, random.chance(0.4)],
  };
}

export const qlinearAddVectors: OpVectors<QLinearAddAttrs> = { op: qlinearAdd, sample };
