/**
 * BatchNormalization at inference is an affine map per channel, y = (x − mean)·γ/√(variance + ε) + β, so a Conv or
 * Gemm before it absorbs it: weights times γ/√(variance + ε), bias likewise. Computed in float64, rounded once to float32.
 */
import type { Graph, GraphNode, GraphTensor } from '../../artifact/graph.ts';
import { floatAttribute, intAttribute } from '../node-attributes.ts';
import { invalid, refuse } from '../refusal.ts';
import { type Draft, readersOf } from './draft.ts';

export function foldBatchNormalization(draft: Draft, graph: Graph): void {
  for (const { name } of draft.nodes.filter(({ op }) => op === 'BatchNormalization')) {
    const node = draft.nodes.find((other) => other.name === name) as GraphNode;
    if (intAttribute(node, 'training_mode', 0) !== 0 || node.outputs.slice(1).some((output) => output !== '')) {
      refuse(node, 'is in training mode', 'Export the model for inference.');
    }
    const before = ownLinear(draft, node) ?? insertedConv(draft, graph, node);
    const folded = foldInto(draft, before, node);
    draft.nodes = draft.nodes.flatMap((other) => (other === node ? [folded] : other === before ? [] : [other]));
  }
}

/** The Conv or Gemm that computes the node's input for nobody else. */
function ownLinear(draft: Draft, node: GraphNode): GraphNode | null {
  const source = node.inputs[0] as string;
  const before = draft.nodes.find((other) => other.outputs[0] === source);
  if (before === undefined || draft.outputs.has(source) || readersOf(draft, source).length !== 1) return null;
  const weights = draft.initializers.get(before.inputs[1] ?? '');
  if (weights === undefined || !(before.op === 'Conv' || (before.op === 'Gemm' && isPlainGemm(draft, before))))
    return null;
  return before;
}

/** beta multiplies the bias, which is to hold more than it did; a bias may be a scalar. */
function isPlainGemm(draft: Draft, gemm: GraphNode): boolean {
  const bias = gemm.inputs[2] ?? '';
  const length = draft.initializers.get(bias)?.data.length;
  const outputs = draft.initializers.get(gemm.inputs[1] ?? '')?.dims[outputAxis(gemm)];
  return floatAttribute(gemm, 'beta', 1) === 1 && (bias === '' || length === outputs);
}

/** The axis of the weights that counts outputs. */
function outputAxis(linear: GraphNode): 0 | 1 {
  return linear.op === 'Conv' || intAttribute(linear, 'transB', 0) !== 0 ? 0 : 1;
}

/** Without such a node, a depthwise Conv of kernels of one cell takes its place. */
function insertedConv(draft: Draft, graph: Graph, node: GraphNode): GraphNode {
  const dims = graph.values.get(node.inputs[0] as string)?.dims;
  const channels = dims?.[1];
  if (dims === undefined || (dims.length !== 3 && dims.length !== 4) || typeof channels !== 'number') {
    return refuse(
      node,
      'follows no Conv or Gemm of its own and normalises no image',
      'Put it directly after a Conv, or a Gemm, whose output nothing else reads, or fold it when exporting.',
    );
  }
  const weights = `${node.name}/ones`;
  const kernel = dims.slice(2).map(() => 1);
  draft.initializers.set(weights, {
    type: 'float32',
    dims: [channels, 1, ...kernel],
    data: new Float32Array(channels).fill(1),
  });
  const attributes: GraphNode['attributes'] = new Map([
    ['group', { kind: 'int', value: channels }],
    ['kernel_shape', { kind: 'ints', value: kernel }],
  ]);
  return { ...node, op: 'Conv', inputs: [node.inputs[0] as string, weights], attributes };
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

/** The Conv or Gemm with both maps in one, under the name of the BatchNormalization's output. */
function foldInto(draft: Draft, linear: GraphNode, node: GraphNode): GraphNode {
  const weights = draft.initializers.get(linear.inputs[1] ?? '');
  if (weights?.type !== 'float32')
    return refuse(linear, 'its weights are not float32 constants', 'Export the model with constant weights.');
  const axis = outputAxis(linear);
  const channels = weights.dims[axis] as number;
  const [gamma, beta, mean, variance] = [1, 2, 3, 4].map((index) => vector(draft, node, index, channels)) as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const epsilon = floatAttribute(node, 'epsilon', 1e-5);
  const factor = Array.from(gamma, (value, m) => value / Math.sqrt((variance[m] as number) + epsilon));
  const hasBias = linear.inputs[2] !== undefined && linear.inputs[2] !== '';
  const bias = hasBias ? vector(draft, linear, 2, channels) : new Float32Array(channels);
  const inner = weights.data.length / channels;
  const channelOf = (i: number): number => (axis === 0 ? Math.floor(i / inner) : i % channels);
  const scaled = weights.data.map((value, i) => value * (factor[channelOf(i)] as number));
  const shifted = bias.map((value, m) => (value - (mean[m] as number)) * (factor[m] as number) + (beta[m] as number));
  const names = [`${linear.name}/folded.weight`, `${linear.name}/folded.bias`] as const;
  const tensors: readonly GraphTensor[] = [
    { type: 'float32', dims: weights.dims, data: scaled },
    { type: 'float32', dims: [channels], data: shifted },
  ];
  names.forEach((name, i) => {
    draft.initializers.set(name, tensors[i] as GraphTensor);
  });
  return { ...linear, inputs: [linear.inputs[0] as string, ...names], outputs: node.outputs };
}
