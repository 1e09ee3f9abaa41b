/** Random matrix products: per tensor and per column, batched and broadcast, vectors, with one or no constant. */
import type { OpCase, OpVectors, Random } from '../vectors.ts';
import type { QLinearMatMulAttrs } from './attrs.ts';
import { qlinearMatMul } from './op.ts';

function shapes(random: Random, rows: number, taps: number, columns: number): { left: number[]; right: number[] } {
  const a = [rows, taps];
  const b = [taps, columns];
  return random.pick([
    { left: a, right: b },
    { left: a, right: b },
    { left: [2, ...a], right: b },
    { left: [2, ...a], right: [2, ...b] },
    { left: [3, 1, ...a], right: [2, ...b] },
    { left: a, right: [2, ...b] },
    { left: [1, 2, ...a], right: [2, 1, ...b] },
    { left: [taps], right: b },
    { left: a, right: [taps] },
    { left: [2, ...a], right: [1, ...b] },
  ]);
}

function sample(random: Random): OpCase<QLinearMatMulAttrs> {
  const [rows, taps, columns] = [random.integer(1, 3), random.integer(1, 24), random.integer(1, 6)];
  const aType = random.byteDtype();
  const bType = aType === 's8' ? 's8' : random.byteDtype();
  const perColumn = random.chance(0.5) && bType === 's8';
  const { left, right } = shapes(random, rows, taps, columns);
  const aScale = random.scale(-10, 2);
  const bScale = random.list(perColumn && right.length === 2 ? columns : 1, () => random.scale(-10, -6));
  const output = random.output(aType, aScale * (bScale[0] as number) * Math.sqrt(taps) * 74 * 50);
  const bZero = bType === 'u8' ? [random.byte('u8')] : [0];
  const inputs = [random.tensor(aType, left), random.weights(bType, right)];
  const attrs = { aScale, aZero: random.byte(aType), bScale, bZero, ...output };
  return {
    attrs,
    inputs,
    constants: random.pick([
      [false, true],
      [false, true],
      [false, false],
      [true, false],
    ]),
  };
}

export const qlinearMatMulVectors: OpVectors<QLinearMatMulAttrs> = { op: qlinearMatMul, sample };
