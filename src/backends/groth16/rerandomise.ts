/**
 * A proof made into another of the same statement, uniform among them. The points of a proving key come from its maker, who may
 * have left out the blinding: such proofs verify, and tell those who made the key about the witness. What the prover
 * publishes must hide it under any key.
 *
 * For t, u ≠ 0: A/t, t·B + t·u·δ, C + u·A. Sound: e(A, B) gains e(A, u·δ), which is what e(C, δ) gains. Hiding: 1/t makes A any
 * point, u makes B any point, and the equation leaves one C for the two. Only δ of the verifying key is read.
 */
import { invariant } from '../../base/errors.ts';
import { addPoints, field1, field2, multiplyPoint } from './bn254.ts';
import type { Groth16Key } from './config.ts';
import { invert, R } from './prime-field.ts';
import type { Groth16Proof } from './proof.ts';

/** Uniform elements other than 0, fresh for every proof. */
export type Blinding = { readonly t: bigint; readonly u: bigint };

/** The proof that the blinding makes of one whose points lie in their groups, none at infinity. */
export function rerandomise(
  { a, b, c }: Groth16Proof,
  { delta }: Pick<Groth16Key, 'delta'>,
  { t, u }: Blinding,
): Groth16Proof {
  const moved = {
    a: multiplyPoint(field1, a, invert(t)),
    b: addPoints(field2, multiplyPoint(field2, b, t), multiplyPoint(field2, delta, (t * u) % R)),
    c: addPoints(field1, c, multiplyPoint(field1, a, u)),
  };
  const { a: first, b: second, c: third } = moved;
  // Two in 2^254 blindings, whatever the proof.
  invariant(first !== null && second !== null && third !== null, 'a blinded point is the one at infinity');
  return { a: first, b: second, c: third };
}
