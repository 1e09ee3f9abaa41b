/** `Constant` nodes become initializers: one way to hold a constant instead of two. */
import type { Attribute, GraphTensor } from '../artifact/graph.ts';
import { ProvennError } from '../base/errors.ts';
import type { RawModel, RawNode } from './model.ts';
import type { NamedTensor } from './tensor.ts';

/** The model without `Constant` nodes; remaining nodes keep their order. */
export function foldConstants(model: RawModel): RawModel {
  const nodes: RawNode[] = [];
  const initializers: NamedTensor[] = [...model.initializers];
  for (const node of model.nodes) {
    if (node.op !== 'Constant' || node.domain !== '') nodes.push(node);
    else initializers.push(constantOf(node));
  }
  return { ...model, nodes, initializers };
}

function constantOf(node: RawNode): NamedTensor {
  const label = node.name;
  const [name, ...rest] = node.outputs;
  if (name === undefined || name === '' || rest.length > 0 || node.inputs.length > 0) {
    throw new ProvennError('MODEL_INVALID', `Constant node '${label}' must have no input and one output.`, {
      where: label,
    });
  }
  const [entry, ...others] = node.attributes;
  if (entry === undefined || others.length > 0) {
    throw new ProvennError('MODEL_INVALID', `Constant node '${label}' must have exactly one attribute.`, {
      where: label,
    });
  }
  const tensor = tensorOf(entry[0], entry[1]);
  if (tensor !== null) return { name, tensor };
  throw new ProvennError('MODEL_UNSUPPORTED', `Constant node '${label}' gives its value as '${entry[0]}'.`, {
    where: label,
    next: 'Supported forms are value, value_float, value_floats, value_int and value_ints.',
  });
}

function tensorOf(name: string, attribute: Attribute): GraphTensor | null {
  if (name === 'value' && attribute.kind === 'tensor') return attribute.value;
  if (name === 'value_float' && attribute.kind === 'float') return floats([], [attribute.value]);
  if (name === 'value_floats' && attribute.kind === 'floats') return floats([attribute.value.length], attribute.value);
  if (name === 'value_int' && attribute.kind === 'int') return ints([], [attribute.value]);
  if (name === 'value_ints' && attribute.kind === 'ints') return ints([attribute.value.length], attribute.value);
  return null;
}

function floats(dims: readonly number[], values: readonly number[]): GraphTensor {
  return { type: 'float32', dims, data: Float32Array.from(values) };
}

function ints(dims: readonly number[], values: readonly number[]): GraphTensor {
  return { type: 'int64', dims, data: BigInt64Array.from(values, BigInt) };
}
