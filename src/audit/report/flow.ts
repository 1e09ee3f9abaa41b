/** The network as a list of steps, each after those whose results it reads: what the report draws, one row a step. */
import type { Circuit, Expression, Gadget, WireId } from '../../artifact/circuit.ts';
import type { QuantGraph } from '../../artifact/quant-graph.ts';
import { addCounts, type Layer, type LayerCounts, layersOf, nothing } from '../layers.ts';

export type Step = {
  readonly name: string;
  /** Operators of the step, most frequent first; one unless it is folded. Empty for an input or output. */
  readonly ops: readonly (readonly [op: string, times: number])[];
  /** Names of the values it reads and makes. */
  readonly reads: readonly string[];
  readonly makes: readonly string[];
  readonly dims: readonly number[] | null;
  readonly counts: LayerCounts;
  /** How many nodes it stands for. */
  readonly nodes: number;
};

const mostSteps = 36;

function stepOf(
  layer: Layer,
  op: string,
  reads: readonly string[],
  makes: readonly string[],
  dims: readonly number[] | null,
): Step {
  return { name: layer.name, ops: [[op, 1]], reads, makes, dims, counts: layer, nodes: 1 };
}

function inputStep(name: string, tensor: string, dims: readonly number[]): Step {
  return { name, ops: [], reads: [], makes: [tensor], dims, counts: nothing, nodes: 1 };
}

function outputStep(name: string, tensor: string, dims: readonly number[]): Step {
  return { name, ops: [], reads: [tensor], makes: [], dims, counts: nothing, nodes: 1 };
}

function stepsOfGraph(circuit: Circuit, graph: QuantGraph): Step[] {
  const layers = layersOf(circuit, graph);
  const dims = new Map(graph.tensors.map((tensor) => [tensor.name, tensor.dims]));
  const made = new Set(dims.keys());
  return [
    ...graph.inputs.map(({ name, tensor, dims: size }) => inputStep(name, tensor, size)),
    ...graph.nodes.map(({ op, inputs, outputs }, i) => {
      const reads = [...new Set(inputs.filter((name) => made.has(name)))];
      return stepOf(layers[i] as Layer, op, reads, outputs, dims.get(outputs[0] ?? '') ?? null);
    }),
    ...graph.outputs.map(({ name, tensor, dims: size }) => outputStep(name, tensor, size)),
  ];
}

/** Wires an expression reads directly. */
function wiresOf({ terms }: Expression): WireId[] {
  return terms.map(({ view }) => view.wire);
}

/** Wires and sums that a relation reads, by name; sums have no wire and are known by number. */
function readsOf(gadget: Gadget): string[] {
  const names = (expressions: readonly Expression[]): string[] =>
    expressions.flatMap((expression) => [
      ...wiresOf(expression).map(wireName),
      ...expression.accumulators.map(sumName),
    ]);
  switch (gadget.kind) {
    case 'contract':
      return [wireName(gadget.left.wire), wireName(gadget.right.wire)];
    case 'range':
      return [wireName(gadget.wire)];
    case 'maximum':
      return names([gadget.left, gadget.right]);
    case 'table':
      return names(gadget.inputs);
    case 'step':
    case 'linear':
      return names([gadget.input]);
  }
}

function makesOf(gadget: Gadget): string[] {
  if (gadget.kind === 'contract') return [sumName(gadget.accumulator)];
  return gadget.kind === 'range' ? [] : [wireName(gadget.output)];
}

function wireName(wire: WireId): string {
  return `%${wire}`;
}

function sumName(accumulator: number): string {
  return `acc${accumulator}`;
}

const kindWords: { readonly [kind in Gadget['kind']]: string } = {
  contract: 'sum of products',
  step: 'rounding',
  table: 'table',
  maximum: 'maximum',
  range: 'range',
  linear: 'copy',
};

/** Without the model only relations are known; what a layer does is said by the kinds of its relations. */
function stepsOfCircuit(circuit: Circuit): Step[] {
  const { wires, gadgets, inputs, outputs } = circuit;
  const byLayer = layersOf(circuit, null);
  const made = new Set(gadgets.flatMap(makesOf));
  // An input that relations pick out of a data set is made by them.
  const given = inputs.filter(({ wire }) => !made.has(wireName(wire)));
  for (const { wire } of given) made.add(wireName(wire));
  return [
    ...given.map(({ name, wire, dims }) => inputStep(name, wireName(wire), dims)),
    ...byLayer.map((layer): Step => {
      const makes = layer.gadgets.flatMap(makesOf);
      const reads = [...new Set(layer.gadgets.flatMap(readsOf))].filter(
        (name) => made.has(name) && !makes.includes(name),
      );
      const kinds = [...new Set(layer.gadgets.map(({ kind }) => kindWords[kind]))];
      const output = layer.gadgets.flatMap((gadget) => ('output' in gadget ? [gadget.output] : [])).at(-1);
      const dims = output === undefined ? null : (wires[output]?.sizes ?? null);
      return stepOf(layer, kinds.join(', '), reads, makes, dims);
    }),
    ...outputs.map(({ name, wire, dims }) => outputStep(name, wireName(wire), dims)),
  ];
}

/** How many values are still to be read after each step. */
function liveAfter(steps: readonly Step[]): number[] {
  const lastRead = new Map<string, number>();
  steps.forEach(({ reads }, i) => {
    for (const name of reads) lastRead.set(name, i);
  });
  const live = new Set<string>();
  return steps.map(({ makes }, i) => {
    for (const name of makes) if ((lastRead.get(name) ?? -1) > i) live.add(name);
    for (const name of live) if ((lastRead.get(name) ?? -1) <= i) live.delete(name);
    return live.size;
  });
}

function countedOps(steps: readonly Step[]): Step['ops'] {
  const counts = new Map<string, number>();
  for (const [op, times] of steps.flatMap(({ ops }) => ops)) counts.set(op, (counts.get(op) ?? 0) + times);
  return [...counts].sort((a, b) => b[1] - a[1]);
}

/** One step in the place of several that hang together. */
function fold(steps: readonly Step[]): Step {
  const [first] = steps;
  const last = steps.at(-1);
  if (first === undefined || last === undefined || steps.length === 1) return first as Step;
  const made = new Set(steps.flatMap(({ makes }) => makes));
  return {
    name: `${first.name} … ${last.name}`,
    ops: countedOps(steps),
    reads: [...new Set(steps.flatMap(({ reads }) => reads))].filter((name) => !made.has(name)),
    makes: last.makes,
    dims: last.dims,
    counts: steps.map(({ counts }) => counts).reduce(addCounts, nothing),
    nodes: steps.reduce((sum, { nodes }) => sum + nodes, 0),
  };
}

/** Cuts a list behind every step that satisfies a condition. */
function cutBehind(steps: readonly Step[], isEnd: (index: number) => boolean): Step[][] {
  const parts: Step[][] = [[]];
  steps.forEach((step, i) => {
    parts.at(-1)?.push(step);
    if (isEnd(i) && i < steps.length - 1) parts.push([]);
  });
  return parts;
}

/**
 * A long network in few steps: first each part between two places where only one value is passed on becomes one, as a
 * residual block does; and if that is not enough, neighbours are joined.
 */
function folded(steps: readonly Step[]): Step[] {
  if (steps.length <= mostSteps) return [...steps];
  const first = steps.findIndex(({ ops }) => ops.length > 0);
  const inputs = steps.slice(0, Math.max(0, first));
  const outputs = steps.filter(({ ops, reads }) => ops.length === 0 && reads.length > 0);
  const rest = steps.filter(({ ops }) => ops.length > 0);
  const live = liveAfter(steps).slice(inputs.length);
  const blocks = cutBehind(rest, (i) => (live[i] as number) <= 1).map(fold);
  const size = Math.ceil(blocks.length / mostSteps);
  return [...inputs, ...cutBehind(blocks, (i) => i % size === size - 1).map(fold), ...outputs];
}

export function stepsOf(circuit: Circuit, graph: QuantGraph | null): Step[] {
  return folded(graph === null ? stepsOfCircuit(circuit) : stepsOfGraph(circuit, graph));
}
