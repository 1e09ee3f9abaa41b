/** What movements are told by attributes in old operator sets and by constant operands in new ones. */
import type { GraphNode, GraphTensor } from '../../artifact/graph.ts';
import type { Json } from '../../base/canonical-json.ts';
import type { Shape } from '../../base/tensor.ts';
import { intsAttribute } from '../node-attributes.ts';
import { invalid, refuse } from '../refusal.ts';
import type { Network } from './network.ts';
import type { Cell } from './values.ts';

/** One operator of the integer network; Identity when nothing moves at all (Dropout at inference). */
export type Step = {
  readonly op: 'MaxPool' | 'Reshape' | 'Transpose' | 'Identity' | 'Select' | 'Pad' | 'ReduceExtreme' | 'ArgExtreme';
  readonly attrs: Json;
};

/** What a movement may ask: constants by name, and which integer stands for a constant of the model's own type. */
export type Surroundings = {
  readonly constants: (name: string) => GraphTensor | undefined;
  readonly integerFor: (value: number) => number | null;
};

/** The steps that do the same to a tensor of shape `dims`, in order; at least one. */
export type MovementReader = (node: GraphNode, dims: Shape, around: Surroundings) => readonly Step[];

export const still: readonly Step[] = [{ op: 'Identity', attrs: {} }];

export function reshaped(dims: Shape): Step {
  return { op: 'Reshape', attrs: { dims } };
}

export function isGiven(node: GraphNode, index: number): boolean {
  return node.inputs[index] !== undefined && node.inputs[index] !== '';
}

/** An axis counted from the end when negative; `bound` exclusive, negative axes relative to `rank`. */
export function axisOf(node: GraphNode, axis: number, bound: number, rank: number): number {
  const index = axis < 0 ? axis + rank : axis;
  return index >= 0 && index < bound ? index : invalid(node, `axis ${axis} is out of range`);
}

/** Distinct axes of `rank` dimensions. */
export function axesOf(node: GraphNode, axes: readonly number[], rank: number): readonly number[] {
  const list = axes.map((axis) => axisOf(node, axis, rank, rank));
  if (new Set(list).size !== list.length) invalid(node, 'an axis is repeated');
  return list;
}

/** A constant operand; undefined when it is absent. */
export function constantOperand(node: GraphNode, index: number, around: Surroundings): GraphTensor | undefined {
  if (!isGiven(node, index)) return undefined;
  const name = node.inputs[index] as string;
  return (
    around.constants(name) ??
    refuse(
      node,
      `computes its operand ${name} at run time`,
      'Export the model with fixed shapes (for instance with onnxsim).',
    )
  );
}

/** A constant int64 or int32 operand as numbers; undefined when it is absent. */
export function integersOf(node: GraphNode, index: number, around: Surroundings): readonly number[] | undefined {
  const tensor = constantOperand(node, index, around);
  if (tensor === undefined) return undefined;
  if (tensor.type !== 'int64' && tensor.type !== 'int32')
    return invalid(node, `operand ${node.inputs[index]} must hold integers`);
  return Array.from(tensor.data, Number);
}

/** A list of integers given as an attribute or as an operand. */
export function listOf(
  node: GraphNode,
  name: string,
  index: number,
  around: Surroundings,
): readonly number[] | undefined {
  return intsAttribute(node, name) ?? integersOf(node, index, around);
}

/** Emits the steps one after the other; only the last result may have a name of the model. */
export function emitSteps(
  network: Network,
  node: GraphNode,
  cell: Cell,
  steps: readonly Step[],
  name: string | null,
): Cell {
  return steps.reduce(
    (current, { op, attrs }, i) => network.emit(node, op, attrs, [current], i === steps.length - 1 ? name : null),
    cell,
  );
}

/** More indices than any dimension has: refused before a list of them is made. */
const mostIndices = 2 ** 24;

/** A list of indices, one per cell of a dimension. */
export function counted(node: GraphNode, count: number, index: (i: number) => number): number[] {
  if (!(count <= mostIndices)) refuse(node, `makes a dimension of ${count} cells`, 'Use smaller tensors.');
  return Array.from({ length: Math.max(0, count) }, (_, i) => index(i));
}
