/** A small powers-of-tau file for tests: one contribution, prepared for the second phase. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type Curve, withSnarkjs } from '../../src/backends/groth16/node/packages.ts';

type PowersOfTau = {
  newAccumulator(curve: Curve, power: number, file: string): Promise<unknown>;
  contribute(before: string, after: string, name: string, entropy: string): Promise<unknown>;
  preparePhase2(before: string, after: string): Promise<unknown>;
};

/** Writes the file and returns its BLAKE2b digest. */
export async function writePtau(path: string, power: number): Promise<string> {
  await withSnarkjs(async ({ curves, powersOfTau }) => {
    const tau = powersOfTau as unknown as PowersOfTau;
    await tau.newAccumulator(await curves.getCurveFromName('bn128'), power, `${path}.0`);
    await tau.contribute(`${path}.0`, `${path}.1`, 'test', 'entropy of a test');
    await tau.preparePhase2(`${path}.1`, path);
  });
  return createHash('blake2b512').update(readFileSync(path)).digest('hex');
}
