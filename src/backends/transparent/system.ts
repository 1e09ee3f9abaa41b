/**
 * System: a circuit lowered to what the transparent protocol proves: tensors, lookups into tables, contractions and
 * linear relations. Derived by prover and verifier alike from the key, never sent.
 */
import type { Circuit, ContractGadget, Expression, View } from '../../artifact/circuit.ts';
import { invariant } from '../../base/errors.ts';
import type { Shape } from '../../base/tensor.ts';
import type { Reach } from './gadgets/run-plan.ts';

/** Index into `System.tensors`; the circuit's wires come first, with the same numbers. */
export type TensorId = number;

/** The matrix of everything that one proof commits afresh. */
export const witnessMatrix = '';

/** `committed` tensors are cells of a matrix; the others are known to the verifier. */
export type SystemTensor = {
  readonly name: string;
  readonly sizes: Shape;
  readonly kind: 'committed' | 'statement' | 'constant';
  readonly data: Int32Array | null;
  /** For `committed` tensors the matrix they are cells of: the proof's own, or the name of a long-lived one. */
  readonly matrix: string;
};

/** Public rows; column i of row x belongs to exponent i + 1 of β. */
export type SystemTable = {
  readonly name: string;
  readonly columns: readonly Int32Array[];
  /** Committed tensor that counts how often each row is used. */
  readonly multiplicity: TensorId;
};

/** Every tuple over the box is a row of the table. */
export type SystemLookup = {
  readonly name: string;
  readonly table: number;
  readonly box: Shape;
  readonly tuple: readonly Expression[];
};

/** expression = 0 over the box. */
export type SystemLinear = { readonly name: string; readonly box: Shape; readonly expression: Expression };

/** How a step gadget is realised: by one lookup on the input, by overlapping power-of-two pieces of two scales, or by its runs. */
export type StepPlan =
  | { readonly kind: 'direct'; readonly gadget: number; readonly classBase: number }
  | {
      readonly kind: 'segments';
      readonly gadget: number;
      readonly classBase: number;
      readonly offset: TensorId;
      readonly width: TensorId;
    }
  | {
      readonly kind: 'wide';
      readonly gadget: number;
      readonly classBase: number;
      readonly offset: TensorId;
      readonly width: TensorId;
      readonly height: TensorId;
    }
  | {
      readonly kind: 'runs';
      readonly gadget: number;
      readonly classBase: number;
      readonly before: TensorId;
      readonly after: TensorId;
      readonly reach: (Reach & { readonly strides: TensorId }) | null;
    };

/** A product of two hidden messages, by their numbers. */
export type PadProduct = readonly [left: number, right: number];

/** Elements of the pad block, in order: a pad per hidden message, a₀, b₀, then the values of A·B at 0 … 2·products. */
export type MaskPlan = {
  /** M: hidden messages of a proof. */
  readonly messages: number;
  /** Products the verifier needs, in the order in which it needs them. */
  readonly products: readonly PadProduct[];
  readonly elements: number;
};

export type Mask = { readonly plan: MaskPlan; readonly pads: TensorId; readonly blinding: TensorId };

export type System = {
  readonly circuit: Circuit;
  readonly tensors: readonly SystemTensor[];
  readonly tables: readonly SystemTable[];
  readonly lookups: readonly SystemLookup[];
  readonly linears: readonly SystemLinear[];
  /** Indexed by accumulator id. */
  readonly contractions: readonly ContractGadget[];
  readonly steps: readonly StepPlan[];
  /** h: pieces of a run are at most 2^h wide. */
  readonly pieceBits: number;
  /** Pad block and blinding row; null before the system is masked, and in the core protocol. */
  readonly mask: Mask | null;
  /** J: pieces of long runs in wide steps are 2^J wide; null when there is no wide step. */
  readonly wideBits: number | null;
  /** g: rows of runs have at most 2^g integers; null when no step is stated in runs. */
  readonly runBits: number | null;
};

/** The whole of a tensor over its own box. */
export function whole(tensor: TensorId, sizes: Shape): View {
  return { wire: tensor, map: sizes.map((_, axis) => ({ kind: 'axis', axis, stride: 1, offset: 0 })) };
}

export function constantExpression(constant: number): Expression {
  return { constant, terms: [], accumulators: [] };
}

export function viewExpression(view: View, coefficient = 1): Expression {
  return { constant: 0, terms: [{ coefficient, view }], accumulators: [] };
}

export function sum(a: Expression, b: Expression): Expression {
  return {
    constant: a.constant + b.constant,
    terms: [...a.terms, ...b.terms],
    accumulators: [...a.accumulators, ...b.accumulators],
  };
}

/** a − b. Accumulators have no coefficient, so `b` must have none. */
export function difference(a: Expression, b: Expression): Expression {
  invariant(b.accumulators.length === 0, 'an accumulator cannot be subtracted');
  return sum(a, {
    constant: -b.constant,
    terms: b.terms.map((term) => ({ ...term, coefficient: -term.coefficient })),
    accumulators: [],
  });
}
