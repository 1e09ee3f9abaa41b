/**
 * BatchNormalization at inference is an affine map per channel, y = (x − mean)·γ/√(variance + ε) + β, so a Conv before it
 * absorbs it: weights times γ/√(variance + ε), bias likewise. Computed in float64, rounded once to float32.
 */
import type { GraphNode, GraphTensor } from '../../artifact/graph.ts';
import { floatAttribute, intAttribute } from '../node-attributes.ts';
import { invalid, refuse } from '../refusal.ts';
import { type Draft, readersOf } from './draft.ts';

export function foldBatchNormalization(draft: Draft): void {
  for (const { name } of draft.nodes.filter(({ op }) => op === 'BatchNormalization')) {
    const node = draft.nodes.find((other) => other.name === name) as GraphNode;
    if (intAttribute(node, 'training_mode', 0) !== 0) {
      refuse(node, 'is in training mode', 'Export the model for inference.');
    }
    const conv = ownConv(draft, node);
    const folded = foldInto(draft, conv, node);
    draft.nodes = draft.nodes.flatMap((other) => (other === node ? [] : other === conv ? [folded] : [other]));
  }
}

/** The Conv that computes the node's input for nobody else. */
function ownConv(draft: Draft, node: GraphNode): GraphNode {
  const source = node.inputs[0] as string;
  const conv = draft.nodes.find((other) => other.outputs[0] === source);
  if (conv?.op === 'Conv' && !draft.outputs.has(source) && readersOf(draft, source).length === 1) return conv;
  return refuse(
    node,
    'does not follow a Conv of its own',
    'Put it directly after a Conv whose output nothing else reads, or fold it when exporting.',
  );
}

function vector(draft: Draft, node: GraphNode, index: number, length: number): Float32Array {
  const tensor = draft.initializers.get(node.inputs[index] ?? '');
  if (tensor?.type !== 'float32')
    return refuse(
      node,
      `operand ${index} is not a float32 constant`,
      'Export the model for inference, with constant statistics.',
    );
  return tensor.data.length === length
    ? tensor.data
    : invalid(node, `operand ${index} does not have ${length} entries`);
}

/** The Conv with both maps in one, under the name of the BatchNormalization's output. */
function foldInto(draft: Draft, conv: GraphNode, node: GraphNode): GraphNode {
  const weights = draft.initializers.get(conv.inputs[1] ?? '');
  if (weights?.type !== 'float32')
    return refuse(conv, 'its weights are not float32 constants', 'Export the model with constant weights.');
  const channels = weights.dims[0] as number;
  const [gamma, beta, mean, variance] = [1, 2, 3, 4].map((index) => vector(draft, node, index, channels)) as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const epsilon = floatAttribute(node, 'epsilon', 1e-5);
  const factor = Array.from(gamma, (value, m) => value / Math.sqrt((variance[m] as number) + epsilon));
  const hasBias = conv.inputs[2] !== undefined && conv.inputs[2] !== '';
  const bias = hasBias ? vector(draft, conv, 2, channels) : new Float32Array(channels);
  const inner = weights.data.length / channels;
  const scaled = weights.data.map((value, i) => value * (factor[Math.floor(i / inner)] as number));
  const shifted = bias.map((value, m) => (value - (mean[m] as number)) * (factor[m] as number) + (beta[m] as number));
  const names = [`${conv.name}/folded.weight`, `${conv.name}/folded.bias`] as const;
  const tensors: readonly GraphTensor[] = [
    { type: 'float32', dims: weights.dims, data: scaled },
    { type: 'float32', dims: [channels], data: shifted },
  ];
  names.forEach((name, i) => {
    draft.initializers.set(name, tensors[i] as GraphTensor);
  });
  return { ...conv, inputs: [conv.inputs[0] as string, ...names], outputs: node.outputs };
}
