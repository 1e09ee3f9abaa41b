import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { add, type Ext, multiply, one, subtract, zero } from '../../base/extension.ts';
import { P } from '../../base/field.ts';
import {
  addForms,
  constantForm,
  type Form,
  FormSum,
  isConstant,
  multiplyForms,
  scaleForm,
  subtractForms,
  zeroForm,
} from './forms.ts';

const cell = fc.integer({ min: 0, max: P - 1 });
const element: fc.Arbitrary<Ext> = fc.tuple(cell, cell, cell, cell);
const padCount = 4;
const form: fc.Arbitrary<Form> = fc
  .tuple(element, fc.array(fc.tuple(fc.nat(padCount - 1), element), { maxLength: 3 }))
  .map(([constant, pads]) => ({ constant, pads: new Map(pads) }));
const assignment = fc.array(element, { minLength: padCount, maxLength: padCount });

/** The value of a form once its pads are known. */
function value(form: Form, pads: (pad: number) => Ext): Ext {
  return [...form.pads].reduce((total, [pad, weight]) => add(total, multiply(weight, pads(pad))), form.constant);
}

describe('forms', () => {
  it('a sum in the making is the sum of its scaled forms', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(form, element)), form, assignment, (scaled, last, pads) => {
        const sum = new FormSum();
        for (const [each, factor] of scaled) sum.add(each, factor);
        sum.add(last);
        const of = (f: Form): Ext => value(f, (pad) => pads[pad] as Ext);
        expect(of(sum.form())).toEqual(
          scaled.reduce((total, [each, factor]) => add(total, multiply(of(each), factor)), of(last)),
        );
      }),
      { numRuns: 100, seed: 5 },
    );
  });

  it('add, subtract and scale like their values', () => {
    fc.assert(
      fc.property(form, form, form, element, assignment, (a, b, c, factor, pads) => {
        const of = (f: Form): Ext => value(f, (pad) => pads[pad] as Ext);
        expect(of(addForms(a, b, c))).toEqual(add(of(a), add(of(b), of(c))));
        expect(of(subtractForms(a, b))).toEqual(subtract(of(a), of(b)));
        expect(of(scaleForm(a, factor))).toEqual(multiply(of(a), factor));
      }),
      { numRuns: 200, seed: 1 },
    );
  });

  it('adding does not change the terms', () => {
    const a: Form = { constant: one, pads: new Map([[0, one]]) };
    const b: Form = { constant: one, pads: new Map([[0, one]]) };
    addForms(a, b);
    expect(a.pads.get(0)).toEqual([...one]);
    expect(addForms()).toEqual(zeroForm);
  });

  it('two messages multiply to the product of their values, given the committed product of their pads', () => {
    const message = fc.tuple(element, element);
    fc.assert(
      fc.property(message, message, ([x, padX], [y, padY]) => {
        const a: Form = { constant: subtract(x, padX), pads: new Map([[0, one]]) };
        const b: Form = { constant: subtract(y, padY), pads: new Map([[1, one]]) };
        const pads = [padX, padY, multiply(padX, padY)];
        expect(value(multiplyForms(a, b, 2), (pad) => pads[pad] as Ext)).toEqual(multiply(x, y));
      }),
      { numRuns: 200, seed: 2 },
    );
  });

  it('a message squared needs one pad and its committed square', () => {
    fc.assert(
      fc.property(element, element, (x, pad) => {
        const a: Form = { constant: subtract(x, pad), pads: new Map([[0, one]]) };
        const pads = [pad, multiply(pad, pad)];
        expect(value(multiplyForms(a, a, 1), (id) => pads[id] as Ext)).toEqual(multiply(x, x));
      }),
      { numRuns: 100, seed: 3 },
    );
  });

  it('a product with a constant needs no committed cell', () => {
    fc.assert(
      fc.property(form, element, assignment, (a, factor, pads) => {
        const product = multiplyForms(a, constantForm(factor), 99);
        expect(product.pads.has(99)).toBe(false);
        expect(value(product, (pad) => pads[pad] as Ext)).toEqual(
          multiply(
            value(a, (pad) => pads[pad] as Ext),
            factor,
          ),
        );
        expect(multiplyForms(constantForm(factor), constantForm(factor), 99)).toEqual(
          constantForm(multiply(factor, factor)),
        );
      }),
      { numRuns: 100, seed: 4 },
    );
  });

  it('are constant exactly when no pad has weight', () => {
    expect(isConstant(constantForm(one))).toBe(true);
    expect(isConstant({ constant: one, pads: new Map([[3, zero]]) })).toBe(true);
    const padded: Form = { constant: one, pads: new Map([[3, one]]) };
    expect(isConstant(padded)).toBe(false);
    expect(isConstant(subtractForms(padded, padded))).toBe(true);
  });
});
