import { describe, expect, test } from 'vitest';
import { field1, field2, type G1, type G2, generator1, generator2, multiplyPoint } from './bn254.ts';
import type { Groth16Key } from './config.ts';
import { invert, R, reduce } from './prime-field.ts';
import { encodeBody, type Groth16Proof } from './proof.ts';
import { rerandomise } from './rerandomise.ts';
import { checkEquation } from './verifier.ts';

const g1 = (k: bigint) => multiplyPoint(field1, generator1, reduce(k)) as NonNullable<G1>;
const g2 = (k: bigint) => multiplyPoint(field2, generator2, reduce(k)) as NonNullable<G2>;
const [alpha, beta, delta, ic] = [1234567n, 7654321n, 998877n, [31337n, 4242n]] as const;
const signal = 99n;
const key: Groth16Key = { alpha: g1(alpha), beta: g2(beta), gamma: generator2, delta: g2(delta), ic: ic.map(g1) };

/** The proof with given logarithms of A and B, by the secrets of the setup. */
function proofOf(a: bigint, b: bigint): Groth16Proof {
  return { a: g1(a), b: g2(b), c: g1((a * b - alpha * beta - ic[0] - signal * ic[1]) * invert(delta)) };
}

describe('a proof made into another', () => {
  test('verifies for the same signals and no others, and shares no point with the first', () => {
    const first = proofOf(17n, 23n);
    const moved = rerandomise(first, key, { t: 5n ** 80n % R, u: 7n ** 80n % R });
    expect(checkEquation(key, [signal], moved)).toBe(true);
    expect(checkEquation(key, [signal + 1n], moved)).toBe(false);
    for (const point of ['a', 'b', 'c'] as const) expect(moved[point]).not.toEqual(first[point]);
  });

  test('can be any proof of the statement, whichever it was made from: it tells nothing of the first', () => {
    const aim = { a: 3n ** 90n % R, b: 11n ** 60n % R };
    for (const [a, b] of [
      [17n, 23n],
      [2n ** 200n, 3n ** 120n % R],
    ] as const) {
      const t = reduce(a * invert(aim.a));
      const u = reduce((aim.b - t * b) * invert(t * delta));
      expect(encodeBody(rerandomise(proofOf(a, b), key, { t, u }))).toEqual(encodeBody(proofOf(aim.a, aim.b)));
    }
  });
});
