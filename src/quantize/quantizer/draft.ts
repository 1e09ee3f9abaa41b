/** A graph under rewriting: the few edits the quantizer's passes share. */
import type { GraphNode, GraphTensor } from '../../artifact/graph.ts';

export type Draft = {
  nodes: GraphNode[];
  readonly initializers: Map<string, GraphTensor>;
  /** Names the model returns. */
  readonly outputs: ReadonlySet<string>;
};

/** Nodes that read a value, once per use. */
export function readersOf(draft: Draft, name: string): readonly GraphNode[] {
  return draft.nodes.flatMap((node) => node.inputs.filter((input) => input === name).map(() => node));
}

/** Gives the value `from` the name `to` wherever a node makes or reads it. */
export function rename(draft: Draft, from: string, to: string): void {
  const renamed = (names: readonly string[]): string[] => names.map((name) => (name === from ? to : name));
  draft.nodes = draft.nodes.map((node) => ({ ...node, inputs: renamed(node.inputs), outputs: renamed(node.outputs) }));
}
