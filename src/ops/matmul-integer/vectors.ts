/** Random products of matrices without requantization. */
import type { OpCase, OpVectors, Random } from '../vectors.ts';
import { type MatMulIntegerAttrs, matMulInteger } from './op.ts';

function sample(random: Random): OpCase<MatMulIntegerAttrs> {
  const [rows, taps, columns] = [random.integer(1, 3), random.integer(1, 16), random.integer(1, 5)];
  const [left, right] = random.pick([
    [
      [rows, taps],
      [taps, columns],
    ],
    [
      [2, rows, taps],
      [taps, columns],
    ],
    [
      [2, rows, taps],
      [2, taps, columns],
    ],
    [
      [2, 1, rows, taps],
      [3, taps, columns],
    ],
  ]);
  const [aType, bType] = [random.byteDtype(), random.byteDtype()];
  const constant = random.chance(0.6);
  const perColumn = constant && right?.length === 2 && bType === 'u8' && random.chance(0.5);
  const bZero = random.list(perColumn ? columns : 1, () => (bType === 'u8' ? random.byte('u8') : 0));
  const inputs = [random.tensor(aType, left as number[]), random.weights(bType, right as number[])];
  const c = random.tensor('s32', random.pick([[columns], [1, columns], [1]]), -5000, 5000);
  if (random.chance(0.3)) inputs.push(c);
  return {
    attrs: { aZero: random.byte(aType), bZero },
    inputs,
    constants: [false, constant, true].slice(0, inputs.length),
  };
}

export const matMulIntegerVectors: OpVectors<MatMulIntegerAttrs> = { op: matMulInteger, sample };
