/**
 * Nodes of older operator sets in the spelling of the one the quantizer writes: what used to be an attribute is an operand.
 * (Squeeze, Unsqueeze and Split before 13, Pad before 11, Slice and Resize before 10 and 11; Upsample is Resize.)
 */
import type { GraphNode, GraphTensor } from '../../artifact/graph.ts';
import { floatAttribute, intsAttribute, textAttribute } from '../node-attributes.ts';
import { refuse } from '../refusal.ts';
import type { Draft } from './draft.ts';

/** Attribute names in the order of the operands they became, the first of them operand 1. */
const moved: ReadonlyMap<string, readonly string[]> = new Map([
  ['Squeeze', ['axes']],
  ['Unsqueeze', ['axes']],
  ['Split', ['split']],
  ['Slice', ['starts', 'ends', 'axes']],
  ['Pad', ['pads']],
]);

export function modernize(draft: Draft, opset: number): void {
  draft.nodes = draft.nodes.map((node) => {
    if (node.op === 'Upsample' || (node.op === 'Resize' && opset < 11)) return resize(draft, node, opset);
    return node.inputs.length === 1 ? withOperands(draft, node) : node;
  });
}

function withOperands(draft: Draft, node: GraphNode): GraphNode {
  const names = moved.get(node.op) ?? [];
  const values = names.map((name) => intsAttribute(node, name));
  if (values.every((value) => value === undefined)) return node;
  const operands = values.map((value, i) =>
    value === undefined ? '' : constant(draft, `${node.name}/${names[i]}`, integers(value)),
  );
  if (node.op === 'Pad') operands.push(constant(draft, `${node.name}/value`, scalar(floatAttribute(node, 'value', 0))));
  while (operands.at(-1) === '') operands.pop();
  return { ...node, inputs: [...node.inputs, ...operands], attributes: without(node, [...names, 'value']) };
}

/** Before operator set 11 coordinates were what is now called asymmetric, and the nearest cell the one below. */
function resize(draft: Draft, node: GraphNode, opset: number): GraphNode {
  const [x = '', given] = node.inputs;
  const attribute = node.attributes.get('scales');
  const scales =
    given ??
    (attribute?.kind === 'floats'
      ? constant(draft, `${node.name}/scales`, floats(attribute.value))
      : refuse(node, 'has no scales', 'Export the model with operator set 11 or later.'));
  const mode = textAttribute(node, 'mode', 'nearest');
  if (opset < 7 || mode !== 'nearest') refuse(node, `resizes by ${mode}`, 'Only nearest is supported.');
  return {
    ...node,
    op: 'Resize',
    inputs: [x, '', scales],
    attributes: new Map([
      ['mode', { kind: 'string', value: mode }],
      ['coordinate_transformation_mode', { kind: 'string', value: 'asymmetric' }],
      ['nearest_mode', { kind: 'string', value: 'floor' }],
    ]),
  };
}

function without(node: GraphNode, names: readonly string[]): GraphNode['attributes'] {
  return new Map([...node.attributes].filter(([name]) => !names.includes(name)));
}

function constant(draft: Draft, name: string, tensor: GraphTensor): string {
  draft.initializers.set(name, tensor);
  return name;
}

function integers(values: readonly number[]): GraphTensor {
  return { type: 'int64', dims: [values.length], data: BigInt64Array.from(values, BigInt) };
}

function floats(values: readonly number[]): GraphTensor {
  return { type: 'float32', dims: [values.length], data: Float32Array.from(values) };
}

function scalar(value: number): GraphTensor {
  return { type: 'float32', dims: [], data: Float32Array.of(value) };
}
