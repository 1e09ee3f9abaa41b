/** Relu and Clip: absorbed by the quantization of their own range where it implies them, else nodes of their own. */
import type { GraphNode } from '../../artifact/graph.ts';
import { f32 } from '../../base/rounding.ts';
import { impliesClip } from '../formula.ts';
import { floatAttribute } from '../node-attributes.ts';
import { activationParameters } from '../ranges.ts';
import { invalid, refuse } from '../refusal.ts';
import type { Work } from './work.ts';

const sides = ['min', 'max'] as const;

/** Bounds of a Clip from its operands, or from its attributes in old models; infinite when absent. */
function clipBound(work: Work, node: GraphNode, side: (typeof sides)[number]): number {
  const name = node.inputs[side === 'min' ? 1 : 2];
  if (name === undefined || name === '') return f32(floatAttribute(node, side, side === 'min' ? -Infinity : Infinity));
  const tensor = work.graph.initializers.get(name);
  if (tensor?.type !== 'float32') {
    return refuse(node, 'its bounds are not float32 constants', 'Export the model with constant bounds.');
  }
  return tensor.data[0] ?? invalid(node, 'a bound is empty');
}

/** Operand names of the bounds, as the written operator set has them. */
export function clipOperands(work: Work, node: GraphNode): readonly string[] {
  if (node.op !== 'Clip') return [];
  return sides.map((side) => {
    const bound = clipBound(work, node, side);
    if (!Number.isFinite(bound)) return '';
    const data = Float32Array.of(bound);
    return work.writer.constant(`${node.name}/${side}`, { type: 'float32', dims: [], data });
  });
}

/**
 * The tensor to quantize after `node`: the output of the Relu or Clip that alone reads it, which is then marked as
 * absorbed, or the node's own output.
 */
export function absorbClip(work: Work, node: GraphNode): string {
  const name = node.outputs[0] as string;
  const readers = work.graph.nodes.filter((other) => other.inputs.includes(name));
  const [next] = readers;
  const isClip = next?.op === 'Relu' || next?.op === 'Clip';
  if (next === undefined || !isClip || readers.length !== 1 || work.outputs.has(name)) return name;
  const clipped = next.outputs[0] as string;
  const range = work.ranges.get(clipped);
  if (range === undefined) return name;
  const [low, high] = next.op === 'Relu' ? [0, Infinity] : [clipBound(work, next, 'min'), clipBound(work, next, 'max')];
  if (!impliesClip(activationParameters(range, work.options.activations), low, high)) return name;
  work.absorbed.add(next.name);
  return clipped;
}
