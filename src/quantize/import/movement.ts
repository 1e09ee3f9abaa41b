/**
 * Operators that move values without computing: the same for floats and for the integers that stand for them.
 * Maxima are among them because dequantization is increasing, so the largest integer is the largest float.
 */
import type { Graph, GraphNode } from '../../artifact/graph.ts';
import type { Shape } from '../../base/tensor.ts';
import { intAttribute, intsAttribute } from '../node-attributes.ts';
import { invalid, refuse } from '../refusal.ts';
import { readReduceExtreme } from './extremes.ts';
import { constantOperand, type MovementReader, type Step, type Surroundings, still } from './movement-operands.ts';
import {
  readDepthToSpace,
  readFlatten,
  readReshape,
  readSpaceToDepth,
  readSqueeze,
  readTranspose,
  readUnsqueeze,
} from './reshaping.ts';
import { readExpand, readGather, readPad, readResize, readSlice, readTile } from './selecting.ts';
import { windowAttributes } from './window-attributes.ts';

const readers: ReadonlyMap<string, MovementReader> = new Map<string, MovementReader>([
  ['MaxPool', readMaxPool],
  ['GlobalMaxPool', readGlobalMaxPool],
  ['Flatten', readFlatten],
  ['Reshape', readReshape],
  ['Squeeze', readSqueeze],
  ['Unsqueeze', readUnsqueeze],
  ['Transpose', readTranspose],
  ['DepthToSpace', readDepthToSpace],
  ['SpaceToDepth', readSpaceToDepth],
  ['Slice', readSlice],
  ['Gather', readGather],
  ['Expand', readExpand],
  ['Tile', readTile],
  ['Resize', readResize],
  ['Upsample', readResize],
  ['Pad', readPad],
  ['ReduceMax', readReduceExtreme(false)],
  ['ReduceMin', readReduceExtreme(true)],
  ['Identity', () => still],
  ['Dropout', readDropout],
]);

/** Names of the operators that move values. */
export const movementNames: readonly string[] = [...readers.keys()];

/** Resolves a movement of a tensor of shape `dims`. */
export function readMovement(node: GraphNode, dims: Shape, around: Surroundings): readonly Step[] {
  const reader = readers.get(node.op);
  return reader === undefined ? refuse(node, 'does not move values', 'Remove the node.') : reader(node, dims, around);
}

/** Nodes that onnxruntime removes before anything else. */
export function isStill(node: GraphNode): boolean {
  return node.op === 'Identity' || node.op === 'Dropout';
}

/** onnxruntime's own list (core/optimizer/propagate_quant_dequant.cc), besides what `isStill`; found again by looking at optimised models. */
const carried: ReadonlySet<string> = new Set([
  'Reshape',
  'Transpose',
  'Squeeze',
  'Unsqueeze',
  'Slice',
  'Identity',
  'Dropout',
]);

/** Whether onnxruntime carries a QuantizeLinear or DequantizeLinear across the node; MaxPool takes bytes from opset 12. */
export function propagates(node: GraphNode, graph: Graph): boolean {
  if (carried.has(node.op)) return true;
  return node.op === 'MaxPool' && (graph.opsets.get('') ?? 0) >= 12;
}

function readMaxPool(node: GraphNode, dims: Shape): readonly Step[] {
  if (node.outputs.length > 1 && node.outputs[1] !== '')
    refuse(node, 'returns Indices', 'Export MaxPool without its second output.');
  const rank = dims.length - 2;
  if (rank < 1 || rank > 3) refuse(node, `pools over ${rank} dimensions`, 'Pool over one to three dimensions.');
  const kernel = intsAttribute(node, 'kernel_shape') ?? invalid(node, 'kernel_shape is missing');
  const ceilMode = intAttribute(node, 'ceil_mode', 0) === 1;
  if (kernel.length !== rank) invalid(node, `kernel_shape must have ${rank} entries`);
  const window = windowAttributes(node, dims, kernel, { ceilMode, samePadding: 'undilated' });
  return [{ op: 'MaxPool', attrs: { kernel, ...window, ceilMode } }];
}

/** The largest cell of every image: a window as large as the image. */
function readGlobalMaxPool(node: GraphNode, dims: Shape): readonly Step[] {
  const kernel = dims.slice(2);
  if (kernel.length < 1 || kernel.length > 3)
    refuse(node, `pools over ${kernel.length} dimensions`, 'Pool over one to three dimensions.');
  const ones = kernel.map(() => 1);
  const pads = [...kernel, ...kernel].map(() => 0);
  return [{ op: 'MaxPool', attrs: { kernel, strides: ones, dilations: ones, pads, ceilMode: false } }];
}

function readDropout(node: GraphNode, _: Shape, around: Surroundings): readonly Step[] {
  const training = constantOperand(node, 2, around);
  if (training !== undefined && Number(training.data[0]) !== 0)
    refuse(node, 'is in training mode', 'Export the model for inference.');
  return still;
}
