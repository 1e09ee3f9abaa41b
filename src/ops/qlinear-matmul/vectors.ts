/** Random matrix products: per tensor and per column, with and without leading dimensions. */
import type { OpCase, OpVectors, Random } from '../vectors.ts';
import type { QLinearMatMulAttrs } from './attrs.ts';
import { qlinearMatMul } from './op.ts';

function sample(random: Random): OpCase<QLinearMatMulAttrs> {
  const [rows, taps, columns] = [random.integer(1, 3), random.integer(1, 24), random.integer(1, 6)];
  const aType = random.byteDtype();
  const bType = aType === 's8' ? 's8' : random.byteDtype();
  const perColumn = random.chance(0.5) && bType === 's8';
  const leading = random.chance(0.3) ? [2] : [];
  const aScale = random.scale(-10, 2);
  const bScale = random.list(perColumn ? columns : 1, () => random.scale(-10, -6));
  const output = random.output(aType, aScale * (bScale[0] as number) * Math.sqrt(taps) * 74 * 50);
  const bZero = bType === 'u8' ? [random.byte('u8')] : [0];
  const inputs = [random.tensor(aType, [...leading, rows, taps]), random.weights(bType, [taps, columns])];
  const attrs = { aScale, aZero: random.byte(aType), bScale, bZero, ...output };
  return { attrs, inputs, constants: [false, true] };
}

export const qlinearMatMulVectors: OpVectors<QLinearMatMulAttrs> = { op: qlinearMatMul, sample };
