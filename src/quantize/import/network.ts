/** The QuantGraph under construction: emits integer operators, keeps names unique, drops what no output needs. */
import type { Graph, GraphNode } from '../../artifact/graph.ts';
import { type Port, profile, type QuantGraph, type QuantNode, type QuantTensor } from '../../artifact/quant-graph.ts';
import type { Json } from '../../base/canonical-json.ts';
import { invariant } from '../../base/errors.ts';
import { type IntTensor, product, type Shape, sameShape } from '../../base/tensor.ts';
import { lookupOp } from '../../ops/registry.ts';
import { refuse } from '../refusal.ts';
import type { Cell } from './values.ts';

/** Operand of an emitted node: an activation, or a constant by name. */
export type Operand = Cell | { readonly constant: string; readonly integers: IntTensor };

type Draft = {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly Operand[];
  readonly output: Cell;
  readonly attrs: Json;
};

type DraftPort = Omit<Port, 'tensor' | 'dtype' | 'dims'> & { readonly cell: Cell };

/** As many cells as a relation of a circuit may have. */
const mostCells = 2 ** 28;

export class Network {
  private readonly taken: Set<string>;
  private readonly nodeNames = new Set<string>();
  private readonly drafts: Draft[] = [];
  private readonly inputs: DraftPort[] = [];
  private readonly outputs: DraftPort[] = [];
  private readonly graphName: string;
  private readonly inputOrder: readonly string[];

  constructor(graph: Graph) {
    this.graphName = graph.name;
    this.inputOrder = graph.inputs.map((input) => input.name);
    this.taken = new Set([
      ...graph.initializers.keys(),
      ...graph.inputs.map((input) => input.name),
      ...graph.nodes.flatMap((node) => node.outputs),
    ]);
  }

  /** A name that neither the model nor the network uses. */
  freshName(wanted: string): string {
    let name = wanted;
    for (let i = 2; this.taken.has(name); i++) name = `${wanted}.${i}`;
    this.taken.add(name);
    return name;
  }

  /** An input port; `tensor` null leaves the name of the integers open. */
  input(
    name: string,
    tensor: string | null,
    dims: Shape,
    dtype: 'u8' | 's8',
    quantization: Port['quantization'],
  ): Cell {
    const cell: Cell = { name: tensor ?? this.freshName(`${name}/quantized`), named: tensor !== null, dtype, dims };
    this.inputs.push({ name, cell, quantization });
    return cell;
  }

  output(name: string, cell: Cell, quantization: Port['quantization']): void {
    this.outputs.push({ name, cell, quantization });
  }

  /** Emits one operator for `node`; `name` null leaves the name of its output open. */
  emit(node: GraphNode, op: string, attrs: Json, inputs: readonly Operand[], name: string | null): Cell {
    const operator = lookupOp(op);
    const checked = operator.attrs(attrs, node.name);
    const types = inputs.map((input) =>
      'constant' in input
        ? { dtype: input.integers.dtype, dims: input.integers.dims, constant: input.integers }
        : { dtype: input.dtype, dims: input.dims, constant: null },
    );
    const [type, ...rest] = operator.shape(types, checked, node.name);
    invariant(type !== undefined && rest.length === 0, `${op} must have one output`);
    if (!(product(type.dims) <= mostCells))
      refuse(node, `makes a tensor of [${type.dims.join(',')}]`, 'Use smaller tensors.');
    const output: Cell = {
      name: name ?? this.freshName(`${node.outputs[0]}/quantized`),
      named: name !== null,
      ...type,
    };
    this.drafts.push({ name: this.nodeName(node.name), op, inputs, output, attrs: checked });
    return output;
  }

  /** Gives the integers of `cell` the name `name`: by renaming when the name is still open, else by an Identity. */
  name(cell: Cell, name: string, node: GraphNode): Cell {
    if (cell.named) return this.emit(node, 'Identity', {}, [cell], name);
    cell.name = name;
    cell.named = true;
    return cell;
  }

  private nodeName(wanted: string): string {
    let name = wanted;
    for (let i = 2; this.nodeNames.has(name); i++) name = `${wanted}.${i}`;
    this.nodeNames.add(name);
    return name;
  }

  hasInput(name: string): boolean {
    return this.inputs.some((port) => port.name === name);
  }

  finish(): QuantGraph {
    this.inputs.sort((a, b) => this.inputOrder.indexOf(a.name) - this.inputOrder.indexOf(b.name));
    const needed = this.neededCells();
    const drafts = this.drafts.filter((draft) => needed.has(draft.output));
    const constants = new Map<string, IntTensor>();
    for (const operand of drafts.flatMap((draft) => draft.inputs)) {
      if (!('constant' in operand)) continue;
      const known = constants.get(operand.constant);
      invariant(
        known === undefined || sameShape(known.dims, operand.integers.dims),
        `two constants are named ${operand.constant}`,
      );
      constants.set(operand.constant, operand.integers);
    }
    const cells = [...this.inputs.map((port) => port.cell), ...drafts.map((draft) => draft.output)];
    return {
      name: this.graphName,
      profile,
      inputs: this.inputs.map(portOf),
      outputs: this.outputs.map(portOf),
      tensors: cells.map(({ name, dtype, dims }): QuantTensor => ({ name, dtype, dims })),
      constants,
      nodes: drafts.map(nodeOf),
    };
  }

  /** Cells from which an output is computed; a second QuantizeLinear that nobody reads leaves nothing behind. */
  private neededCells(): ReadonlySet<Cell> {
    const needed = new Set(this.outputs.map((port) => port.cell));
    for (const draft of [...this.drafts].reverse()) {
      if (!needed.has(draft.output)) continue;
      for (const operand of draft.inputs) if (!('constant' in operand)) needed.add(operand);
    }
    return needed;
  }
}

function portOf({ name, cell, quantization }: DraftPort): Port {
  return { name, tensor: cell.name, dims: cell.dims, dtype: cell.dtype, quantization };
}

function nodeOf(draft: Draft): QuantNode {
  const inputs = draft.inputs.map((operand) => ('constant' in operand ? operand.constant : operand.name));
  return { name: draft.name, op: draft.op, inputs, outputs: [draft.output.name], attrs: draft.attrs };
}
