/**
 * The exact Gelu as exporters spell it, 0.5·x · (1 + erf(x / √2)) or x · (1 + erf(x / √2)) · 0.5. onnxruntime fuses it into
 * one kernel with other roundings (core/optimizer/gelu_fusion.cc), so its last node has to know it.
 */
import type { GraphNode } from '../../artifact/graph.ts';
import { f32 } from '../../base/rounding.ts';
import { type Context, readOnce } from './context.ts';
import { type FloatOperand, floatOperand } from './functions.ts';

/** Whether operand `index` is a constant of one element within onnxruntime's tolerance of `value`. */
function isConstant(context: Context, node: GraphNode, index: number, value: number): boolean {
  const tensor = context.graph.initializers.get(node.inputs[index] ?? '');
  if (tensor?.type !== 'float32' || tensor.data.length !== 1) return false;
  return Math.abs((tensor.data[0] as number) - f32(value)) <= 1e-8 + 1e-5 * value;
}

/** The node of that operator behind operand `index`, when nothing else reads what it computes. */
function producer(context: Context, node: GraphNode, index: number, op: string): GraphNode | null {
  const name = node.inputs[index] ?? '';
  const found = context.producers.get(name);
  return found?.op === op && found.domain === '' && readOnce(context, name) ? found : null;
}

/** The first of both operands for which `read` finds something, with the other one's index. */
function either<T>(read: (index: 0 | 1) => T | null): { readonly found: T; readonly other: 0 | 1 } | null {
  for (const [index, other] of [
    [0, 1],
    [1, 0],
  ] as const) {
    const found = read(index);
    if (found !== null) return { found, other };
  }
  return null;
}

/** The name of x when operand `index` of `node` is 1 + erf(x / √2). */
function shiftedErf(context: Context, node: GraphNode, index: number): string | null {
  const add = producer(context, node, index, 'Add');
  if (add === null) return null;
  const erf = either((i) => producer(context, add, i, 'Erf'));
  if (erf === null || !isConstant(context, add, erf.other, 1)) return null;
  const div = producer(context, erf.found, 0, 'Div');
  return div !== null && isConstant(context, div, 1, Math.SQRT2) ? (div.inputs[0] as string) : null;
}

/** The name of x when operand `index` of `node` is its product with a constant 0.5. */
function halved(context: Context, node: GraphNode, index: number): string | null {
  const mul = producer(context, node, index, 'Mul');
  if (mul === null) return null;
  const half = either((i) => (isConstant(context, mul, i, 0.5) ? true : null));
  return half === null ? null : (mul.inputs[half.other] as string);
}

/** x · (1 + erf(x / √2)), all of it times 0.5. */
function rootOfProduct(context: Context, node: GraphNode): string | null {
  const half = either((i) => (isConstant(context, node, i, 0.5) ? true : null));
  const mul = half === null ? null : producer(context, node, half.other, 'Mul');
  if (mul === null) return null;
  const shifted = either((i) => shiftedErf(context, mul, i));
  return shifted !== null && mul.inputs[shifted.other] === shifted.found ? shifted.found : null;
}

/** 0.5·x times 1 + erf(x / √2). */
function rootOfHalf(context: Context, node: GraphNode): string | null {
  const shifted = either((i) => shiftedErf(context, node, i));
  if (shifted === null) return null;
  return halved(context, node, shifted.other) === shifted.found ? shifted.found : null;
}

/** What a Mul node applies Gelu to, when it is the last node of one; else null. */
export function geluInput(context: Context, node: GraphNode): FloatOperand | null {
  const root = rootOfProduct(context, node) ?? rootOfHalf(context, node);
  return root === null ? null : floatOperand(context, { ...node, inputs: [root] }, 0);
}
