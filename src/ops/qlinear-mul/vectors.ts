/** Random products: equal shapes, and each side broadcasting to the other, constant or not. */
import { dtypeRange } from '../../base/tensor.ts';
import type { OpCase, OpVectors, Random } from '../vectors.ts';
import type { QLinearMulAttrs } from './attrs.ts';
import { qlinearMul } from './op.ts';

function sample(random: Random): OpCase<QLinearMulAttrs> {
  const dims = random.list(random.integer(1, 3), () => random.integer(1, 4));
  const other = random.chance(0.4) ? dims : random.smallerShape(dims);
  const [aDims, bDims] = random.chance(0.5) ? [dims, other] : [other, dims];
  const type = random.byteDtype();
  const [low, high] = dtypeRange[type];
  const [aScale, bScale] = [random.scale(-9, 1), random.scale(-9, 1)];
  // From outputs that nearly all saturate to a handful of values.
  const yScale = Math.fround(aScale * bScale * random.scale(4, 10));
  const zeros = { aZero: random.byte(type), bZero: random.byte(type), yZero: random.byte(type) };
  return {
    attrs: { aScale, bScale, yScale, ...zeros, yType: type, low, high },
    inputs: [random.tensor(type, aDims), random.tensor(type, bDims)],
    constants: [false, random.chance(0.4)],
  };
}

export const qlinearMulVectors: OpVectors<QLinearMulAttrs> = { op: qlinearMul, sample };
