/**
 * Values as the verifier knows them: affine forms const + Σ coefficient · pad. In the core protocol a form is its constant.
 *
 * A masked prover sends x − π for a one-time pad π in the commitment, and the verifier computes with the form (x − π) + π.
 * All checks of the protocol are written on forms, so that one verifier serves both protocols.
 */
import { add, type Ext, isZero, multiply, negate, one, zero } from '../../base/extension.ts';

export type Form = { readonly constant: Ext; readonly pads: ReadonlyMap<number, Ext> };

const noPads: ReadonlyMap<number, Ext> = new Map();

export function constantForm(constant: Ext): Form {
  return { constant, pads: noPads };
}

export const zeroForm: Form = constantForm(zero);

/** A message as it was sent, plus its pad. */
export function maskedForm(sent: Ext, pad: number): Form {
  return { constant: sent, pads: new Map([[pad, one]]) };
}

/** One coefficient on each of some pads; a pad that is named twice counts twice. */
export function weighedPads(pads: readonly number[], weights: readonly Ext[]): Form {
  const out = new Map<number, Ext>();
  pads.forEach((pad, i) => out.set(pad, add(out.get(pad) ?? zero, weights[i] as Ext)));
  return { constant: zero, pads: out };
}

export function addForms(...forms: readonly Form[]): Form {
  let constant = zero;
  const pads = new Map<number, Ext>();
  for (const form of forms) {
    constant = add(constant, form.constant);
    for (const [pad, coefficient] of form.pads) pads.set(pad, add(pads.get(pad) ?? zero, coefficient));
  }
  return { constant, pads: pads.size === 0 ? noPads : pads };
}

/** A sum in the making: a form costs its own pads when it is added, and not those of all forms before it. */
export class FormSum {
  private constant = zero;
  private readonly pads = new Map<number, Ext>();

  /** Adds factor · form. */
  add(form: Form, factor: Ext = one): void {
    this.constant = add(this.constant, multiply(factor, form.constant));
    for (const [pad, coefficient] of form.pads)
      this.pads.set(pad, add(this.pads.get(pad) ?? zero, multiply(factor, coefficient)));
  }

  /** The sum; nothing may be added to it afterwards. */
  form(): Form {
    return { constant: this.constant, pads: this.pads };
  }
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

/** (a + π_i)(b + π_j) = ab + aπ_j + bπ_i + π_iπ_j, the last product being the committed element `product`. */
export function multiplyForms(a: Form, b: Form, product: number): Form {
  const both = a.pads.size > 0 && b.pads.size > 0;
  const cross = addForms(
    { constant: zero, pads: scaleForm(b, a.constant).pads },
    { constant: zero, pads: scaleForm(a, b.constant).pads },
    { constant: zero, pads: both ? new Map([[product, [1, 0, 0, 0] as Ext]]) : noPads },
  );
  return { constant: multiply(a.constant, b.constant), pads: cross.pads };
}

/** What one sumcheck round makes of a claim: carry · claim + Σ weight · message. */
export type FoldRound = { readonly carry: Ext; readonly messages: readonly (readonly [Form, Ext])[] };

/**
 * The claim after some rounds. Weights are gathered from the last round back, so that each pad is touched once and not
 * once per round.
 */
export function foldRounds(claim: Form, rounds: readonly FoldRound[]): Form {
  const parts: Form[] = [];
  let later = one;
  for (const { carry, messages } of [...rounds].reverse()) {
    for (const [message, weight] of messages) parts.push(scaleForm(message, multiply(later, weight)));
    later = multiply(later, carry);
  }
  return addForms(scaleForm(claim, later), ...parts);
}
