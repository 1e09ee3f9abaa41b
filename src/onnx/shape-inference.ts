/** Binds symbolic dimensions and infers type and shape of every value, node by node in topological order. */
import type { Dimension, Graph, GraphNode, GraphTensor, ValueInfo } from '../artifact/graph.ts';
import { ProvennError } from '../base/errors.ts';
import { product } from '../base/tensor.ts';
import { type Bindings, bindSymbols, bound, boundInput } from './bindings.ts';
import { elementCount, type ModelLimits } from './limits.ts';
import { type Inferred, type Known, NodeView } from './shapes/node-view.ts';
import { integerRule, shapeRule } from './shapes/table.ts';

/** Types of the integers that shapes are computed with; conditions are 0 and 1. */
const shapeTypes: ReadonlySet<string | undefined> = new Set(['int64', 'int32', 'bool']);

/** Constants longer than this are weights, not shapes. */
const maxShapeElements = 64;

/**
 * The graph with concrete input shapes and everything that follows from them.
 *
 * A symbolic first dimension of an input that has no binding is a batch and becomes 1; any other one must be bound.
 * Outputs of operators without a rule keep what the file declares, if that is concrete, and are left out otherwise.
 *
 * Throws `MODEL_INVALID` where shapes contradict each other or the operator, `INPUT_MISMATCH` for an unbound dimension,
 * `USAGE` for a binding that binds nothing, `RESOURCE_LIMIT` for values larger than the limit.
 */
export function inferShapes(graph: Graph, bindings: Bindings, limits: ModelLimits): Graph {
  const symbols = bindSymbols(graph.inputs, bindings);
  const known = new Map<string, Known>();
  const inputs = graph.inputs.map((input) => boundInput(input, symbols, limits));
  for (const input of inputs) known.set(input.name, { type: input.type, dims: input.dims, integers: undefined });
  for (const [name, tensor] of graph.initializers) {
    const integers = smallIntegers(tensor);
    known.set(name, { type: tensor.type, dims: tensor.dims, integers, floats: smallFloats(tensor) });
  }
  for (const node of graph.nodes) inferNode(graph, node, known, symbols, limits);
  return withValues(foldIntegers({ ...graph, inputs }, known), known);
}

/** Nodes that only compute shapes become initializers. */
function foldIntegers(graph: Graph, known: ReadonlyMap<string, Known>): Graph {
  const initializers = new Map(graph.initializers);
  const nodes = graph.nodes.filter((node) => {
    const [name, ...rest] = node.outputs;
    const value = name === undefined ? undefined : known.get(name);
    if (name === undefined || rest.length > 0 || value?.integers === undefined) return true;
    initializers.set(name, constant(value, value.integers));
    return false;
  });
  return { ...graph, nodes, initializers };
}

function constant({ type, dims = [] }: Known, integers: readonly number[]): GraphTensor {
  if (type === 'int32') return { type, dims, data: Int32Array.from(integers) };
  if (type === 'bool') return { type, dims, data: Uint8Array.from(integers) };
  return { type: 'int64', dims, data: BigInt64Array.from(integers, BigInt) };
}

/** `values` in the order inputs, initializers, node outputs. */
function withValues(graph: Graph, known: ReadonlyMap<string, Known>): Graph {
  const values = new Map<string, ValueInfo>();
  const names = [...graph.inputs.map((input) => input.name), ...graph.initializers.keys()];
  for (const name of names.concat(graph.nodes.flatMap((node) => node.outputs))) {
    const value = known.get(name);
    if (value !== undefined) values.set(name, { name, type: value.type, dims: value.dims });
  }
  const outputs = graph.outputs.map(({ name }) => values.get(name) ?? { name, type: undefined, dims: undefined });
  return { ...graph, outputs, values };
}

/** Elements of a constant that may serve as a shape, axes or indices. */
function smallIntegers(tensor: GraphTensor): readonly number[] | undefined {
  if (!shapeTypes.has(tensor.type) || tensor.data.length > maxShapeElements) return undefined;
  // int64 infinities ("to the end") lose precision as numbers, which clamping forgives.
  return Array.from(tensor.data as ArrayLike<bigint | number>, Number);
}

/** Elements of a constant that may serve as scales. */
function smallFloats(tensor: GraphTensor): readonly number[] | undefined {
  return tensor.type === 'float32' && tensor.data.length <= maxShapeElements ? [...tensor.data] : undefined;
}

function inferNode(
  graph: Graph,
  node: GraphNode,
  known: Map<string, Known>,
  symbols: ReadonlyMap<string, number>,
  limits: ModelLimits,
): void {
  const view = viewOf(graph, node, known);
  const inferred = view === null ? null : (shapeRule(node.domain, node.op)?.(view) ?? null);
  for (const [i, name] of node.outputs.entries()) {
    if (name === '') continue;
    const value = merge(node, graph.values.get(name), inferred?.[i], symbols);
    if (value.dims !== undefined) checkDims(node, name, value.dims, limits);
    const integers = i === 0 && view !== null && inferred !== null ? integersOf(view, value) : undefined;
    if (value.type !== undefined || value.dims !== undefined) known.set(name, { ...value, integers });
  }
}

/** Null when the type or shape of an input is unknown. */
function viewOf(graph: Graph, node: GraphNode, known: ReadonlyMap<string, Known>): NodeView | null {
  const inputs: (Known | null)[] = [];
  for (const name of node.inputs) {
    const input = name === '' ? null : known.get(name);
    if (input === undefined || (input !== null && input.dims === undefined)) return null;
    inputs.push(input);
  }
  return new NodeView(node, graph.opsets.get(node.domain) as number, inputs);
}

/** Elements of a first output that is a small constant, exactly as the operator computes them. */
function integersOf(view: NodeView, output: Omit<Known, 'integers'>): readonly number[] | undefined {
  const { type, dims } = output;
  if (!shapeTypes.has(type) || dims === undefined || product(dims) > maxShapeElements) return undefined;
  const integers = integerRule(view.node.domain, view.node.op)?.(view);
  const low = type === 'int64' ? Number.MIN_SAFE_INTEGER : -(2 ** 31);
  const high = type === 'int64' ? Number.MAX_SAFE_INTEGER : 2 ** 31 - 1;
  if (integers?.length !== product(dims)) return undefined;
  return integers.every((value) => value >= low && value <= high) ? integers : undefined;
}

/** What the rule says, completed by what the file declares; a contradiction is an error. */
function merge(
  node: GraphNode,
  declared: ValueInfo | undefined,
  inferred: Inferred | undefined,
  symbols: ReadonlyMap<string, number>,
): Omit<Known, 'integers'> {
  const type = inferred?.type ?? declared?.type;
  const dims = inferred?.dims ?? concrete(declared?.dims, symbols);
  if (inferred !== undefined && declared !== undefined) {
    const says = `Node '${node.name}' (${node.op}) makes '${declared.name}'`;
    if (declared.type !== undefined && declared.type !== type) {
      throw contradiction(node, `${says} of type ${type}, the file declares ${declared.type}.`);
    }
    if (declared.dims !== undefined && !compatible(declared.dims, inferred.dims)) {
      throw contradiction(
        node,
        `${says} of shape [${inferred.dims.join(', ')}], the file declares [${declared.dims.join(', ')}].`,
      );
    }
  }
  return { type, dims };
}

function contradiction(node: GraphNode, message: string): ProvennError {
  return new ProvennError('MODEL_INVALID', message, {
    where: node.name,
    next: 'Export the model again, or run onnx.shape_inference on it.',
  });
}

function concrete(
  dims: readonly Dimension[] | undefined,
  symbols: ReadonlyMap<string, number>,
): readonly number[] | undefined {
  const sizes = dims?.map((dim) => bound(dim, symbols));
  return sizes?.every((size) => size !== undefined) ? (sizes as number[]) : undefined;
}

/** Names of dimensions inside a graph are exporters' inventions; only declared sizes can contradict. */
function compatible(declared: readonly Dimension[], inferred: readonly number[]): boolean {
  return (
    declared.length === inferred.length && declared.every((dim, i) => typeof dim === 'string' || dim === inferred[i])
  );
}

function checkDims(node: GraphNode, name: string, dims: readonly number[], limits: ModelLimits): void {
  if (dims.some((size) => !Number.isSafeInteger(size) || size < 0) || dims.length > limits.maxRank) {
    throw new ProvennError(
      'MODEL_INVALID',
      `Node '${node.name}' (${node.op}) makes '${name}' of the impossible shape [${dims.join(', ')}].`,
      { where: node.name, next: 'Check the shapes, pads and slices the node is given.' },
    );
  }
  elementCount(dims, limits, `The value '${name}'`);
}
