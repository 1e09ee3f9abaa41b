/** Shapes of reductions over axes. */
import type { ElementType } from '../../artifact/graph.ts';
import { attributeOrInput, type NodeView, type ShapeRule } from './node-view.ts';

function reduced(node: NodeView, axes: readonly number[], type: ElementType | undefined): ReturnType<ShapeRule> {
  const dims = node.dims(0);
  const dropped = new Set(node.axes(axes, dims.length));
  const keep = node.int('keepdims', 1) !== 0;
  return [{ type, dims: dims.map((size, i) => (dropped.has(i) ? 1 : size)).filter((_, i) => keep || !dropped.has(i)) }];
}

const reduce: ShapeRule = (node) => {
  const axes = attributeOrInput(node, 'axes', 1);
  if (axes.given && axes.values === undefined) return null;
  const listed = (axes.given && axes.values) || [];
  if (listed.length > 0) return reduced(node, listed, node.type(0));
  if (node.int('noop_with_empty_axes', 0) !== 0) return [{ type: node.type(0), dims: node.dims(0) }];
  return reduced(
    node,
    node.dims(0).map((_, i) => i),
    node.type(0),
  );
};

const argument: ShapeRule = (node) => reduced(node, [node.int('axis', 0)], 'int64');

export const reduction: ReadonlyMap<string, ShapeRule> = new Map<string, ShapeRule>([
  ...['Mean', 'Sum', 'Max', 'Min', 'Prod', 'L1', 'L2', 'SumSquare'].map((name): [string, ShapeRule] => [
    `Reduce${name}`,
    reduce,
  ]),
  ['ArgMax', argument],
  ['ArgMin', argument],
]);
