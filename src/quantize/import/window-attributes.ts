/** The attributes Conv and the pools share, resolved to explicit lists. */
import type { GraphNode } from '../../artifact/graph.ts';
import type { Shape } from '../../base/tensor.ts';
import { type AutoPad, type WindowAxis, type WindowGeometry, windowGeometry } from '../../base/window.ts';
import { intsAttribute, textAttribute } from '../node-attributes.ts';
import { invalid } from '../refusal.ts';

const autoPads: readonly AutoPad[] = ['NOTSET', 'SAME_UPPER', 'SAME_LOWER', 'VALID'];

function autoPadOf(node: GraphNode): AutoPad {
  const text = textAttribute(node, 'auto_pad', 'NOTSET');
  return autoPads.find((known) => known === text) ?? invalid(node, `auto_pad is ${text}`);
}

/** A list of `length` integers, or `fallback` repeated when the attribute is absent. */
function spatialList(node: GraphNode, name: string, length: number, fallback: number): readonly number[] {
  const values = intsAttribute(node, name) ?? new Array<number>(length).fill(fallback);
  if (values.length !== length) invalid(node, `${name} must have ${length} entries`);
  if (values.some((value) => value < fallback)) invalid(node, `${name} holds a value below ${fallback}`);
  return values;
}

/** Strides, dilations and the padding in force of a window over the spatial dimensions of `dims`, which is [N, C, …]. */
export function windowAttributes(
  node: GraphNode,
  dims: Shape,
  kernel: Shape,
  mode: Pick<WindowAxis, 'ceilMode' | 'samePadding'>,
): { readonly strides: readonly number[]; readonly dilations: readonly number[]; readonly pads: readonly number[] } {
  const rank = kernel.length;
  const strides = spatialList(node, 'strides', rank, 1);
  const dilations = spatialList(node, 'dilations', rank, 1);
  const given = spatialList(node, 'pads', 2 * rank, 0);
  const axes = kernel.map((size, i) =>
    windowGeometry({
      ...mode,
      input: dims[i + 2] as number,
      kernel: size,
      stride: strides[i] as number,
      dilation: dilations[i] as number,
      padBegin: given[i] as number,
      padEnd: given[i + rank] as number,
      autoPad: autoPadOf(node),
    }),
  );
  return { strides, dilations, pads: windowPads(axes) };
}

/** [begin…, end…] of the padding actually in force; refuses windows that do not fit. */
function windowPads(axes: readonly WindowGeometry[]): readonly number[] {
  return [...axes.map((axis) => axis.padBegin), ...axes.map((axis) => axis.padEnd)];
}
