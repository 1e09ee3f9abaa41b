/** Spellings of one function by several nodes, put back together: fewer roundings to bytes, and fewer relations in a proof. */
import type { GraphNode, GraphTensor } from '../../artifact/graph.ts';
import { f32 } from '../../base/rounding.ts';
import { floatAttribute, intsAttribute } from '../node-attributes.ts';
import { type Draft, readersOf } from './draft.ts';

function producer(draft: Draft, name: string, op: string): GraphNode | null {
  const node = draft.nodes.find((other) => other.outputs[0] === name);
  return node?.op === op ? node : null;
}

/** The same, when nothing but one node reads what it produces. */
function ownProducer(draft: Draft, name: string, op: string): GraphNode | null {
  return draft.outputs.has(name) || readersOf(draft, name).length !== 1 ? null : producer(draft, name, op);
}

function scalar(draft: Draft, name: string | undefined): number | null {
  const tensor = draft.initializers.get(name ?? '');
  return tensor?.type === 'float32' && tensor.data.length === 1 ? (tensor.data[0] as number) : null;
}

/** The operand of a commutative node beside a constant scalar of this value. */
function besides(draft: Draft, node: GraphNode, value: number): string | null {
  const [a = '', b = ''] = node.inputs;
  if (scalar(draft, b) === value) return a;
  return scalar(draft, a) === value ? b : null;
}

/** x when the value is clip(x + 3, 0, 6). */
function sixfoldGate(draft: Draft, name: string): string | null {
  const clip = ownProducer(draft, name, 'Clip');
  if (clip === null) return null;
  const bound = (index: number, attribute: string): number | null =>
    clip.inputs[index] ? scalar(draft, clip.inputs[index]) : floatAttribute(clip, attribute, Number.NaN);
  if (bound(1, 'min') !== 0 || bound(2, 'max') !== 6) return null;
  const add = ownProducer(draft, clip.inputs[0] as string, 'Add');
  return add === null ? null : besides(draft, add, 3);
}

/** x when the value is clip(x + 3, 0, 6) / 6, in either spelling. */
function gate(draft: Draft, name: string): string | null {
  const sigmoid = ownProducer(draft, name, 'HardSigmoid');
  if (sigmoid !== null) {
    const plain =
      floatAttribute(sigmoid, 'alpha', f32(0.2)) === f32(1 / 6) && floatAttribute(sigmoid, 'beta', 0.5) === 0.5;
    return plain ? (sigmoid.inputs[0] as string) : null;
  }
  const divided = ownProducer(draft, name, 'Div');
  return divided !== null && scalar(draft, divided.inputs[1]) === 6
    ? sixfoldGate(draft, divided.inputs[0] as string)
    : null;
}

/** x when the node multiplies x by what `match` finds to be a gate of x. */
function gated(draft: Draft, node: GraphNode, match: (draft: Draft, name: string) => string | null): string | null {
  const [a = '', b = ''] = node.inputs;
  if (match(draft, b) === a) return a;
  return match(draft, a) === b ? b : null;
}

function hardSwishInput(draft: Draft, node: GraphNode): string | null {
  if (node.op === 'Mul') {
    const direct = gated(draft, node, gate);
    if (direct !== null) return direct;
    const scaled = besides(draft, node, f32(1 / 6));
    const product = scaled === null ? null : ownProducer(draft, scaled, 'Mul');
    return product === null ? null : gated(draft, product, sixfoldGate);
  }
  if (node.op !== 'Div' || scalar(draft, node.inputs[1]) !== 6) return null;
  const product = ownProducer(draft, node.inputs[0] as string, 'Mul');
  return product === null ? null : gated(draft, product, sixfoldGate);
}

/** x · clip(x + 3, 0, 6) / 6, however it is spelled, is HardSwish. */
export function fuseHardSwish(draft: Draft): void {
  for (const { name } of draft.nodes.filter(({ op }) => op === 'Mul' || op === 'Div')) {
    const node = draft.nodes.find((other) => other.name === name);
    const x = node === undefined ? null : hardSwishInput(draft, node);
    if (x === null) continue;
    draft.nodes = draft.nodes.map((other) =>
      other === node ? { ...node, op: 'HardSwish', inputs: [x], attributes: new Map() } : other,
    );
    removeUnread(draft);
  }
}

function removeUnread(draft: Draft): void {
  for (let before = -1; before !== draft.nodes.length; ) {
    before = draft.nodes.length;
    const read = new Set(draft.nodes.flatMap((node) => node.inputs));
    draft.nodes = draft.nodes.filter((node) => node.outputs.some((name) => read.has(name) || draft.outputs.has(name)));
  }
}

/** A constant added to a Conv, one for all or one per channel, is its bias. */
export function fuseConvAdd(draft: Draft): void {
  for (const { name } of draft.nodes.filter(({ op }) => op === 'Add')) {
    const add = draft.nodes.find((other) => other.name === name) as GraphNode;
    const [a = '', b = ''] = add.inputs;
    const [source, constant] = draft.initializers.has(b) ? [a, b] : [b, a];
    const conv = ownProducer(draft, source, 'Conv');
    const weights = draft.initializers.get(conv?.inputs[1] ?? '');
    const tensor = draft.initializers.get(constant);
    if (conv === null || weights === undefined || tensor?.type !== 'float32' || conv.inputs[2]) continue;
    const channels = weights.dims[0] as number;
    if (!perChannel(tensor, channels, weights.dims.length)) continue;
    const bias = `${conv.name}/added.bias`;
    const data = Float32Array.from({ length: channels }, (_, m) => tensor.data[tensor.data.length === 1 ? 0 : m] ?? 0);
    draft.initializers.set(bias, { type: 'float32', dims: [channels], data });
    const fused = { ...conv, inputs: [conv.inputs[0] as string, conv.inputs[1] as string, bias] };
    draft.nodes = draft.nodes.flatMap((other) =>
      other === conv ? [] : other === add ? [{ ...fused, outputs: add.outputs }] : [other],
    );
  }
}

/** Whether a tensor broadcasts over an image of this rank as one value, or as one value per channel. */
function perChannel(tensor: GraphTensor, channels: number, rank: number): boolean {
  if (tensor.data.length === 1) return tensor.dims.length <= rank;
  const fromEnd = tensor.dims.length - (rank - 1);
  return fromEnd >= 0 && fromEnd <= 1 && tensor.data.length === channels && tensor.dims[fromEnd] === channels;
}

/**
 * The mean over the last axis is a product with a column of 1/n, over all spatial axes a GlobalAveragePool: both have
 * integer kernels, ReduceMean has none.
 */
export function replaceMeans(draft: Draft, dimsOf: (name: string) => readonly number[] | undefined): void {
  draft.nodes = draft.nodes.flatMap((node) => {
    if (node.op !== 'ReduceMean') return [node];
    const dims = dimsOf(node.inputs[0] as string);
    return dims === undefined ? [node] : (mean(draft, node, dims) ?? [node]);
  });
}

function mean(draft: Draft, node: GraphNode, dims: readonly number[]): readonly GraphNode[] | null {
  const operand = draft.initializers.get(node.inputs[1] ?? '');
  const given = intsAttribute(node, 'axes') ?? (operand === undefined ? undefined : Array.from(operand.data, Number));
  const axes = given?.map((axis) => (axis < 0 ? axis + dims.length : axis)).sort((a, b) => a - b);
  if (axes === undefined) return null;
  const keeps = node.attributes.get('keepdims')?.value !== 0;
  const kept = keeps ? (node.outputs[0] as string) : `${node.name}/kept`;
  const replaced = averaging(draft, node, dims, axes, kept);
  if (replaced === null || keeps) return replaced === null ? null : [replaced];
  const shape = `${node.name}/shape`;
  const rest = dims.filter((_, i) => !axes.includes(i));
  draft.initializers.set(shape, { type: 'int64', dims: [rest.length], data: BigInt64Array.from(rest, BigInt) });
  const reshape: GraphNode = {
    ...node,
    name: `${node.name}/reshape`,
    op: 'Reshape',
    inputs: [kept, shape],
    attributes: new Map(),
  };
  return [replaced, reshape];
}

/** The node that averages over `axes` and keeps them with size 1. */
function averaging(
  draft: Draft,
  node: GraphNode,
  dims: readonly number[],
  axes: readonly number[],
  output: string,
): GraphNode | null {
  const plain = { ...node, outputs: [output], attributes: new Map() };
  const spatial = dims.length - 2;
  if (spatial > 0 && axes.length === spatial && axes.every((axis, i) => axis === i + 2)) {
    return { ...plain, op: 'GlobalAveragePool', inputs: [node.inputs[0] as string] };
  }
  if (axes.length !== 1 || axes[0] !== dims.length - 1 || dims.length < 2) return null;
  const count = dims.at(-1) as number;
  const weights = `${node.name}/weights`;
  draft.initializers.set(weights, {
    type: 'float32',
    dims: [count, 1],
    data: new Float32Array(count).fill(1 / count),
  });
  return { ...plain, op: 'MatMul', inputs: [node.inputs[0] as string, weights] };
}
