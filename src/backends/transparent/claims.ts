/** Linear claims: constant + Σ coefficient·⟨φ, tensor⟩ = 0. Everything the protocol reduces to, before they become one. */
import { invariant } from '../../base/errors.ts';
import { add, type Ext, equal, isZero, multiply, negate, one, put, zero } from '../../base/extension.ts';
import { addForms, constantForm, type Form, isConstant, multiplyForms } from './forms.ts';
import { type Kernel, publicInnerProduct } from './kernel-vectors.ts';
import { productElement } from './mask.ts';
import type { System, SystemTensor, TensorId } from './system.ts';

export type ClaimTerm = { readonly coefficient: Ext; readonly tensor: TensorId; readonly kernels: readonly Kernel[] };

export type LinearClaim = { readonly form: Form; readonly terms: readonly ClaimTerm[] };

/** Integers of the tensors the verifier knows: constants and statement; null for committed ones. */
export type PublicData = (tensor: TensorId) => ArrayLike<number> | null;

/** Collects claims in order; terms over public tensors are evaluated at once. */
export class ClaimBook {
  readonly claims: LinearClaim[] = [];
  private readonly system: System;
  private readonly publicData: PublicData;
  private readonly onViolation: (what: string) => void;
  private products = 0;

  /** `onViolation` is told of claims without any committed part that are false. */
  constructor(system: System, publicData: PublicData, onViolation: (what: string) => void) {
    this.system = system;
    this.publicData = publicData;
    this.onViolation = onViolation;
  }

  /** ⟨φ, tensor⟩ when the tensor is public. */
  valueOf(tensor: TensorId, kernels: readonly Kernel[]): Ext | null {
    const data = this.publicData(tensor);
    return data === null
      ? null
      : publicInnerProduct(data, (this.system.tensors[tensor] as SystemTensor).sizes, kernels);
  }

  /** Product of two messages. When both are masked, the product of their pads is a committed element of its own. */
  multiply(a: Form, b: Form): Form {
    const { mask } = this.system;
    if (mask === null || a.pads.size === 0 || b.pads.size === 0) return multiplyForms(a, b, -1);
    const [left, right] = mask.plan.products[this.products++] ?? [];
    invariant(solePad(a) === left && solePad(b) === right, 'products are taken in the order of the plan');
    return multiplyForms(a, b, productElement(mask.plan, this.products));
  }

  /** Claims form + Σ terms = 0. A claim without committed part is judged at once and takes no number. */
  assertZero(form: Form, terms: readonly ClaimTerm[], what: string): void {
    let total = form;
    const committed: ClaimTerm[] = [];
    for (const term of terms) {
      const value = this.valueOf(term.tensor, term.kernels);
      if (value === null) committed.push(term);
      else total = addForms(total, constantForm(multiply(term.coefficient, value)));
    }
    if (committed.length > 0 || !isConstant(total)) this.claims.push({ form: total, terms: committed });
    else if (!isZero(total.constant)) this.onViolation(what);
  }
}

/** The pad of a form that is one message. */
function solePad(form: Form): number {
  const [entry, ...others] = [...form.pads];
  invariant(entry !== undefined && others.length === 0 && equal(entry[1], one), 'only messages are multiplied');
  return entry[0];
}

const powersOfTheta: readonly Ext[] = [one, [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]];

/** Weights on elements of the pad block as weights on its cells: coordinate q of an element stands for θ^q. */
function padTerms(system: System, weights: ReadonlyMap<number, Ext>): ClaimTerm[] {
  const { mask } = system;
  if (mask === null) return [];
  const values = new Uint32Array(16 * mask.plan.elements);
  for (const [element, weight] of weights)
    powersOfTheta.forEach((power, q) => put(values, 4 * element + q, multiply(weight, power)));
  return [{ coefficient: one, tensor: mask.pads, kernels: [{ kind: 'vector', values }] }];
}

/** Claim number j is multiplied by ω^j; what is left is one claim Σ terms = value. */
export function batchClaims(
  system: System,
  claims: readonly LinearClaim[],
  omega: Ext,
): { readonly terms: ClaimTerm[]; readonly value: Ext } {
  let power = one;
  let constant = zero;
  const terms: ClaimTerm[] = [];
  const pads = new Map<number, Ext>();
  for (const claim of claims) {
    constant = add(constant, multiply(power, claim.form.constant));
    for (const [pad, coefficient] of claim.form.pads)
      pads.set(pad, add(pads.get(pad) ?? zero, multiply(power, coefficient)));
    for (const term of claim.terms) terms.push({ ...term, coefficient: multiply(power, term.coefficient) });
    power = multiply(power, omega);
  }
  return { terms: [...terms, ...padTerms(system, pads)], value: negate(constant) };
}
