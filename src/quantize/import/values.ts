/** What a tensor name of the ONNX model stands for while the importer walks the graph. */
import type { GraphNode, GraphTensor } from '../../artifact/graph.ts';
import type { Dtype, IntTensor, Shape } from '../../base/tensor.ts';
import type { ByteQuantization } from '../formula.ts';

/** An integer activation. Its name stays open until a QuantizeLinear of the model names it, or to the end. */
export type Cell = { name: string; named: boolean; readonly dtype: Dtype; readonly dims: Shape };

/** Any constant of the file, as it stands. */
export type ConstantValue = { readonly kind: 'constant'; readonly name: string; readonly tensor: GraphTensor };

/**
 * Constant integers with scales: float value = (integer − zero) · scale, per tensor (length 1) or along `axis`.
 * Zero points of an int32 bias are kept as they are in the file.
 */
export type ScaledConstant = {
  readonly kind: 'scaled-constant';
  readonly name: string;
  readonly integers: IntTensor;
  readonly scales: readonly number[];
  readonly zeros: readonly number[];
  readonly axis: number;
  /** Whether the file gives a zero point, of the same rank as the scale: onnxruntime fuses no Gemm otherwise. */
  readonly zeroLikeScale: boolean;
};

export type IntegerValue = { readonly kind: 'integer'; readonly cell: Cell };

/**
 * A float tensor each of whose elements is a function of one byte: `floats[byte − lowest]`.
 *
 * `origin` is its quantization as long as the function is plain dequantization. `reachable` tells whether onnxruntime
 * carries the DequantizeLinear to the consumer through the movements in between (Flatten stops it).
 */
export type ByteFunction = {
  readonly kind: 'byte-function';
  readonly cell: Cell;
  readonly floats: Float32Array;
  readonly origin: ByteQuantization | null;
  readonly reachable: boolean;
  /** The DequantizeLinear node, when nothing that does anything lies between it and this value. */
  readonly dequantizer: GraphNode | null;
  /** Whether the floats are 0 and 1 standing for a tensor of booleans. */
  readonly boolean?: boolean;
  readonly label: string;
};

/** Constants of a float operator as classes: element i of `dims`, row-major, is of class `index[i]`, below `count`. */
export type Classes = { readonly dims: Shape; readonly index: Int32Array; readonly count: number };

/**
 * A float tensor each of whose elements is a function of two bytes, or of a byte and a constant:
 * `floats[(left − lowest) · width + (right − lowest)]`, where width is 256, or the number of classes counted from 0.
 */
export type PairFunction = {
  readonly kind: 'pair-function';
  readonly left: Cell;
  readonly right: Cell | Classes;
  readonly dims: Shape;
  readonly floats: Float32Array;
  /** The right byte's slope against the left one's in a rounded sum or difference, else 0. */
  readonly ratio: number;
  /** Whether the floats are 0 and 1 standing for a tensor of booleans. */
  readonly boolean: boolean;
  readonly label: string;
};

/** Floats f32(integer)·scale: an int32 tensor and a float32 scale. */
export type ScaledSums = { readonly cell: Cell; readonly scale: number };

/** A float tensor that only becomes integers at the QuantizeLinear it is waiting for. */
export type PendingValue = {
  readonly kind: 'pending';
  /** The node that computes it, or null for a float input of the model. */
  readonly node: GraphNode | null;
  /** Emits the integer operator for the output quantization. */
  readonly emit: (output: ByteQuantization) => Cell;
  /** Float clip range of Relu and Clip nodes that followed, and the node to blame. */
  readonly clip: { readonly low: number; readonly high: number; readonly node: GraphNode } | null;
  /** Movements that follow, in order. */
  readonly movements: readonly GraphNode[];
  /** Present for a MatMul that an Add of a constant vector turns into a Gemm. */
  readonly withBias: ((bias: ConstantValue) => PendingValue) | null;
  /** Present where onnxruntime returns the value as f32(sum)·scale: emits the int32 sums. */
  readonly sums?: () => ScaledSums;
  /** The same floats as a function of bytes, where they are one: used when onnxruntime computes the group in floats. */
  readonly island?: ByteFunction | PairFunction;
};

export type Value = ConstantValue | ScaledConstant | IntegerValue | ByteFunction | PairFunction | PendingValue;

/** A value whose floats are known for every byte. */
export function isFunction(value: Value | undefined): value is ByteFunction | PairFunction {
  return value?.kind === 'byte-function' || value?.kind === 'pair-function';
}
