import { describe, expect, it } from 'vitest';
import { everyGadget } from '../../../test/support/circuits.ts';
import { add, type Ext, fromBase, multiply, negate, one, zero } from '../../base/extension.ts';
import { batchClaims, ClaimBook, type LinearClaim } from './claims.ts';
import { constantForm } from './forms.ts';
import type { Kernel } from './kernel-vectors.ts';
import { lower } from './lower.ts';

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

  it('numbers the products of masked messages apart', () => {
    const { book } = bookOf();
    const a = { constant: zero, pads: new Map([[100, one]]) };
    const b = { constant: zero, pads: new Map([[101, one]]) };
    const [first, second] = [book.multiply(a, b), book.multiply(a, b)];
    const products = [first, second].map(({ pads }) => [...pads].filter(([pad]) => pad < 100).map(([pad]) => pad));
    expect(products[0]).toHaveLength(1);
    expect(products[0]).not.toEqual(products[1]);
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
    const { terms, value } = batchClaims(claims, omega);
    expect(value.constant).toEqual(add(fromBase(2), multiply(square, fromBase(4))));
    expect(terms.map(({ coefficient }) => coefficient)).toEqual([
      [3, 0, 0, 0],
      multiply(square, fromBase(5)),
      multiply(square, fromBase(6)),
    ]);
  });
});
