/** ConvInteger and MatMulInteger, whose int32 results are returned as they are, and operators refused for a reason of their own. */
import type { GraphNode } from '../../artifact/graph.ts';
import type { Dtype } from '../../base/tensor.ts';
import { invalid, refuse } from '../refusal.ts';
import { type Context, integersOf, operandValue, outputName } from './context.ts';
import { convAttributes, dimsOf } from './linear.ts';
import type { Operand } from './network.ts';

type Importer = (context: Context, node: GraphNode) => void;

function integers(context: Context, node: GraphNode, index: number): Operand & { readonly dtype: Dtype } {
  const value = operandValue(context, node, index) ?? invalid(node, `operand ${index} is missing`);
  if (value.kind === 'integer') return value.cell;
  const tensor = value.kind === 'constant' ? integersOf(value.tensor) : undefined;
  if (value.kind !== 'constant' || tensor === undefined)
    return refuse(node, `operand ${index} is not made of integers`, 'Put a QuantizeLinear before it.');
  return { constant: value.name, integers: tensor, dtype: tensor.dtype };
}

/** Zero points of an operand of type `dtype`; a single 0 when absent. */
function zeros(context: Context, node: GraphNode, index: number, dtype: Dtype): readonly number[] {
  const value = operandValue(context, node, index);
  if (value === undefined) return [0];
  const tensor = value.kind === 'constant' ? integersOf(value.tensor) : undefined;
  if (tensor === undefined)
    return refuse(
      node,
      'its zero point is computed at run time',
      'Quantize statically, so that scales and zero points are constants.',
    );
  if (tensor.dtype !== dtype) invalid(node, `a zero point is ${tensor.dtype} for an operand of ${dtype}`);
  return [...tensor.data];
}

/** One zero point for a whole operand. */
function zero(context: Context, node: GraphNode, index: number, dtype: Dtype): number {
  const [first, ...others] = zeros(context, node, index, dtype);
  if (first === undefined || others.length > 0)
    return refuse(node, 'an activation has a zero point per row', 'Quantize activations per tensor.');
  return first;
}

export const importConvInteger: Importer = (context, node) => {
  const x = integers(context, node, 0);
  const w = integers(context, node, 1);
  const attrs = {
    xZero: zero(context, node, 2, x.dtype),
    wZero: zeros(context, node, 3, w.dtype),
    ...convAttributes(node, dimsOf(x), dimsOf(w)),
  };
  const name = outputName(node);
  context.values.set(name, { kind: 'integer', cell: context.network.emit(node, 'ConvInteger', attrs, [x, w], name) });
};

export const importMatMulInteger: Importer = (context, node) => {
  const a = integers(context, node, 0);
  const b = integers(context, node, 1);
  const attrs = { aZero: zero(context, node, 2, a.dtype), bZero: zeros(context, node, 3, b.dtype) };
  const name = outputName(node);
  context.values.set(name, { kind: 'integer', cell: context.network.emit(node, 'MatMulInteger', attrs, [a, b], name) });
};

/** Operators that are met in int8 models but whose results are no function of integers that onnxruntime would compute. */
export const refusals: ReadonlyMap<string, readonly [why: string, next: string]> = new Map([
  [
    'DynamicQuantizeLinear',
    ['its scale is computed at run time', 'Quantize statically, so that scales and zero points are constants.'],
  ],
  [
    'ConvTranspose',
    [
      'onnxruntime computes it in floating point',
      'Use a Resize followed by a Conv, or a Conv followed by DepthToSpace.',
    ],
  ],
  [
    'ReduceMean',
    ['onnxruntime computes it in floating point', 'Use GlobalAveragePool, and a Reshape where dimensions are dropped.'],
  ],
]);
