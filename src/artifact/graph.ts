/** Graph: an ONNX model as plain data, checked and topologically ordered. Made by `onnx/`, read by `quantize/`. */

/** Element types provenn reads from an ONNX file. */
export type ElementType = 'float32' | 'float64' | 'uint8' | 'int8' | 'int32' | 'int64' | 'bool';

export type GraphTensor =
  | { readonly type: 'float32'; readonly dims: readonly number[]; readonly data: Float32Array }
  | { readonly type: 'float64'; readonly dims: readonly number[]; readonly data: Float64Array }
  | { readonly type: 'uint8' | 'bool'; readonly dims: readonly number[]; readonly data: Uint8Array }
  | { readonly type: 'int8'; readonly dims: readonly number[]; readonly data: Int8Array }
  | { readonly type: 'int32'; readonly dims: readonly number[]; readonly data: Int32Array }
  | { readonly type: 'int64'; readonly dims: readonly number[]; readonly data: BigInt64Array };

/** A dimension is a size, or the name of a symbolic one such as the batch. */
export type Dimension = number | string;

/** Declared or inferred type of a value. `dims` is absent when the rank is unknown. */
export type ValueInfo = {
  readonly name: string;
  readonly type: ElementType | undefined;
  readonly dims: readonly Dimension[] | undefined;
};

export type Attribute =
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'int'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'floats'; readonly value: readonly number[] }
  | { readonly kind: 'ints'; readonly value: readonly number[] }
  | { readonly kind: 'strings'; readonly value: readonly string[] }
  | { readonly kind: 'tensor'; readonly value: GraphTensor };

export type GraphNode = {
  /** Node name; when the file has none, `${op}_${index}`. Unique. */
  readonly name: string;
  readonly op: string;
  /** '' is the default ONNX domain. */
  readonly domain: string;
  /** '' marks an absent optional input. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, Attribute>;
};

export type Graph = {
  readonly name: string;
  readonly irVersion: number;
  readonly opsets: ReadonlyMap<string, number>;
  /** Graph inputs that are not initializers. */
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  /** In topological order. */
  readonly nodes: readonly GraphNode[];
  readonly initializers: ReadonlyMap<string, GraphTensor>;
  /** Types and shapes of every value known so far (declared or inferred). */
  readonly values: ReadonlyMap<string, ValueInfo>;
};
