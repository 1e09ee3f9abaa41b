import { describe, expect, test } from 'vitest';
import {
  addPoints,
  combine1,
  field1,
  field2,
  generator1,
  generator2,
  isOnCurve,
  multiplyPoint,
  negate1,
  readG1,
  readG2,
  writeG1,
  writeG2,
} from './bn254.ts';
import { pairingProductIsOne } from './pairing.ts';
import { R } from './prime-field.ts';

const g1 = (k: bigint) => multiplyPoint(field1, generator1, k);
const g2 = (k: bigint) => multiplyPoint(field2, generator2, k);

describe('pairing', () => {
  test('generators have order R and lie on their curves', () => {
    expect(isOnCurve(field1, generator1) && isOnCurve(field2, generator2)).toBe(true);
    expect([g1(R), g2(R)]).toEqual([null, null]);
  });

  test('is bilinear and not degenerate', () => {
    const minus = negate1(generator1);
    expect(
      pairingProductIsOne([
        [g1(6n), g2(35n)],
        [multiplyPoint(field1, minus, 14n), g2(15n)],
      ]),
    ).toBe(true);
    expect(
      pairingProductIsOne([
        [g1(6n), g2(35n)],
        [multiplyPoint(field1, minus, 14n), g2(16n)],
      ]),
    ).toBe(false);
    expect(pairingProductIsOne([[generator1, generator2]])).toBe(false);
    expect(pairingProductIsOne([[null, generator2]])).toBe(true);
  });

  test('sums of multiples agree with one multiple after another', () => {
    const points = [generator1, g1(5n), negate1(generator1), g1(R - 1n)].map(
      (point) => point as NonNullable<typeof point>,
    );
    for (const scalars of [
      [0n, 0n, 0n, 0n],
      [1n, 0n, 1n, 0n],
      [7n, R - 1n, 2n ** 200n + 3n, 12n],
      [2n, 2n, 2n, 2n],
    ]) {
      const sum = scalars.reduce(
        (total: ReturnType<typeof g1>, scalar, i) =>
          addPoints(field1, total, multiplyPoint(field1, points[i] as (typeof points)[number], scalar)),
        null,
      );
      expect(combine1(points, scalars)).toEqual(sum);
    }
  });

  test('points are read as they are written, and nothing else is a point', () => {
    const [a, b] = [g1(77n), g2(99n)];
    expect(readG1(writeG1(a as NonNullable<typeof a>))).toEqual(a);
    expect(readG2(writeG2(b as NonNullable<typeof b>))).toEqual(b);
    expect(() => readG1(new Uint8Array(64))).toThrow('not on the curve');
    expect(() => readG1(new Uint8Array(64).fill(255))).toThrow('not canonical');
    expect(() => readG2(new Uint8Array(128))).toThrow('not on the curve');
  });

  test('points of the twist outside the group are refused', () => {
    const x = [1n, 0n] as const;
    const y = [
      18278151005453108793778860132295291098363647455926340152056652516292830556603n,
      5912654199736721486680175016176231956195085055698687135131307249486702594212n,
    ] as const;
    expect(isOnCurve(field2, { x, y })).toBe(true);
    expect(() => readG2(writeG2({ x, y }))).toThrow('not in the group');
  });
});
