/**
 * QuantGraph: a network of exact integer operators, normalised from QOperator or QDQ models.
 *
 * It has no floats in flight: every tensor is u8, s8 or s32; scales live in node attributes as float32 values. The same
 * node kinds serve both ONNX spellings, so that everything after `quantize/` sees one language.
 */

import type { Json } from '../base/canonical-json.ts';
import type { Dtype, IntTensor, Shape } from '../base/tensor.ts';

/** Names the integer semantics; part of the circuit's identity. */
export const profile = 'onnxruntime-x86-vnni/1';

/** How a float port of the ONNX model meets the integer tensor behind it: q = clip(rhe(x / scale) + zeroPoint). */
export type Quantization = { readonly scale: number; readonly zeroPoint: number };

/** One graph input or output as the outside world names it. */
export type Port = {
  readonly name: string;
  /** The integer tensor behind the port. */
  readonly tensor: string;
  readonly dims: Shape;
  readonly dtype: Dtype;
  /** Present when the port of the ONNX model is float32. */
  readonly quantization: Quantization | null;
};

export type QuantTensor = { readonly name: string; readonly dtype: Dtype; readonly dims: Shape };

export type QuantNode = {
  readonly name: string;
  /** Registry name of the operator, for instance `QLinearConv`. */
  readonly op: string;
  /** Activation or constant tensor names; the op's folder documents the order. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Checked attributes of the op, canonical JSON; float32 values are written as the numbers they are. */
  readonly attrs: Json;
};

export type QuantGraph = {
  readonly name: string;
  readonly profile: string;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  /** Every activation tensor, graph inputs included, in order of production. */
  readonly tensors: readonly QuantTensor[];
  /** Weights, biases and other constant integers by name. */
  readonly constants: ReadonlyMap<string, IntTensor>;
  /** Topologically ordered. */
  readonly nodes: readonly QuantNode[];
};
