/** Session options under which onnxruntime runs int8 groups as exact integers on any x86 processor. */
import type { Graph } from '../../artifact/graph.ts';

/**
 * `session.qdqisint8allowed` lets s8 QDQ groups fuse. `session.x64quantprecision` turns s8 weights into u8 by adding 128,
 * because without VNNI the u8 by s8 kernels saturate sums of two products at 16 bits; it has no kernel for s8 activations,
 * which never saturate.
 */
export function integerSessionConfig(graph: Graph): Readonly<Record<string, string>> {
  const signed = graph.nodes.some(
    (node) => node.op === 'QuantizeLinear' && graph.initializers.get(node.inputs[2] ?? '')?.type === 'int8',
  );
  return signed ? { qdqisint8allowed: '1' } : { qdqisint8allowed: '1', x64quantprecision: '1' };
}
