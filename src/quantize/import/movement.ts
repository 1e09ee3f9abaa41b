/**
 * Operators that move values without computing: the same for floats and for the integers that stand for them.
 * MaxPool is among them because dequantization is increasing, so the largest integer is the largest float.
 */
import type { Graph, GraphNode, GraphTensor } from '../../artifact/graph.ts';
import type { Json } from '../../base/canonical-json.ts';
import { product, type Shape } from '../../base/tensor.ts';
import { intAttribute, intsAttribute } from '../node-attributes.ts';
import { invalid, refuse } from '../refusal.ts';
import { windowAttributes } from './window-attributes.ts';

/** The integer operator that does the same; Identity when nothing moves at all (Dropout at inference). */
export type Movement = { readonly op: 'MaxPool' | 'Reshape' | 'Transpose' | 'Identity'; readonly attrs: Json };

/** Initializer lookup by name. */
export type Constants = (name: string) => GraphTensor | undefined;

type Reader = (node: GraphNode, dims: Shape, constants: Constants) => Movement;

const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['MaxPool', readMaxPool],
  ['GlobalMaxPool', readGlobalMaxPool],
  ['Flatten', readFlatten],
  ['Reshape', readReshape],
  ['Squeeze', readSqueeze],
  ['Unsqueeze', readUnsqueeze],
  ['Transpose', readTranspose],
  ['Identity', () => still],
  ['Dropout', readDropout],
]);

/** Names of the operators that move values. */
export const movementNames: readonly string[] = [...readers.keys()];

/** Resolves a movement of a tensor of shape `dims`. */
export function readMovement(node: GraphNode, dims: Shape, constants: Constants): Movement {
  const reader = readers.get(node.op);
  return reader === undefined
    ? refuse(node, 'does not move values', 'Remove the node.')
    : reader(node, dims, constants);
}

/** Nodes that onnxruntime removes before anything else. */
export function isStill(node: GraphNode): boolean {
  return node.op === 'Identity' || node.op === 'Dropout';
}

/** Whether onnxruntime carries a QuantizeLinear or DequantizeLinear across the node; MaxPool takes bytes from opset 12. */
export function propagates(node: GraphNode, graph: Graph): boolean {
  if (node.op === 'Flatten' || node.op === 'GlobalMaxPool') return false;
  return node.op !== 'MaxPool' || (graph.opsets.get('') ?? 0) >= 12;
}

const still: Movement = { op: 'Identity', attrs: {} };

function reshaped(dims: Shape): Movement {
  return { op: 'Reshape', attrs: { dims } };
}

function readMaxPool(node: GraphNode, dims: Shape): Movement {
  if (node.outputs.length > 1 && node.outputs[1] !== '')
    refuse(node, 'returns Indices', 'Export MaxPool without its second output.');
  const rank = dims.length - 2;
  if (rank < 1 || rank > 2)
    refuse(node, `pools over ${rank} dimensions`, 'Only one- and two-dimensional pooling is supported.');
  const kernel = intsAttribute(node, 'kernel_shape') ?? invalid(node, 'kernel_shape is missing');
  const ceilMode = intAttribute(node, 'ceil_mode', 0) === 1;
  if (kernel.length !== rank) invalid(node, `kernel_shape must have ${rank} entries`);
  const window = windowAttributes(node, dims, kernel, { ceilMode, samePadding: 'undilated' });
  return { op: 'MaxPool', attrs: { kernel, ...window, ceilMode } };
}

/** The largest cell of every image: a window as large as the image. */
function readGlobalMaxPool(node: GraphNode, dims: Shape): Movement {
  const kernel = dims.slice(2);
  if (kernel.length < 1 || kernel.length > 2)
    refuse(node, `pools over ${kernel.length} dimensions`, 'Only one- and two-dimensional pooling is supported.');
  const ones = kernel.map(() => 1);
  const pads = [...kernel, ...kernel].map(() => 0);
  return { op: 'MaxPool', attrs: { kernel, strides: ones, dilations: ones, pads, ceilMode: false } };
}

function readFlatten(node: GraphNode, dims: Shape): Movement {
  const axis = axisOf(node, intAttribute(node, 'axis', 1), dims.length + 1, dims.length);
  return reshaped([product(dims.slice(0, axis)), product(dims.slice(axis))]);
}

function readReshape(node: GraphNode, dims: Shape, constants: Constants): Movement {
  const wanted = integersOf(node, 1, constants) ?? invalid(node, 'the shape is missing');
  const keepZero = intAttribute(node, 'allowzero', 0) === 1;
  const sizes = wanted.map((size, i) =>
    size === 0 && !keepZero ? (dims[i] ?? invalid(node, 'a 0 in the shape has no counterpart')) : size,
  );
  const open = sizes.indexOf(-1);
  const known = product(sizes.filter((size) => size !== -1));
  if (sizes.indexOf(-1, open + 1) > open && open >= 0) invalid(node, 'the shape has more than one -1');
  const out = open < 0 ? sizes : sizes.map((size) => (size === -1 ? product(dims) / known : size));
  if (out.some((size) => !Number.isInteger(size) || size < 1) || product(out) !== product(dims)) {
    invalid(node, `[${dims.join(',')}] cannot take the shape [${wanted.join(',')}]`);
  }
  return reshaped(out);
}

function readSqueeze(node: GraphNode, dims: Shape, constants: Constants): Movement {
  const given = intsAttribute(node, 'axes') ?? integersOf(node, 1, constants);
  const axes = given?.map((axis) => axisOf(node, axis, dims.length, dims.length));
  if (axes?.some((axis) => dims[axis] !== 1)) invalid(node, 'a squeezed dimension is not 1');
  return reshaped(dims.filter((size, i) => (axes === undefined ? size !== 1 : !axes.includes(i))));
}

function readUnsqueeze(node: GraphNode, dims: Shape, constants: Constants): Movement {
  const given = intsAttribute(node, 'axes') ?? integersOf(node, 1, constants) ?? invalid(node, 'the axes are missing');
  const rank = dims.length + given.length;
  const axes = given.map((axis) => axisOf(node, axis, rank, rank));
  if (new Set(axes).size !== axes.length) invalid(node, 'an axis is repeated');
  const rest = [...dims];
  return reshaped(Array.from({ length: rank }, (_, i) => (axes.includes(i) ? 1 : (rest.shift() as number))));
}

function readTranspose(node: GraphNode, dims: Shape): Movement {
  const perm = intsAttribute(node, 'perm') ?? dims.map((_, i) => dims.length - 1 - i);
  if (perm.length !== dims.length || [...perm].sort((a, b) => a - b).some((axis, i) => axis !== i)) {
    invalid(node, `perm [${perm.join(',')}] is no permutation of ${dims.length} dimensions`);
  }
  return { op: 'Transpose', attrs: { perm } };
}

function readDropout(node: GraphNode, _: Shape, constants: Constants): Movement {
  const training = node.inputs[2] === undefined || node.inputs[2] === '' ? undefined : constants(node.inputs[2]);
  const absent = node.inputs[2] === undefined || node.inputs[2] === '';
  if (!absent && (training === undefined || Number(training.data[0]) !== 0)) {
    refuse(node, 'is in training mode', 'Export the model for inference.');
  }
  return still;
}

/** An axis counted from the end when negative; `bound` exclusive, negative axes relative to `rank`. */
function axisOf(node: GraphNode, axis: number, bound: number, rank: number): number {
  const index = axis < 0 ? axis + rank : axis;
  return index >= 0 && index < bound ? index : invalid(node, `axis ${axis} is out of range`);
}

/** A constant int64 or int32 operand as numbers; undefined when the operand is absent. */
function integersOf(node: GraphNode, index: number, constants: Constants): readonly number[] | undefined {
  const name = node.inputs[index];
  if (name === undefined || name === '') return undefined;
  const tensor = constants(name);
  if (tensor === undefined)
    return refuse(
      node,
      `computes its operand ${name} at run time`,
      'Export the model with fixed shapes (for instance with onnxsim).',
    );
  if (tensor.type !== 'int64' && tensor.type !== 'int32') return invalid(node, `operand ${name} must hold integers`);
  return Array.from(tensor.data, Number);
}
