/**
 * Operator set 6 in the words of operator set 7. Between the two, broadcasting went from attributes to the rule of NumPy,
 * and operators lost their switches between training and inference.
 */
import type { Graph, GraphNode, GraphTensor } from '../artifact/graph.ts';
import { ProvennError } from '../base/errors.ts';

const broadcasting: ReadonlySet<string> = new Set(['Add', 'Sub', 'Mul', 'Div', 'Pow', 'Gemm', 'PRelu']);
const switched: ReadonlySet<string> = new Set(['BatchNormalization', 'Dropout']);

/** The same graph under operator set 7 when it uses set 6; any other graph as it is. */
export function upgradeOpset(graph: Graph): Graph {
  if (graph.opsets.get('') !== 6) return graph;
  const initializers = new Map(graph.initializers);
  const nodes = graph.nodes.map((node) => upgraded(graph, node, initializers));
  return { ...graph, opsets: new Map([...graph.opsets, ['', 7]]), nodes, initializers };
}

function upgraded(graph: Graph, node: GraphNode, initializers: Map<string, GraphTensor>): GraphNode {
  if (node.domain !== '') return node;
  if (switched.has(node.op)) return atInference(node);
  if (!broadcasting.has(node.op)) return node;
  if (node.op === 'PRelu') return withSlopes(graph, node, initializers);
  if (node.op !== 'Gemm') checkAligned(graph, node);
  return without(node, ['broadcast', 'axis']);
}

function atInference(node: GraphNode): GraphNode {
  if (node.attributes.get('is_test')?.value !== 1) refuse(node, 'is in training mode');
  if (node.attributes.get('spatial')?.value === 0) refuse(node, 'has statistics for every cell');
  return without(node, ['is_test', 'spatial', 'consumed_inputs']);
}

/** `axis` says where the second operand begins; the rule of NumPy wants it to end where the first one ends. */
function checkAligned(graph: Graph, node: GraphNode): void {
  const axis = node.attributes.get('axis')?.value;
  if (typeof axis !== 'number') return;
  const [left, right] = [0, 1].map((index) => rankOf(graph, node.inputs[index] ?? ''));
  if (left === undefined || right === undefined || (axis < 0 ? axis + left : axis) + right !== left)
    refuse(node, 'broadcasts its second operand along leading dimensions');
}

/** One slope per channel, of which set 7 asks to broadcast. */
function withSlopes(graph: Graph, node: GraphNode, initializers: Map<string, GraphTensor>): GraphNode {
  const slope = graph.initializers.get(node.inputs[1] ?? '');
  if (slope?.data.length === 1) return node;
  const rank = rankOf(graph, node.inputs[0] ?? '');
  if (slope === undefined || slope.dims.length !== 1 || rank === undefined || rank < 2)
    return refuse(node, 'has slopes whose place is not known');
  const name = `${node.inputs[1]}/${node.name}`;
  initializers.set(name, { ...slope, dims: [...slope.dims, ...new Array<number>(rank - 2).fill(1)] });
  return { ...node, inputs: [node.inputs[0] as string, name] };
}

function rankOf(graph: Graph, name: string): number | undefined {
  const known = graph.initializers.get(name) ?? graph.values.get(name);
  return known?.dims?.length ?? graph.inputs.find((input) => input.name === name)?.dims?.length;
}

function without(node: GraphNode, names: readonly string[]): GraphNode {
  return { ...node, attributes: new Map([...node.attributes].filter(([name]) => !names.includes(name))) };
}

function refuse(node: GraphNode, why: string): never {
  throw new ProvennError('MODEL_UNSUPPORTED', `node ${node.name} (${node.op}): ${why}`, {
    where: node.name,
    next: 'Convert the model to operator set 7 or later with onnx.version_converter.',
  });
}
