/**
 * Values as the verifier knows them: affine forms const + Σ coefficient · pad. Without masking a form is its constant.
 *
 * A masked prover would send x − π for a one-time pad π in the commitment, and the verifier would compute with the form
 * (x − π) + π. All checks of the protocol are written on forms, so that masking concerns the prover alone.
 */
import { add, type Ext, isZero, multiply, negate, zero } from '../../base/extension.ts';

export type Form = { readonly constant: Ext; readonly pads: ReadonlyMap<number, Ext> };

const noPads: ReadonlyMap<number, Ext> = new Map();

export function constantForm(constant: Ext): Form {
  return { constant, pads: noPads };
}

export const zeroForm: Form = constantForm(zero);

function mergePads(a: ReadonlyMap<number, Ext>, b: ReadonlyMap<number, Ext>): ReadonlyMap<number, Ext> {
  if (a.size === 0) return b;
  if (b.size === 0) return a;
  const out = new Map(a);
  for (const [pad, coefficient] of b) out.set(pad, add(out.get(pad) ?? zero, coefficient));
  return out;
}

export function addForms(...forms: readonly Form[]): Form {
  return forms.reduce((a, b) => ({ constant: add(a.constant, b.constant), pads: mergePads(a.pads, b.pads) }), zeroForm);
}

export function scaleForm(form: Form, factor: Ext): Form {
  const pads =
    form.pads.size === 0
      ? noPads
      : new Map([...form.pads].map(([pad, coefficient]) => [pad, multiply(coefficient, factor)]));
  return { constant: multiply(form.constant, factor), pads };
}

export function subtractForms(a: Form, b: Form): Form {
  return addForms(a, {
    constant: negate(b.constant),
    pads: new Map([...b.pads].map(([pad, coefficient]) => [pad, negate(coefficient)])),
  });
}

/** True when the form says nothing about committed pads: it can be judged at once. */
export function isConstant(form: Form): boolean {
  return [...form.pads.values()].every(isZero);
}

/** (a + π_i)(b + π_j) = ab + aπ_j + bπ_i + π_iπ_j, the last product being the committed cell `product`. */
export function multiplyForms(a: Form, b: Form, product: number): Form {
  const both = a.pads.size > 0 && b.pads.size > 0;
  const cross = addForms(
    { constant: zero, pads: scaleForm(b, a.constant).pads },
    { constant: zero, pads: scaleForm(a, b.constant).pads },
    { constant: zero, pads: both ? new Map([[product, [1, 0, 0, 0] as Ext]]) : noPads },
  );
  return { constant: multiply(a.constant, b.constant), pads: cross.pads };
}
