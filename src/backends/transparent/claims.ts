/** Linear claims: constant + Σ coefficient·⟨φ, tensor⟩ = 0. Everything the protocol reduces to, before they become one. */
import { add, type Ext, isZero, multiply, one } from '../../base/extension.ts';
import { addForms, constantForm, type Form, isConstant, multiplyForms } from './forms.ts';
import { type Kernel, publicInnerProduct } from './kernel-vectors.ts';
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

  /** Product of two messages; each product of a proof has its own number. */
  multiply(a: Form, b: Form): Form {
    this.products += 1;
    return multiplyForms(a, b, this.products);
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

/** ω⁰, ω¹, …: claim number j is multiplied by ω^j. */
export function batchClaims(
  claims: readonly LinearClaim[],
  omega: Ext,
): { readonly terms: ClaimTerm[]; readonly value: Form } {
  let power = one;
  let constant: Ext = [0, 0, 0, 0];
  const terms: ClaimTerm[] = [];
  for (const claim of claims) {
    constant = add(constant, multiply(power, claim.form.constant));
    for (const term of claim.terms) terms.push({ ...term, coefficient: multiply(power, term.coefficient) });
    power = multiply(power, omega);
  }
  return { terms, value: constantForm(constant) };
}
