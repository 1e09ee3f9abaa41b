import { describe, expect, it } from 'vitest';
import { everyGadget } from '../../../test/support/circuits.ts';
import { ProvennError } from '../../base/errors.ts';
import { add, at, type Ext, fromBase, multiply, negate, one, zero } from '../../base/extension.ts';
import { batchClaims, ClaimBook, type LinearClaim } from './claims.ts';
import { addForms, constantForm, maskedForm } from './forms.ts';
import type { Kernel } from './kernel-vectors.ts';
import { lower } from './lower.ts';
import { productElement, withMask } from './mask.ts';
import type { Mask, PadProduct } from './system.ts';

const system = lower(everyGadget().circuit, 8);
const publicId = system.tensors.findIndex(({ name }) => name === 'scores');
const committedId = system.tensors.findIndex(({ name }) => name === 'conv:out');
const values = [3, 1, 4, 1];

function bookOf(): { readonly book: ClaimBook; readonly violated: string[] } {
  const violated: string[] = [];
  const book = new ClaimBook(
    system,
    (tensor) => (tensor === publicId ? values : null),
    (what) => violated.push(what),
  );
  return { book, violated };
}

const pick = (index: number): Kernel => ({ kind: 'point', index });
const minus = (n: number): Ext => negate(fromBase(n));

describe('ClaimBook', () => {
  it('judges claims over public tensors at once, and they take no number', () => {
    const { book, violated } = bookOf();
    const term = (index: number, coefficient = one) => [{ coefficient, tensor: publicId, kernels: [pick(index)] }];
    book.assertZero(constantForm(minus(4)), term(2), 'true');
    book.assertZero(constantForm(minus(8)), term(2, fromBase(2)), 'true as well');
    expect([book.claims, violated]).toEqual([[], []]);
    book.assertZero(constantForm(minus(5)), term(2), 'false');
    book.assertZero(constantForm(one), [], 'one is not zero');
    expect([book.claims, violated]).toEqual([[], ['false', 'one is not zero']]);
  });

  it('keeps claims over committed tensors, public parts folded into the constant', () => {
    const { book, violated } = bookOf();
    const hidden = { coefficient: fromBase(7), tensor: committedId, kernels: [pick(0), pick(0), pick(0)] };
    const known = { coefficient: fromBase(10), tensor: publicId, kernels: [pick(0)] };
    book.assertZero(constantForm(fromBase(5)), [known, hidden], 'mixed');
    expect(book.claims).toEqual([{ form: constantForm(fromBase(35)), terms: [hidden] }]);
    expect(violated).toEqual([]);
  });

  it('keeps a claim that only depends on pads', () => {
    const { book, violated } = bookOf();
    const form = { constant: zero, pads: new Map([[0, one]]) };
    book.assertZero(form, [], 'masked');
    expect(book.claims).toEqual([{ form, terms: [] }]);
    expect(violated).toEqual([]);
  });

  it('gives every product of masked messages the element of the plan, and no other order', () => {
    const masked = withMask(system, 9);
    const { plan } = masked.mask as Mask;
    const book = new ClaimBook(
      masked,
      () => null,
      () => {},
    );
    const message = (pad: number) => maskedForm(zero, pad);
    const products = plan.products.map(([left, right], v) => {
      expect([...book.multiply(message(left), message(right)).pads.keys()]).toContain(productElement(plan, v + 1));
      return productElement(plan, v + 1);
    });
    expect(new Set(products).size).toBe(plan.products.length);
    expect(Math.max(...products) + plan.products.length + 1).toBe(plan.elements);
    const again = new ClaimBook(
      masked,
      () => null,
      () => {},
    );
    const [left, right] = plan.products[1] as PadProduct;
    expect(() => again.multiply(message(left), message(right))).toThrow(ProvennError);
    const sum = addForms(message(0), message(3));
    expect(() => again.multiply(sum, message(3))).toThrow(ProvennError);
  });
});

describe('batchClaims', () => {
  it('multiplies claim j by ω^j: constants and every term', () => {
    const omega: Ext = [5, 6, 7, 8];
    const term = (n: number) => ({ coefficient: fromBase(n), tensor: committedId, kernels: [] });
    const claims: LinearClaim[] = [
      { form: constantForm(fromBase(2)), terms: [term(3)] },
      { form: constantForm(zero), terms: [] },
      { form: constantForm(fromBase(4)), terms: [term(5), term(6)] },
    ];
    const square = multiply(omega, omega);
    const { terms, value } = batchClaims(system, claims, omega);
    expect(value).toEqual(negate(add(fromBase(2), multiply(square, fromBase(4)))));
    expect(terms.map(({ coefficient }) => coefficient)).toEqual([
      [3, 0, 0, 0],
      multiply(square, fromBase(5)),
      multiply(square, fromBase(6)),
    ]);
  });

  it('gathers the weights of a pad from all claims, coordinate q of its element weighing θ^q', () => {
    const masked = withMask(system, 9);
    const omega: Ext = [5, 6, 7, 8];
    const claims: LinearClaim[] = [
      { form: { constant: zero, pads: new Map([[3, fromBase(2)]]) }, terms: [] },
      { form: { constant: zero, pads: new Map([[3, fromBase(4)]]) }, terms: [] },
    ];
    const [term] = batchClaims(masked, claims, omega).terms;
    const weight = add(fromBase(2), multiply(omega, fromBase(4)));
    const kernel = term?.kernels[0] as Kernel & { kind: 'vector' };
    expect(term?.tensor).toBe(masked.mask?.pads);
    [0, 1, 2, 3].forEach((q) => {
      const power = [0, 1, 2, 3].map((i) => Number(i === q)) as unknown as Ext;
      expect(at(kernel.values, 12 + q)).toEqual(multiply(weight, power));
    });
    expect(kernel.values.filter((value) => value !== 0).length).toBeLessThanOrEqual(16);
  });
});
