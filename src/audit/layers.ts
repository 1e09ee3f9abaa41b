/** The layers of a circuit: its relations by the node of the model they belong to, and what each costs to prove. */
import type { Circuit, Gadget } from '../artifact/circuit.ts';
import type { QuantGraph } from '../artifact/quant-graph.ts';
import { product } from '../base/tensor.ts';

export type LayerCounts = {
  /** Relations by kind. */
  readonly relations: { readonly [kind in Gadget['kind']]: number };
  /** Products that contractions sum. */
  readonly products: number;
  /** Values looked up in tables: of step functions, of bytes, of maxima, of ranges. */
  readonly lookups: number;
  /** Values tied by linear relations. */
  readonly linear: number;
  /** Integers that only the prover knows. */
  readonly cells: number;
};

export type Layer = LayerCounts & {
  readonly name: string;
  /** The model's operator; null for relations of no node, and where the model is not known. */
  readonly op: string | null;
  readonly gadgets: readonly Gadget[];
};

export const nothing: LayerCounts = {
  relations: { contract: 0, step: 0, table: 0, maximum: 0, range: 0, linear: 0 },
  products: 0,
  lookups: 0,
  linear: 0,
  cells: 0,
};

export function addCounts(a: LayerCounts, b: LayerCounts): LayerCounts {
  const kinds = Object.keys(a.relations) as Gadget['kind'][];
  return {
    relations: Object.fromEntries(
      kinds.map((kind) => [kind, a.relations[kind] + b.relations[kind]]),
    ) as LayerCounts['relations'],
    products: a.products + b.products,
    lookups: a.lookups + b.lookups,
    linear: a.linear + b.linear,
    cells: a.cells + b.cells,
  };
}

function countGadget(gadget: Gadget, { wires }: Circuit): LayerCounts {
  const relations = { ...nothing.relations, [gadget.kind]: 1 };
  if (gadget.kind === 'contract')
    return { ...nothing, relations, products: product(gadget.box) * product(gadget.reduce) };
  if (gadget.kind === 'range') return { ...nothing, relations, lookups: product(wires[gadget.wire]?.sizes ?? []) };
  const wire = wires[gadget.output];
  const isHidden = wire?.role === 'witness' || wire?.role === 'committed';
  const own = { ...nothing, relations, cells: isHidden ? product(wire.sizes) : 0 };
  const count = product(gadget.box);
  return gadget.kind === 'linear' ? { ...own, linear: count } : { ...own, lookups: count };
}

/** Relations have few parts within parts; a stranger's name may have any number of colons. */
const mostParts = 8;

/** Relations are named after the tensor they belong to, and after their part in it behind a colon: longest name first. */
function* stemsOf(name: string): Generator<string> {
  yield name;
  let at = name.lastIndexOf(':');
  for (let part = 0; part < mostParts && at > 0; part++, at = name.lastIndexOf(':', at - 1)) yield name.slice(0, at);
}

type Group = { readonly name: string; readonly op: string | null; readonly gadgets: Gadget[] };

/** Without the model: by the names of relations alone, those of parts going to the shortest name they are a part of. */
function groupsByName({ gadgets }: Circuit): Group[] {
  const names = new Set(gadgets.map(({ name }) => name));
  const groups = new Map<string, Group>();
  for (const gadget of gadgets) {
    const stem = [...stemsOf(gadget.name)].reverse().find((candidate) => names.has(candidate)) ?? gadget.name;
    const group = groups.get(stem) ?? { name: stem, op: null, gadgets: [] };
    group.gadgets.push(gadget);
    groups.set(stem, group);
  }
  return [...groups.values()];
}

function groupsByNode(circuit: Circuit, graph: QuantGraph): Group[] {
  const groups = graph.nodes.map(({ name, op }): Group => ({ name, op, gadgets: [] }));
  const producers = new Map(graph.nodes.flatMap(({ outputs }, i) => outputs.map((tensor) => [tensor, groups[i]])));
  const others: Group = { name: 'inputs and outputs', op: null, gadgets: [] };
  for (const gadget of circuit.gadgets) {
    const stem = [...stemsOf(gadget.name)].find((candidate) => producers.has(candidate));
    (producers.get(stem ?? '') ?? others).gadgets.push(gadget);
  }
  return others.gadgets.length === 0 ? groups : [...groups, others];
}

export function layersOf(circuit: Circuit, graph: QuantGraph | null): Layer[] {
  const groups = graph === null ? groupsByName(circuit) : groupsByNode(circuit, graph);
  return groups.map(({ name, op, gadgets }) => {
    const counts = gadgets.map((gadget) => countGadget(gadget, circuit)).reduce(addCounts, nothing);
    return { name, op, gadgets, ...counts };
  });
}
