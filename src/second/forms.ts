import type { Ext } from './extension.ts';
import * as E from './extension.ts';
import type { Kernel } from './kernels.ts';

/** §7: const + Σ coefficient · pad, where pads are known by their number in the pad block. */
export interface Form {
  readonly constant: Ext;
  readonly pads: ReadonlyMap<number, Ext>;
}

const none: ReadonlyMap<number, Ext> = new Map();

export function known(constant: Ext): Form {
  return { constant, pads: none };
}

export const zero: Form = known(E.ZERO);

export function pad(number: number, constant: Ext = E.ZERO): Form {
  return { constant, pads: new Map([[number, E.ONE]]) };
}

/** Σ coefficient · form. */
export function combine(...terms: readonly (readonly [Ext, Form])[]): Form {
  let constant = E.ZERO;
  const pads = new Map<number, Ext>();
  for (const [coefficient, form] of terms) {
    constant = E.add(constant, E.mul(coefficient, form.constant));
    for (const [number, weight] of form.pads)
      pads.set(number, E.add(pads.get(number) ?? E.ZERO, E.mul(coefficient, weight)));
  }
  return { constant, pads };
}

export function plus(...forms: readonly Form[]): Form {
  return combine(...forms.map((form) => [E.ONE, form] as const));
}

export function minus(a: Form, b: Form): Form {
  return combine([E.ONE, a], [E.negate(E.ONE), b]);
}

export function times(factor: Ext, form: Form): Form {
  return combine([factor, form]);
}

/** coefficient · ⟨⊗ kernels, tensor⟩. */
export interface TensorTerm {
  readonly coefficient: Ext;
  readonly tensor: number;
  readonly kernels: readonly Kernel[];
}

/** form + Σ coefficient · ⟨φ, tensor⟩ = 0. */
export interface Claim {
  readonly form: Form;
  readonly tensors: readonly TensorTerm[];
}
