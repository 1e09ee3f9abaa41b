/** The operator contract: one object answers for one operator at every stage of the pipeline. */
import type { Json } from '../base/canonical-json.ts';
import type { Dtype, Interval, IntTensor, Shape } from '../base/tensor.ts';
import type { Builder, Wires } from '../gadgets/builder.ts';

/** Shape and element type of one tensor. */
export type TensorType = { readonly dtype: Dtype; readonly dims: Shape };

/** What an operator may know about an input before any run: its type and, for constants, its value. */
export type OpInput = TensorType & { readonly constant: IntTensor | null };

/** One operator of the integer network, whole. */
export type Op<Attrs extends Json = Json> = {
  /** Registry name. */
  readonly name: string;
  /** Checks attributes read from a file; throws `MODEL_UNSUPPORTED` or `MODEL_INVALID` naming the node. */
  attrs(raw: Json, node: string): Attrs;
  /** Output types; throws when the inputs do not fit the operator. */
  shape(inputs: readonly OpInput[], attrs: Attrs, node: string): readonly TensorType[];
  /** Widest integers each output can hold when inputs hold theirs. */
  bound(inputs: readonly Interval[], attrs: Attrs, types: readonly OpInput[]): readonly Interval[];
  /** THE semantics: exact integers in, exact integers out. */
  run(inputs: readonly IntTensor[], attrs: Attrs): readonly IntTensor[];
  /** The relations that hold exactly when the outputs are `run` of the inputs; returns the output wires. */
  constrain(build: Builder, inputs: readonly Wires[], outputs: readonly OutputSpec[], attrs: Attrs): readonly Wires[];
};

/** What the circuit builder must know about an output it is to produce. */
export type OutputSpec = TensorType & {
  /** Tensor name in the trace: the wire that holds it takes this name. */
  readonly name: string;
};
