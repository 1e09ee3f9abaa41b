/** Order in which every node follows the producers of its inputs. */

import type { GraphNode } from '../artifact/graph.ts';
import { ProvennError } from '../base/errors.ts';

/**
 * Depth-first over the nodes in their given order, producers first: a list that is already sorted stays as it is.
 * Iterative, since chains of nodes may be as long as the graph.
 *
 * `producers` gives the index of the node that makes a value; values without one (inputs, constants) are ready.
 * Throws `MODEL_INVALID` naming a node of the cycle.
 */
export function topologicalSort(
  nodes: readonly GraphNode[],
  producers: ReadonlyMap<string, number>,
): readonly GraphNode[] {
  const sorted: GraphNode[] = [];
  const state = new Uint8Array(nodes.length);
  for (let root = 0; root < nodes.length; root++) {
    if (state[root] !== unseen) continue;
    const stack = [{ index: root, input: 0 }];
    state[root] = open;
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const node = nodes[top.index] as GraphNode;
      const name = node.inputs[top.input++];
      if (name === undefined) {
        state[top.index] = done;
        sorted.push(node);
        stack.pop();
        continue;
      }
      const producer = producers.get(name);
      if (producer === undefined || state[producer] === done) continue;
      if (state[producer] === open) throw cyclic(nodes[producer] as GraphNode);
      state[producer] = open;
      stack.push({ index: producer, input: 0 });
    }
  }
  return sorted;
}

const unseen = 0;
const open = 1;
const done = 2;

function cyclic(node: GraphNode): ProvennError {
  return new ProvennError('MODEL_INVALID', `The graph has a cycle through node '${node.name}'.`, {
    where: node.name,
    next: 'ONNX graphs must be acyclic; export the model again.',
  });
}
