/** docs/formats.md: what a circuit is made of. */

export type Role = 'witness' | 'public' | 'constant' | 'committed';

export interface Interval {
  readonly low: number;
  readonly high: number;
}

export interface Wire {
  readonly name: string;
  readonly role: Role;
  readonly sizes: readonly number[];
  readonly interval: Interval;
  /** The cells of a constant. */
  readonly cells?: Int32Array;
  /** The name of the matrix of a committed wire. */
  readonly matrix?: string;
}

export interface Port {
  readonly name: string;
  readonly tensor: string;
  readonly dims: readonly number[];
  readonly dtype: number;
  readonly quantized?: { readonly scale: number; readonly zero: number };
  readonly wire: number;
}

/** How one dimension of a wire is indexed by the axes of a box. */
export type ViewMap =
  | { readonly kind: 'axis'; readonly axis: number; readonly stride: number; readonly offset: number }
  | { readonly kind: 'fixed'; readonly index: number }
  | { readonly kind: 'listed'; readonly axes: readonly number[]; readonly indices: Int32Array };

export interface View {
  readonly wire: number;
  readonly maps: readonly ViewMap[];
}

export interface Term {
  readonly coefficient: number;
  readonly view: View;
}

/** constant + Σ coefficient · view + Σ accumulators, cell by cell of a box. */
export interface Expression {
  readonly constant: number;
  readonly terms: readonly Term[];
  readonly accumulators: readonly number[];
}

export type OperandMap =
  | { readonly kind: 'output' | 'reduce'; readonly axis: number }
  | {
      readonly kind: 'window';
      readonly axis: number;
      readonly reduce: number;
      readonly stride: number;
      readonly dilation: number;
      readonly pad: number;
    }
  | { readonly kind: 'fixed'; readonly index: number };

export interface Operand {
  readonly wire: number;
  readonly zero: number;
  readonly maps: readonly OperandMap[];
}

/** y = values[i] on starts[i] … starts[i + 1] − 1, the last run ending at `high`. */
export interface StepFunction {
  readonly high: number;
  readonly starts: Int32Array;
  readonly values: Int32Array;
}

interface Boxed {
  readonly name: string;
  readonly box: readonly number[];
}

export interface Contract extends Boxed {
  readonly kind: 'contract';
  readonly reduce: readonly number[];
  readonly accumulator: number;
  readonly left: Operand;
  readonly right: Operand;
}

export interface Step extends Boxed {
  readonly kind: 'step';
  readonly input: Expression;
  readonly output: number;
  readonly selector?: View;
  readonly functions: readonly StepFunction[];
}

export interface TableGadget extends Boxed {
  readonly kind: 'table';
  readonly table: number;
  readonly inputs: readonly Expression[];
  readonly output: number;
}

export interface Maximum extends Boxed {
  readonly kind: 'maximum';
  readonly left: Expression;
  readonly right: Expression;
  readonly output: number;
}

export interface Range {
  readonly kind: 'range';
  readonly name: string;
  readonly wire: number;
  readonly low: number;
  readonly high: number;
}

export interface Linear extends Boxed {
  readonly kind: 'linear';
  readonly input: Expression;
  readonly output: number;
}

export type Gadget = Contract | Step | TableGadget | Maximum | Range | Linear;

export interface Table {
  readonly name: string;
  readonly columns: readonly Int32Array[];
}

export interface Circuit {
  readonly name: string;
  readonly profile: string;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly wires: readonly Wire[];
  readonly tables: readonly Table[];
  readonly gadgets: readonly Gadget[];
}
