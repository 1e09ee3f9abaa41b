/** QuantGraph → Circuit: every operator states its relations; the graph's ports become public wires. Sees no input. */
import type { AxisMap, Circuit, CircuitPort, WireId } from '../artifact/circuit.ts';
import type { Port, QuantGraph, QuantNode, QuantTensor } from '../artifact/quant-graph.ts';
import { invariant, ProvennError } from '../base/errors.ts';
import { dtypeRange, product } from '../base/tensor.ts';
import { Builder, boxOf, expressionOf, identityMap, type Wires } from '../gadgets/builder.ts';
import { CircuitProblem, checkCircuit } from '../gadgets/check.ts';
import { axesOf } from '../gadgets/views.ts';
import type { OpInput, OutputSpec } from '../ops/op.ts';
import { lookupOp } from '../ops/registry.ts';

/** Tensors known so far as the operators see them. */
type Scope = { readonly build: Builder; readonly graph: QuantGraph; readonly wires: Map<string, Wires> };

function constantWires(scope: Scope, name: string): Wires {
  const constant = scope.graph.constants.get(name);
  invariant(constant !== undefined, `tensor ${name} is read before it is produced`);
  return { dtype: constant.dtype, dims: constant.dims, axes: constant.dims.map((size) => [size]), parts: [], constant };
}

function inputWires(build: Builder, port: Port): Wires {
  const wire = build.publicWire(port.tensor, port.dims, dtypeRange[port.dtype]);
  return {
    dtype: port.dtype,
    dims: port.dims,
    axes: port.dims.map((size) => [size]),
    parts: [{ wire, map: identityMap(port.dims) }],
    constant: null,
  };
}

function specOf(graph: QuantGraph, name: string): OutputSpec {
  const tensor = graph.tensors.find((candidate): candidate is QuantTensor => candidate.name === name);
  invariant(tensor !== undefined, `tensor ${name} has no declared type`);
  return { name, dtype: tensor.dtype, dims: tensor.dims };
}

/** Lets one node state its relations, its types checked first. */
function constrainNode(scope: Scope, node: QuantNode): void {
  const op = lookupOp(node.op);
  const attrs = op.attrs(node.attrs, node.name);
  const inputs = node.inputs.map((name) => scope.wires.get(name) ?? constantWires(scope, name));
  const types = inputs.map(({ dtype, dims, constant }): OpInput => ({ dtype, dims, constant }));
  const shapes = op.shape(types, attrs, node.name);
  const outputs = node.outputs.map((name) => specOf(scope.graph, name));
  outputs.forEach((output, i) => {
    const shape = shapes[i];
    invariant(
      shape !== undefined && shape.dtype === output.dtype && shape.dims.join() === output.dims.join(),
      `node ${node.name} does not produce the declared type of ${output.name}`,
    );
  });
  op.constrain(scope.build, inputs, outputs, attrs).forEach((wires, i) => {
    scope.wires.set(node.outputs[i] as string, wires);
  });
}

/** Whether an index map runs through a wire dimension from its first index on, one by one. */
function isWhole(entry: AxisMap): boolean {
  if (entry.kind === 'axis') return entry.stride === 1 && entry.offset === 0;
  return entry.kind === 'listed' && entry.indices.every((index, x) => index === x);
}

/** The wire that holds exactly the tensor, cell for cell in row-major order, if there is one. */
function plainWire(build: Builder, wires: Wires): WireId | null {
  const [view, ...others] = wires.parts;
  if (view === undefined || others.length > 0 || !build.isWitness(view.wire)) return null;
  const box = boxOf(wires);
  const axes = view.map.flatMap((entry) => (isWhole(entry) ? axesOf(entry) : []));
  const inOrder = axes.every((axis, i) => i === 0 || axis > (axes[i - 1] as number));
  const fixedAtZero = view.map.every((entry, dim) => entry.kind !== 'fixed' || build.sizes(view.wire)[dim] === 1);
  return inOrder && fixedAtZero && product(box) === product(build.sizes(view.wire)) ? view.wire : null;
}

/** Makes a tensor public: its own wire when it has one, otherwise a copy tied to it. */
function publish(scope: Scope, port: Port): CircuitPort {
  const { build } = scope;
  const wires = scope.wires.get(port.tensor);
  if (wires === undefined || wires.constant !== null) {
    throw new ProvennError('MODEL_UNSUPPORTED', `Output ${port.name} does not depend on any input.`, {
      where: port.name,
    });
  }
  const own = plainWire(build, wires);
  if (own !== null) {
    build.publish(own);
    return { ...port, wire: own };
  }
  const box = boxOf(wires);
  const copy = build.publicWire(`${port.name}:public`, box, dtypeRange[port.dtype]);
  build.linear(`${port.name}:public`, box, expressionOf(wires), copy);
  return { ...port, wire: copy };
}

/** Two ports may show the same tensor: a wire already published is read again. */
function publishAll(scope: Scope): CircuitPort[] {
  const published = new Map<string, CircuitPort>();
  return scope.graph.outputs.map((port) => {
    const known = published.get(port.tensor);
    const out = known === undefined ? publish(scope, port) : { ...port, wire: known.wire };
    published.set(port.tensor, out);
    return out;
  });
}

/**
 * The circuit of a model; the same model gives the same bytes on every machine. Throws `MODEL_UNSAFE` when an integer
 * could leave the range in which field equality is integer equality, and whatever the operators refuse.
 */
export function buildCircuit(graph: QuantGraph): Circuit {
  const build = new Builder();
  const scope: Scope = { build, graph, wires: new Map() };
  for (const port of graph.inputs) scope.wires.set(port.tensor, inputWires(build, port));
  const inputs = graph.inputs.map(
    (port): CircuitPort => ({ ...port, wire: (scope.wires.get(port.tensor) as Wires).parts[0]?.wire as WireId }),
  );
  for (const node of graph.nodes) constrainNode(scope, node);
  const circuit = build.finish(graph.name, graph.profile, inputs, publishAll(scope));
  try {
    checkCircuit(circuit);
  } catch (error) {
    if (!(error instanceof CircuitProblem)) throw error;
    throw new ProvennError('MODEL_UNSAFE', `The model cannot be proven soundly: ${error.message}.`, {
      next: 'Use smaller weights or fewer inputs per output, for instance 7-bit weights.',
      cause: error,
    });
  }
  return circuit;
}
