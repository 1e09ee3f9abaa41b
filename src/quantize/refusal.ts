/** Refusals of models: always the node, its operator, the reason, and what would make it supported. */
import type { GraphNode } from '../artifact/graph.ts';
import { ProvennError } from '../base/errors.ts';

/** Throws `MODEL_UNSUPPORTED` naming the node and its operator. */
export function refuse(node: GraphNode, why: string, next: string): never {
  throw new ProvennError('MODEL_UNSUPPORTED', `node ${node.name} (${node.op}): ${why}`, { where: node.name, next });
}

/** Throws `MODEL_INVALID`: the file breaks a rule of ONNX itself. */
export function invalid(node: GraphNode, why: string): never {
  throw new ProvennError('MODEL_INVALID', `node ${node.name} (${node.op}): ${why}`, {
    where: node.name,
    next: 'Export the model again, or check it with onnx.checker.',
  });
}
