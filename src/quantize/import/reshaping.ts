/** Movements that only regroup and permute dimensions. */
import type { GraphNode } from '../../artifact/graph.ts';
import { product, type Shape } from '../../base/tensor.ts';
import { intAttribute, intsAttribute, textAttribute } from '../node-attributes.ts';
import { invalid, refuse } from '../refusal.ts';
import { axesOf, axisOf, integersOf, listOf, reshaped, type Step, type Surroundings } from './movement-operands.ts';

export function readFlatten(node: GraphNode, dims: Shape): readonly Step[] {
  const axis = axisOf(node, intAttribute(node, 'axis', 1), dims.length + 1, dims.length);
  return [reshaped([product(dims.slice(0, axis)), product(dims.slice(axis))])];
}

export function readReshape(node: GraphNode, dims: Shape, around: Surroundings): readonly Step[] {
  const wanted = integersOf(node, 1, around) ?? invalid(node, 'the shape is missing');
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
  return [reshaped(out)];
}

export function readSqueeze(node: GraphNode, dims: Shape, around: Surroundings): readonly Step[] {
  const given = listOf(node, 'axes', 1, around);
  const axes = given?.map((axis) => axisOf(node, axis, dims.length, dims.length));
  if (axes?.some((axis) => dims[axis] !== 1)) invalid(node, 'a squeezed dimension is not 1');
  return [reshaped(dims.filter((size, i) => (axes === undefined ? size !== 1 : !axes.includes(i))))];
}

export function readUnsqueeze(node: GraphNode, dims: Shape, around: Surroundings): readonly Step[] {
  const given = listOf(node, 'axes', 1, around) ?? invalid(node, 'the axes are missing');
  const rank = dims.length + given.length;
  const axes = axesOf(node, given, rank);
  const rest = [...dims];
  return [reshaped(Array.from({ length: rank }, (_, i) => (axes.includes(i) ? 1 : (rest.shift() as number))))];
}

export function readTranspose(node: GraphNode, dims: Shape): readonly Step[] {
  const perm = intsAttribute(node, 'perm') ?? dims.map((_, i) => dims.length - 1 - i);
  if (perm.length !== dims.length || [...perm].sort((a, b) => a - b).some((axis, i) => axis !== i)) {
    invalid(node, `perm [${perm.join(',')}] is no permutation of ${dims.length} dimensions`);
  }
  return [{ op: 'Transpose', attrs: { perm } }];
}

function block(node: GraphNode, dims: Shape): readonly [n: number, c: number, h: number, w: number, size: number] {
  const [n, c, h, w] = dims;
  const size = intAttribute(node, 'blocksize', 0);
  if (dims.length !== 4 || n === undefined || c === undefined || h === undefined || w === undefined)
    return refuse(node, `works on ${dims.length} dimensions`, 'Only images [N, C, H, W] are supported.');
  if (size < 1) invalid(node, `blocksize is ${size}`);
  return [n, c, h, w, size];
}

/** Channels become blocks of pixels. DCR takes the block's position from the outer digits of the channel, CRD from the inner. */
export function readDepthToSpace(node: GraphNode, dims: Shape): readonly Step[] {
  const [n, c, h, w, size] = block(node, dims);
  const depth = c / size ** 2;
  if (!Number.isInteger(depth)) invalid(node, `${c} channels do not make blocks of ${size}`);
  const mode = textAttribute(node, 'mode', 'DCR');
  if (mode !== 'DCR' && mode !== 'CRD') invalid(node, `mode is ${mode}`);
  const crd = mode === 'CRD';
  return [
    reshaped(crd ? [n, depth, size, size, h, w] : [n, size, size, depth, h, w]),
    { op: 'Transpose', attrs: { perm: crd ? [0, 1, 4, 2, 5, 3] : [0, 3, 4, 1, 5, 2] } },
    reshaped([n, depth, h * size, w * size]),
  ];
}

/** Blocks of pixels become channels, the position in the block in the outer digits. */
export function readSpaceToDepth(node: GraphNode, dims: Shape): readonly Step[] {
  const [n, c, h, w, size] = block(node, dims);
  if (h % size !== 0 || w % size !== 0) invalid(node, `blocks of ${size} do not fill ${h} by ${w} pixels`);
  return [
    reshaped([n, c, h / size, size, w / size, size]),
    { op: 'Transpose', attrs: { perm: [0, 3, 5, 1, 2, 4] } },
    reshaped([n, c * size ** 2, h / size, w / size]),
  ];
}
