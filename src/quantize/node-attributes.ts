/** Readers of ONNX node attributes with their defaults; a wrong kind is `MODEL_INVALID`. */
import type { GraphNode } from '../artifact/graph.ts';
import { invalid } from './refusal.ts';

export function intAttribute(node: GraphNode, name: string, fallback: number): number {
  const attribute = node.attributes.get(name);
  if (attribute === undefined) return fallback;
  return attribute.kind === 'int' ? attribute.value : invalid(node, `attribute ${name} must be an integer`);
}

export function floatAttribute(node: GraphNode, name: string, fallback: number): number {
  const attribute = node.attributes.get(name);
  if (attribute === undefined) return fallback;
  return attribute.kind === 'float' ? attribute.value : invalid(node, `attribute ${name} must be a float`);
}

export function textAttribute(node: GraphNode, name: string, fallback: string): string {
  const attribute = node.attributes.get(name);
  if (attribute === undefined) return fallback;
  return attribute.kind === 'string' ? attribute.value : invalid(node, `attribute ${name} must be a string`);
}

/** The list of integers, or undefined when the attribute is absent. */
export function intsAttribute(node: GraphNode, name: string): readonly number[] | undefined {
  const attribute = node.attributes.get(name);
  if (attribute === undefined) return undefined;
  return attribute.kind === 'ints' ? attribute.value : invalid(node, `attribute ${name} must be a list of integers`);
}

/** The list of floats, or undefined when the attribute is absent. */
export function floatsAttribute(node: GraphNode, name: string): readonly number[] | undefined {
  const attribute = node.attributes.get(name);
  if (attribute === undefined) return undefined;
  return attribute.kind === 'floats' ? attribute.value : invalid(node, `attribute ${name} must be a list of floats`);
}
