/** A development key in seconds: one party, who could keep the secrets. Keys made so are marked and refused by default. */
import type { R1cs } from '../r1cs.ts';
import { type Secrets, setupScalars } from '../setup.ts';
import { writeZkey } from '../zkey.ts';
import { drawElement } from './draw-element.ts';
import { multiplesOf } from './fixed-base.ts';
import { withSnarkjs } from './packages.ts';

/** A snarkjs proving key of a circuit. `onProgress` hears the share of the work that is done. */
export async function developmentKey(r1cs: R1cs, onProgress: (share: number) => void): Promise<Uint8Array> {
  const secrets: Secrets = { tau: drawElement(), alpha: drawElement(), beta: drawElement(), delta: drawElement() };
  const { a, b, c, ic, h, domain } = setupScalars(r1cs, secrets);
  const { alpha, beta, delta } = secrets;
  const first = [alpha, beta, delta, ...ic, ...a, ...b, ...c, ...h];
  const second = [beta, 1n, delta, ...b];
  const total = first.length + 3 * second.length;
  return withSnarkjs(async ({ curves }) => {
    const curve = await curves.getCurveFromName('bn128', { singleThread: true });
    const pause =
      (before: number, weight: number) =>
      (done: number): Promise<void> => {
        onProgress((before + weight * done) / total);
        return new Promise((resolve) => setImmediate(resolve));
      };
    const points1 = await multiplesOf(curve, 1, first, pause(0, 1));
    const points2 = await multiplesOf(curve, 2, second, pause(first.length, 3));
    let at = 0;
    const take = (points: Uint8Array, size: number, count: number): Uint8Array => {
      const from = at;
      at += count;
      return points.subarray(size * from, size * at);
    };
    const take1 = (count: number): Uint8Array => take(points1, 64, count);
    const [alpha1, beta1, delta1] = [take1(1), take1(1), take1(1)];
    const lists = [ic, a, b, c, h].map((scalars) => take1(scalars.length)) as [
      Uint8Array,
      Uint8Array,
      Uint8Array,
      Uint8Array,
      Uint8Array,
    ];
    at = 0;
    const take2 = (count: number): Uint8Array => take(points2, 128, count);
    const [beta2, gamma2, delta2, b2] = [take2(1), take2(1), take2(1), take2(b.length)];
    const [icPoints, aPoints, b1, cPoints, hPoints] = lists;
    return writeZkey(r1cs, {
      domain,
      alpha1,
      beta1,
      delta1,
      beta2,
      gamma2,
      delta2,
      ic: icPoints,
      a: aPoints,
      b1,
      b2,
      c: cPoints,
      h: hPoints,
    });
  });
}
