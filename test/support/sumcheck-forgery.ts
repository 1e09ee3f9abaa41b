/** Forging one sumcheck round by a prover that knows the round's challenge: two messages change, the claim after it does not. */
import { interpolate } from '../../src/backends/transparent/polynomials.ts';
import { inverseOf } from '../../src/backends/transparent/relations.ts';
import { ByteReader, ByteWriter } from '../../src/base/bytes.ts';
import { add, type Ext, inverse, multiply, negate, one, subtract, zero } from '../../src/base/extension.ts';
import type { Round } from './proof-map.ts';

/** Change of the claim after a round per unit of its first and of its second message. */
function influence(round: Round): readonly [Ext, Ext] {
  const { challenge: z } = round;
  if (round.kind === 'layer') {
    // The claim is (1 − z)g(0) + z·g(1) + z(z − 1)g(∞), with g(1) = (C − (1 − ρ)g(0)) / ρ.
    const slope = multiply(multiply(z, subtract(one, round.rho)), inverse(round.rho));
    return [subtract(subtract(one, z), slope), multiply(z, subtract(z, one))];
  }
  // The claim interpolates h(0), C − h(0), h(2), … at z.
  const weight = (node: number): Ext =>
    interpolate(
      Array.from({ length: round.degree + 1 }, (_, i) => (i === node ? one : zero)),
      z,
      inverseOf,
    );
  return [subtract(weight(0), weight(1)), weight(2)];
}

function elementAt(body: Uint8Array, at: number): Ext {
  const [a, b, c, d] = new ByteReader(body.subarray(at, at + 16)).words(4);
  return [a as number, b as number, c as number, d as number];
}

/** The body with one added to a round's first message and the second one changed so that the claim stays. */
export function compensation(body: Uint8Array, round: Round): Uint8Array {
  const [byFirst, bySecond] = influence(round);
  const changes: readonly (readonly [number, Ext])[] = [
    [round.first.from, one],
    [round.second.from, negate(multiply(byFirst, inverse(bySecond)))],
  ];
  const forged = body.slice();
  for (const [at, change] of changes) forged.set(new ByteWriter().words(add(elementAt(body, at), change)).finish(), at);
  return forged;
}
