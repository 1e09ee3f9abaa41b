/** Shapes and types of the conversions between float and int8. */
import { elementTypeOf, typeName } from '../schema.ts';
import type { ShapeRule } from './node-view.ts';

/** The output type is that of the zero point, else `output_dtype`, else uint8. */
const quantizeLinear: ShapeRule = (node) => {
  const dims = node.dims(0);
  if (node.has(2)) return [{ type: node.type(2), dims }];
  const code = node.int('output_dtype', 0);
  const type = code === 0 ? 'uint8' : elementTypeOf(code);
  if (type === undefined) throw node.unsupported(`it quantizes to ${typeName(code)}`, 'Quantize to uint8 or int8.');
  return [{ type, dims }];
};

/** The output type is that of the scale. */
const dequantizeLinear: ShapeRule = (node) => [{ type: node.type(1), dims: node.dims(0) }];

const dynamicQuantizeLinear: ShapeRule = (node) => [
  { type: 'uint8', dims: node.dims(0) },
  { type: 'float32', dims: [] },
  { type: 'uint8', dims: [] },
];

export const quantization: ReadonlyMap<string, ShapeRule> = new Map<string, ShapeRule>([
  ['QuantizeLinear', quantizeLinear],
  ['DequantizeLinear', dequantizeLinear],
  ['DynamicQuantizeLinear', dynamicQuantizeLinear],
]);
