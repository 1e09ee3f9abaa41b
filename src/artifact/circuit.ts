/**
 * Circuit: the relations a trace must satisfy, derived from the quantized model alone. Its digest identifies the model.
 *
 * A circuit speaks of *wires* (integer tensors) and *gadgets* (relations between them). It knows nothing of a proof
 * system; every backend implements the gadgets in its own way.
 *
 * Indices: a gadget ranges over a *box* [0, n₁) × … × [0, n_k); its axes are numbered from 0, row-major. Reading a wire
 * outside its own sizes gives 0.
 */
import type { Interval, Shape } from '../base/tensor.ts';
import type { Port } from './quant-graph.ts';

export type WireId = number;
export type AccumulatorId = number;
export type TableId = number;

/**
 * Who knows a wire's integers: the prover alone, everybody through the statement, or everybody through the circuit.
 * `committed` wires are the prover's as well, but bound to a published commitment that other proofs can refer to.
 */
export type WireRole = 'witness' | 'public' | 'constant' | 'committed';

export type Wire = {
  readonly name: string;
  readonly role: WireRole;
  readonly sizes: Shape;
  /** For `public` wires the range the verifier checks; for the others the range that follows from the gadgets. */
  readonly interval: Interval;
  /** Present for `constant` wires. */
  readonly data: Int32Array | null;
  /** Present for `committed` wires: the name of the matrix that holds the wire, the thing one commitment is made to. */
  readonly matrix?: string;
};

/**
 * Index of one wire dimension as a function of the box: stride·x[axis] + offset; a fixed index; or any function of some
 * axes, listed over their box in row-major order, −1 standing for no index (the view is 0 there).
 */
export type AxisMap =
  | { readonly kind: 'axis'; readonly axis: number; readonly stride: number; readonly offset: number }
  | { readonly kind: 'fixed'; readonly index: number }
  | { readonly kind: 'listed'; readonly axes: readonly number[]; readonly indices: Int32Array };

/** A wire read through an index map; one entry per wire dimension. Axes that no entry names are broadcast. */
export type View = { readonly wire: WireId; readonly map: readonly AxisMap[] };

export type Term = { readonly coefficient: number; readonly view: View };

/** constant + Σ coefficient · wire[view] + Σ accumulators, over the gadget's box. Accumulators are read at the box's own index. */
export type Expression = {
  readonly constant: number;
  readonly terms: readonly Term[];
  readonly accumulators: readonly AccumulatorId[];
};

/**
 * Index of one operand dimension in a contraction, from output axes o and reduction axes r:
 * o[axis]; r[axis]; a window stride·o[axis] + dilation·r[reduce] − pad; or a fixed index.
 */
export type OperandMap =
  | { readonly kind: 'output'; readonly axis: number }
  | { readonly kind: 'reduce'; readonly axis: number }
  | {
      readonly kind: 'window';
      readonly axis: number;
      readonly reduce: number;
      readonly stride: number;
      readonly dilation: number;
      readonly pad: number;
    }
  | { readonly kind: 'fixed'; readonly index: number };

/** (wire − zero) inside the wire's sizes and 0 outside. */
export type Operand = { readonly wire: WireId; readonly zero: number; readonly map: readonly OperandMap[] };

/** acc[o] = Σ_r left(o, r) · right(o, r) over the box of r. The accumulator is virtual: an intermediate, never a wire. */
export type ContractGadget = {
  readonly kind: 'contract';
  readonly name: string;
  readonly box: Shape;
  readonly reduce: Shape;
  readonly accumulator: AccumulatorId;
  readonly left: Operand;
  readonly right: Operand;
};

/**
 * A monotone step function on [low, high]: value values[i] on [starts[i], starts[i+1]), the last run ending at `high`.
 * starts[0] = low, starts strictly increase, neighbouring values differ.
 */
export type StepFunction = { readonly high: number; readonly starts: Int32Array; readonly values: Int32Array };

/** output = functions[class](input) over the box; the output wire has exactly the box's sizes. */
export type StepGadget = {
  readonly kind: 'step';
  readonly name: string;
  readonly box: Shape;
  readonly input: Expression;
  readonly output: WireId;
  /** Constant wire that selects the function per box cell; null when there is one function. */
  readonly classes: View | null;
  readonly functions: readonly StepFunction[];
};

/** A function given by its rows: columns of equal length, the last one the value. Rows are distinct. */
export type Table = { readonly name: string; readonly columns: readonly Int32Array[] };

/** (inputs…, output) is a row of the table, over the box; the output wire has exactly the box's sizes. */
export type TableGadget = {
  readonly kind: 'table';
  readonly name: string;
  readonly box: Shape;
  readonly table: TableId;
  readonly inputs: readonly Expression[];
  readonly output: WireId;
};

/** output = max(left, right) over the box, where |left − right| ≤ 255 whatever the witness. */
export type MaximumGadget = {
  readonly kind: 'maximum';
  readonly name: string;
  readonly box: Shape;
  readonly left: Expression;
  readonly right: Expression;
  readonly output: WireId;
};

/** low ≤ wire ≤ high on all its cells. */
export type RangeGadget = {
  readonly kind: 'range';
  readonly name: string;
  readonly wire: WireId;
  readonly low: number;
  readonly high: number;
};

/**
 * output = input over the box. The output wire has the box's sizes, or has one dimension where the box has a run of
 * consecutive axes (of that product): both are the same cells in row-major order.
 */
export type LinearGadget = {
  readonly kind: 'linear';
  readonly name: string;
  readonly box: Shape;
  readonly input: Expression;
  readonly output: WireId;
};

export type Gadget = ContractGadget | StepGadget | TableGadget | MaximumGadget | RangeGadget | LinearGadget;

/** A port of the model and the wire that carries its integers; the wire's role says who learns them. */
export type CircuitPort = Port & { readonly wire: WireId };

export type Circuit = {
  readonly name: string;
  /** Integer semantics, see `quant-graph.ts`. */
  readonly profile: string;
  readonly inputs: readonly CircuitPort[];
  readonly outputs: readonly CircuitPort[];
  readonly wires: readonly Wire[];
  readonly tables: readonly Table[];
  /** In evaluation order: a gadget reads only constants, inputs and outputs of earlier gadgets. */
  readonly gadgets: readonly Gadget[];
};
