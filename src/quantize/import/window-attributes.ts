/** The attributes Conv and MaxPool share, resolved to explicit lists. */
import type { GraphNode } from '../../artifact/graph.ts';
import type { AutoPad, WindowGeometry } from '../../base/window.ts';
import { intsAttribute, textAttribute } from '../node-attributes.ts';
import { invalid } from '../refusal.ts';

const autoPads: readonly AutoPad[] = ['NOTSET', 'SAME_UPPER', 'SAME_LOWER', 'VALID'];

export function autoPadOf(node: GraphNode): AutoPad {
  const text = textAttribute(node, 'auto_pad', 'NOTSET');
  return autoPads.find((known) => known === text) ?? invalid(node, `auto_pad is ${text}`);
}

/** A list of `length` integers, or `fallback` repeated when the attribute is absent. */
export function spatialList(node: GraphNode, name: string, length: number, fallback: number): readonly number[] {
  const values = intsAttribute(node, name) ?? new Array<number>(length).fill(fallback);
  if (values.length !== length) invalid(node, `${name} must have ${length} entries`);
  if (values.some((value) => value < fallback)) invalid(node, `${name} holds a value below ${fallback}`);
  return values;
}

/** [begin…, end…] of the padding actually in force; refuses windows that do not fit. */
export function windowPads(axes: readonly WindowGeometry[]): readonly number[] {
  return [...axes.map((axis) => axis.padBegin), ...axes.map((axis) => axis.padEnd)];
}
