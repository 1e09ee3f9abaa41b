import { describe, expect, it } from 'vitest';
import { everyGadget, seeded } from '../../../test/support/circuits.ts';
import { ByteReader, ByteWriter } from '../../base/bytes.ts';
import { add, type Ext, equal, fromBase, multiply, one, toVector, zero } from '../../base/extension.ts';
import { P } from '../../base/field.ts';
import { Rejected, VerifierChannel } from './channel.ts';
import { ClaimBook } from './claims.ts';
import type { Form } from './forms.ts';
import { lower } from './lower.ts';
import { withMask } from './mask.ts';
import { interpolateAt, makeNoise } from './noise.ts';
import { interpolatedElements, lagrangeAt, walkProducts } from './products.ts';
import type { Mask } from './system.ts';
import { Transcript } from './transcript.ts';

const random = seeded(31);
const element = (): Ext => [random(0, P - 1), random(0, P - 1), random(0, P - 1), random(0, P - 1)];
const system = withMask(lower(everyGadget().circuit, 8), 9);
const { plan } = system.mask as Mask;
const noise = makeNoise(new Uint8Array(32).fill(1), plan, 600, 9, 11);
const count = plan.products.length;

describe('lagrangeAt', () => {
  it.each([1, 2, 5, 40])('weighs the values of a polynomial at %i nodes to its value anywhere', (nodes) => {
    const coefficients = Array.from({ length: nodes }, element);
    const value = (x: Ext): Ext => coefficients.reduceRight((total, c) => add(multiply(total, x), c), zero);
    const x = element();
    const weights = lagrangeAt(x, nodes) as Ext[];
    const sum = weights.reduce((total, w, i) => add(total, multiply(w, value(fromBase(i)))), zero);
    expect(sum).toEqual(value(x));
    expect(weights.reduce(add, zero)).toEqual(one);
  });

  it('has no weights at a node', () => {
    for (const node of [0, 3, 4]) expect(lagrangeAt(fromBase(node), 5)).toBeNull();
    expect(lagrangeAt(fromBase(5), 5)).not.toBeNull();
  });
});

describe('the pad block', () => {
  it('holds a pad per message, two random factors, and the values of A·B', () => {
    expect(noise.elements).toHaveLength(plan.elements);
    expect(noise.elements.slice(0, plan.messages)).toEqual(noise.pads);
    const { left, right, values } = interpolatedElements(plan);
    values.forEach((id, v) => {
      const [a, b] = [noise.left, noise.right].map((factor) => interpolateAt(factor, fromBase(v))) as [Ext, Ext];
      expect(noise.elements[id]).toEqual(multiply(a, b));
      if (v > count) return;
      const [pad, other] = [noise.elements[left[v] as number], noise.elements[right[v] as number]] as [Ext, Ext];
      expect(noise.elements[id]).toEqual(multiply(pad, other));
    });
  });

  it('names each message once and every product by two messages before it', () => {
    for (const [left, right] of plan.products) {
      expect(left).toBeLessThan(plan.messages);
      expect(right).toBeLessThan(plan.messages);
      expect(left).not.toBe(right);
    }
    expect(new Set(plan.products.map(String)).size).toBe(count);
  });
});

/** The claims of step 7 for two messages and a challenge. */
function claimsFor(a: Ext, b: Ext, zeta: Ext): readonly Form[] {
  const bytes = new ByteWriter().words(toVector([a, b])).finish();
  const transcript = new Transcript();
  transcript.draw = () => [zeta];
  const book = new ClaimBook(
    system,
    () => null,
    () => {},
  );
  walkProducts(new VerifierChannel(transcript, new ByteReader(bytes), true), book, plan);
  return book.claims.map(({ form }) => form);
}

function holds(form: Form, elements: readonly Ext[]): boolean {
  const total = [...form.pads].reduce(
    (sum, [pad, weight]) => add(sum, multiply(weight, elements[pad] as Ext)),
    form.constant,
  );
  return equal(total, zero);
}

describe('walkProducts', () => {
  const zeta = element();
  const [a, b] = [interpolateAt(noise.left, zeta), interpolateAt(noise.right, zeta)];

  it('claims what an honest pad block satisfies', () => {
    expect(claimsFor(a, b, zeta).map((form) => holds(form, noise.elements))).toEqual([true, true, true]);
  });

  it('claims what no false product satisfies, nor a false A(ζ) or B(ζ)', () => {
    const { values } = interpolatedElements(plan);
    for (const id of values) {
      const forged = noise.elements.map((x, i) => (i === id ? add(x, one) : x));
      expect(claimsFor(a, b, zeta).every((form) => holds(form, forged))).toBe(false);
    }
    expect(claimsFor(add(a, one), b, zeta).every((form) => holds(form, noise.elements))).toBe(false);
    expect(claimsFor(a, add(b, one), zeta).every((form) => holds(form, noise.elements))).toBe(false);
  });

  it('rejects a challenge that is a node, where false values would have no weight', () => {
    for (const node of [0, 1, 2 * count]) expect(() => claimsFor(a, b, fromBase(node))).toThrow(Rejected);
  });
});
