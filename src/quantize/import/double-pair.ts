/**
 * Two quantizations in a row. onnxruntime's optimizer turns Q₁ → DQ₁ → Q₂ → DQ₂ into Q′ → DQ′ with a new scale and zero
 * point (core/optimizer/double_qdq_pairs_remover.cc), so the integers of such a model are not those its nodes describe.
 */
import type { GraphNode } from '../../artifact/graph.ts';
import type { ByteQuantization } from '../formula.ts';
import { type Context, outputName } from './context.ts';
import { isStill } from './movement.ts';
import type { ByteFunction } from './values.ts';

/** Operators that do nothing when they leave the shape as it is, and which onnxruntime may then remove. */
const idleInShape: ReadonlySet<string> = new Set(['Expand', 'Slice', 'Tile', 'Pad', 'Resize', 'Upsample']);

/** Whether onnxruntime may have removed the node before it looks for pairs. */
function mayVanish({ graph }: Context, node: GraphNode): boolean {
  if (isStill(node)) return true;
  const dims = (name: string | undefined): string | undefined => graph.values.get(name ?? '')?.dims?.join();
  return idleInShape.has(node.op) && dims(node.inputs[0]) === dims(node.outputs[0]);
}

/** Readers of a value, looking through nodes that do nothing; undefined when the model returns the value. */
function readers(context: Context, name: string): readonly GraphNode[] | undefined {
  if (context.graphOutputs.has(name)) return undefined;
  const found: GraphNode[] = [];
  for (const node of context.consumers.get(name) ?? []) {
    const next = mayVanish(context, node) ? readers(context, outputName(node)) : [node];
    if (next === undefined) return undefined;
    found.push(...next);
  }
  return found;
}

function allAre(nodes: readonly GraphNode[] | undefined, op: string): boolean {
  return nodes?.every((node) => node.op === op) ?? false;
}

/**
 * Whether `node` (Q₂, with parameters `to`) and the pair before it may be replaced by one with other parameters: nothing
 * but Q₁ → DQ₁ → Q₂ → DQ₂, equal nodes counting as one because onnxruntime merges them first. Errs on the side of yes.
 */
export function mergesWithNext(context: Context, node: GraphNode, value: ByteFunction, to: ByteQuantization): boolean {
  const { dequantizer, origin } = value;
  if (dequantizer === null || origin === null || origin.dtype !== to.dtype) return false;
  if (origin.scale === to.scale && origin.zeroPoint === to.zeroPoint) return false;
  const integers = dequantizer.inputs[0] ?? '';
  if (context.producers.get(integers)?.op !== 'QuantizeLinear') return false;
  const dequantizers = readers(context, integers);
  return (
    allAre(dequantizers, 'DequantizeLinear') &&
    (dequantizers ?? []).every((other) => allAre(readers(context, outputName(other)), 'QuantizeLinear')) &&
    allAre(readers(context, outputName(node)), 'DequantizeLinear')
  );
}
