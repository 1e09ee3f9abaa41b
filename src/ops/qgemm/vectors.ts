/** Random dense layers: both layouts of the weights, alpha, every shape of the bias. */
import type { OpCase, OpVectors, Random } from '../vectors.ts';
import type { QGemmAttrs } from './attrs.ts';
import { qgemm } from './op.ts';

function sample(random: Random): OpCase<QGemmAttrs> {
  const [rows, taps, columns] = [random.integer(1, 3), random.integer(1, 24), random.integer(1, 6)];
  const transB = random.chance(0.5);
  const aType = random.byteDtype();
  const bType = aType === 's8' ? 's8' : random.byteDtype();
  const alpha = random.chance(0.5) ? 1 : random.scale(-1, 1);
  const aScale = random.scale(-10, 2);
  const bScale = random.list(random.chance(0.5) ? columns : 1, () => random.scale(-10, -6));
  const output = random.output(aType, alpha * aScale * (bScale[0] as number) * Math.sqrt(taps) * 74 * 50);
  const bZero = bScale.map(() => (bType === 'u8' ? random.byte('u8') : 0));
  const limit = Math.round(taps * 3000);
  const c = random.tensor('s32', random.pick([[columns], [1, columns]]), -limit, limit);
  const inputs = [
    random.tensor(aType, [rows, taps]),
    random.weights(bType, transB ? [columns, taps] : [taps, columns]),
    ...(random.chance(0.7) ? [c] : []),
  ];
  const attrs = { aScale, aZero: random.byte(aType), bScale, bZero, alpha, transB, ...output };
  return { attrs, inputs, constants: [false, true, true].slice(0, inputs.length) };
}

export const qgemmVectors: OpVectors<QGemmAttrs> = { op: qgemm, sample };
