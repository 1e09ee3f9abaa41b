/** Names for the numbers of onnx.proto (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto), for reader and writer. */
import type { Attribute, ElementType } from '../artifact/graph.ts';

export const modelField = { irVersion: 1, producerName: 2, graph: 7, opsetImport: 8, functions: 25 } as const;
export const opsetField = { domain: 1, version: 2 } as const;
export const functionField = { name: 1 } as const;

export const graphField = {
  node: 1,
  name: 2,
  initializer: 5,
  input: 11,
  output: 12,
  valueInfo: 13,
  sparseInitializer: 15,
} as const;

export const nodeField = { input: 1, output: 2, name: 3, opType: 4, attribute: 5, domain: 7 } as const;

export const attributeField = {
  name: 1,
  float: 2,
  int: 3,
  string: 4,
  tensor: 5,
  graph: 6,
  floats: 7,
  ints: 8,
  strings: 9,
  tensors: 10,
  graphs: 11,
  typeProto: 14,
  typeProtos: 15,
  type: 20,
  refAttrName: 21,
  sparseTensor: 22,
  sparseTensors: 23,
} as const;

export const tensorField = {
  dims: 1,
  dataType: 2,
  segment: 3,
  floatData: 4,
  int32Data: 5,
  stringData: 6,
  int64Data: 7,
  name: 8,
  rawData: 9,
  doubleData: 10,
  uint64Data: 11,
  externalData: 13,
  dataLocation: 14,
} as const;

export const sparseTensorField = { values: 1 } as const;
export const valueInfoField = { name: 1, type: 2 } as const;
export const typeField = { tensor: 1, sequence: 4, map: 5, sparseTensor: 8, optional: 9 } as const;
export const tensorTypeField = { elemType: 1, shape: 2 } as const;
export const shapeField = { dim: 1 } as const;
export const dimensionField = { value: 1, param: 2 } as const;

/** TensorProto.DataType of the element types provenn reads. */
export const dataTypes: Readonly<Record<ElementType, number>> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  bool: 9,
  float64: 11,
};

const elementTypes = new Map<number, ElementType>(
  Object.entries(dataTypes).map(([type, code]) => [code, type as ElementType]),
);

const otherTypes = new Map<number, string>([
  [0, 'undefined'],
  [4, 'uint16'],
  [5, 'int16'],
  [8, 'string'],
  [10, 'float16'],
  [12, 'uint32'],
  [13, 'uint64'],
  [14, 'complex64'],
  [15, 'complex128'],
  [16, 'bfloat16'],
  [17, 'float8e4m3fn'],
  [18, 'float8e4m3fnuz'],
  [19, 'float8e5m2'],
  [20, 'float8e5m2fnuz'],
  [21, 'uint4'],
  [22, 'int4'],
  [23, 'float4e2m1'],
]);

export function elementTypeOf(code: number): ElementType | undefined {
  return elementTypes.get(code);
}

/** A type code as a person would name it. */
export function typeName(code: number): string {
  return elementTypes.get(code) ?? otherTypes.get(code) ?? `number ${code}`;
}

/** AttributeProto.AttributeType of the kinds provenn reads. */
export const attributeTypes: Readonly<Record<Attribute['kind'], number>> = {
  float: 1,
  int: 2,
  string: 3,
  tensor: 4,
  floats: 6,
  ints: 7,
  strings: 8,
};
