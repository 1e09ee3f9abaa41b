/** Operators that move or select cells: the integers are the same, so outputs share the parameters of the input. */
import type { GraphNode } from '../../artifact/graph.ts';
import { refuse } from '../refusal.ts';
import { activationOf, floatOperand, type Work, writeMoved, writeQuantized } from './work.ts';

export function move(work: Work, node: GraphNode): void {
  const activation = activationOf(work, node, 0);
  const constants = node.inputs.slice(1);
  for (const name of constants) if (name !== '') copyConstant(work, node, name);
  const written = { ...node, inputs: [floatOperand(work, node, 0), ...constants] };
  const [first, ...others] = node.outputs.filter((name) => name !== '');
  if (first === undefined) return;
  if (others.length === 0) writeQuantized(work, written, first, activation);
  else writeMoved(work, written, [first, ...others], activation);
}

/** MaxPool returns where its maxima were, too, when asked. */
export function moveMaximum(work: Work, node: GraphNode): void {
  if (node.outputs.length > 1 && node.outputs[1] !== '') {
    refuse(node, 'returns Indices', 'Export MaxPool without its second output.');
  }
  move(work, node);
}

/** ArgMax and ArgMin: an index is an output of the model and no activation. */
export function selectIndex(work: Work, node: GraphNode): void {
  const output = node.outputs[0] as string;
  if (!work.outputs.has(output)) {
    refuse(node, 'computes an index that the model goes on to use', 'Let the index be an output of the model.');
  }
  work.writer.node(node.op, node.name, [floatOperand(work, node, 0)], output, node.attributes);
}

function copyConstant(work: Work, node: GraphNode, name: string): void {
  const tensor = work.graph.initializers.get(name);
  if (tensor === undefined) {
    refuse(
      node,
      `computes its operand ${name} at run time`,
      'Export the model with fixed shapes (for instance with onnxsim).',
    );
  }
  work.writer.constant(name, tensor);
}
