/**
 * Products of pads, proven with three linear claims (a fully linear PCP: Boneh, Boyle, Corrigan-Gibbs, Gilboa, Ishai,
 * CRYPTO 2019). A and B interpolate the left and right pads at 1 … n and fresh random values at 0; the pad block holds the
 * values of A·B at 0 … 2n. At a random ζ the values of A, B and A·B must agree with the committed ones: a false product
 * makes two different polynomials of degree 2n, which agree at ζ with probability at most 2n/|E|.
 */
import { type Ext, isZero, multiply, one, scale, subtract } from '../../base/extension.ts';
import { inv, mul, neg } from '../../base/field.ts';
import { Rejected, type VerifierChannel } from './channel.ts';
import type { ClaimBook } from './claims.ts';
import { constantForm, subtractForms, weighedPads } from './forms.ts';
import { productElement, randomFactors } from './mask.ts';
import type { MaskPlan } from './system.ts';

/** Π_{k ≠ i} (i − k)⁻¹ over the nodes 0 … count − 1: (−1)^(count − 1 − i) / (i! · (count − 1 − i)!). */
function nodeWeights(count: number): number[] {
  const factorials = [1];
  for (let i = 1; i < count; i++) factorials.push(mul(factorials[i - 1] as number, i));
  const inverses = [inv(factorials[count - 1] as number)];
  for (let i = count - 1; i > 0; i--) inverses.push(mul(inverses.at(-1) as number, i));
  inverses.reverse();
  return factorials.map((_, i) => {
    const weight = mul(inverses[i] as number, inverses[count - 1 - i] as number);
    return (count - 1 - i) % 2 === 0 ? weight : neg(weight);
  });
}

/** Lagrange coefficients at x for the nodes 0 … count − 1; null when x is one of them. */
export function lagrangeAt(x: Ext, count: number): Ext[] | null {
  const gaps = Array.from({ length: count }, (_, node) => subtract(x, [node, 0, 0, 0]));
  if (gaps.some(isZero)) return null;
  // Π_{k ≠ i} (x − k), from the products of the gaps before and after i.
  const before = [one];
  for (const gap of gaps) before.push(multiply(before.at(-1) as Ext, gap));
  let after = one;
  const weights = nodeWeights(count);
  const out: Ext[] = [];
  for (let i = count - 1; i >= 0; i--) {
    out[i] = scale(multiply(before[i] as Ext, after), weights[i] as number);
    after = multiply(after, gaps[i] as Ext);
  }
  return out;
}

/** Elements of the pad block that A, B and A·B interpolate, from the node 0 on. */
export function interpolatedElements(plan: MaskPlan): {
  readonly left: readonly number[];
  readonly right: readonly number[];
  readonly values: readonly number[];
} {
  const [a0, b0] = randomFactors(plan);
  return {
    left: [a0, ...plan.products.map(([left]) => left)],
    right: [b0, ...plan.products.map(([, right]) => right)],
    values: Array.from({ length: 2 * plan.products.length + 1 }, (_, v) => productElement(plan, v)),
  };
}

/** Step 7: draws ζ, receives A(ζ) and B(ζ), and claims the three interpolations. */
export function walkProducts(channel: VerifierChannel, book: ClaimBook, plan: MaskPlan): void {
  channel.begin(7);
  const zeta = channel.drawOne();
  const [a, b] = [channel.receive(), channel.receive()];
  const short = lagrangeAt(zeta, plan.products.length + 1);
  const long = lagrangeAt(zeta, 2 * plan.products.length + 1);
  if (short === null || long === null) throw new Rejected('relation', 'A challenge is an interpolation node.');
  const { left, right, values } = interpolatedElements(plan);
  const claim = (elements: readonly number[], weights: readonly Ext[], value: Ext, what: string): void =>
    book.assertZero(subtractForms(weighedPads(elements, weights), constantForm(value)), [], what);
  claim(left, short, a, 'the left factors of the products of pads');
  claim(right, short, b, 'the right factors of the products of pads');
  claim(values, long, multiply(a, b), 'the products of pads');
}
