/** QuantGraph → Circuit: operators state relations; ports become wires that statements carry or hide. Sees no input. */
import type { AxisMap, Circuit, CircuitPort, View, WireId } from '../artifact/circuit.ts';
import { writeCircuit } from '../artifact/circuit-codec.ts';
import type { Port, QuantGraph, QuantNode, QuantTensor } from '../artifact/quant-graph.ts';
import { equalBytes } from '../base/bytes.ts';
import { invariant, ProvennError } from '../base/errors.ts';
import { dtypeRange, type Interval, product } from '../base/tensor.ts';
import { Builder, boxOf, expressionOf, type Wires } from '../gadgets/builder.ts';
import { CircuitProblem, checkCircuit, integerLimit } from '../gadgets/check.ts';
import { axesOf } from '../gadgets/views.ts';
import { cannotHide } from '../ops/hidden.ts';
import type { OpInput, OutputSpec } from '../ops/op.ts';
import { lookupOp } from '../ops/registry.ts';
import { copied, wholeWire } from '../ops/wires.ts';
import { selectSample, stackedInput } from './data-set.ts';
import { allPublic, type Level, levelOf, portName, type Visibility, weightsMatrix } from './visibility.ts';

/** Tensors known so far as the operators see them. */
type Scope = {
  readonly build: Builder;
  readonly graph: QuantGraph;
  readonly visibility: Visibility;
  readonly wires: Map<string, Wires>;
  /** Wires of the output ports so far: publishing or committing one for another port would change what it promised. */
  readonly shown: Set<WireId>;
};

function constantWires(scope: Scope, name: string): Wires {
  const constant = scope.graph.constants.get(name);
  invariant(constant !== undefined, `tensor ${name} is read before it is produced`);
  return { dtype: constant.dtype, dims: constant.dims, axes: constant.dims.map((size) => [size]), parts: [], constant };
}

/** The wire of an input. A hidden one is looked up in the range of its type: nothing else confines it. */
function inputWire(build: Builder, port: Port, level: Level): WireId {
  const { tensor, dims, dtype } = port;
  const [low, high] = dtypeRange[dtype];
  if (level === 'public') return build.publicWire(tensor, dims, [low, high]);
  const wire =
    level === 'private'
      ? build.witness(tensor, dims, [low, high])
      : build.committed(tensor, dims, [low, high], portName('input', port.name));
  build.range(`${tensor}:range`, wire, low, high);
  return wire;
}

/** Ports of the circuit for an input of the model; a data set with a public selector adds one that says which sample it is. */
function inputPorts({ build, graph, visibility, wires }: Scope, port: Port): CircuitPort[] {
  const stacked = stackedInput(graph, visibility) === port;
  const { input, selector } = stacked
    ? selectSample(build, port, visibility.samples as number, visibility.sample ?? 'public')
    : { input: inputWire(build, port, levelOf(visibility, 'input', port.name)), selector: null };
  const axes = port.dims.map((size) => [size]);
  wires.set(port.tensor, wholeWire(port.dtype, port.dims, axes, input));
  return selector === null ? [{ ...port, wire: input }] : [{ ...port, wire: input }, selector];
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

/** Whether an index map runs through a wire dimension of that size from its first index to its last, one by one. */
function isWhole(entry: AxisMap, size: number, box: readonly number[]): boolean {
  if (entry.kind === 'fixed') return size === 1;
  if (entry.kind === 'axis') return entry.stride === 1 && entry.offset === 0 && box[entry.axis] === size;
  return entry.indices.length === size && entry.indices.every((index, x) => index === x);
}

/** The wire that holds exactly the tensor, cell for cell in row-major order, if there is one that no port stands on. */
function plainWire({ build, graph, wires: known, shown }: Scope, wires: Wires): WireId | null {
  const [view, ...others] = wires.parts;
  if (view === undefined || others.length > 0 || !build.isWitness(view.wire) || shown.has(view.wire)) return null;
  if (graph.inputs.some((port) => known.get(port.tensor)?.parts[0]?.wire === view.wire)) return null;
  const box = boxOf(wires);
  const sizes = build.sizes(view.wire);
  const axes = view.map.flatMap(axesOf);
  const inOrder = axes.every((axis, i) => i === 0 || axis > (axes[i - 1] as number));
  const whole = view.map.every((entry, dim) => isWhole(entry, sizes[dim] as number, box));
  return inOrder && whole && product(box) === product(sizes) ? view.wire : null;
}

/** A wire that shows a tensor at the level of an output: the tensor's own when it has one, otherwise a copy tied to it. */
function outputWire(scope: Scope, port: Port, level: Level, wires: Wires): WireId {
  const { build } = scope;
  const own = plainWire(scope, wires);
  if (own === null && level === 'public') {
    const box = boxOf(wires);
    const [low, high] = dtypeRange[port.dtype];
    // int32 as such does not fit the field; sums that could leave it are refused anyway.
    const range: Interval = [Math.max(low, 1 - integerLimit), Math.min(high, integerLimit - 1)];
    const copy = build.publicWire(`${port.name}:public`, box, range);
    build.linear(`${port.name}:public`, box, expressionOf(wires), copy);
    return copy;
  }
  const wire = own ?? (copied(build, `${port.name}:${level}`, wires).parts[0] as View).wire;
  if (level === 'public') build.publish(wire);
  if (level === 'committed') build.commit(wire, portName('output', port.name));
  return wire;
}

function publish(scope: Scope, port: Port, level: Level): CircuitPort {
  const wires = scope.wires.get(port.tensor);
  if (wires === undefined || wires.constant !== null) {
    throw new ProvennError('MODEL_UNSUPPORTED', `Output ${port.name} does not depend on any input.`, {
      where: port.name,
    });
  }
  const wire = outputWire(scope, port, level, wires);
  scope.shown.add(wire);
  return { ...port, wire };
}

/** Two public ports may show the same tensor: a wire already published is read again. */
function publishAll(scope: Scope): CircuitPort[] {
  const published = new Map<string, CircuitPort>();
  return scope.graph.outputs.map((port) => {
    const level = levelOf(scope.visibility, 'output', port.name);
    const known = published.get(port.tensor);
    if (known !== undefined && level === 'public') return { ...port, wire: known.wire };
    const out = publish(scope, port, level);
    if (level === 'public') published.set(port.tensor, out);
    return out;
  });
}

/** A circuit and the cells of its hidden weights, by wire. */
export type Built = { readonly circuit: Circuit; readonly secrets: ReadonlyMap<WireId, Int32Array> };

function build(graph: QuantGraph, visibility: Visibility): Built {
  const builder = new Builder(visibility.weights === 'committed' ? weightsMatrix : null);
  const scope: Scope = { build: builder, graph, visibility, wires: new Map(), shown: new Set() };
  const inputs = graph.inputs.flatMap((port) => inputPorts(scope, port));
  for (const node of graph.nodes) constrainNode(scope, node);
  const outputs = publishAll(scope);
  if (!builder.looksUp) lookUpNothing(builder);
  return { circuit: builder.finish(graph.name, graph.profile, inputs, outputs), secrets: builder.secrets };
}

/** A proof starts from its lookups. A network that only moves or adds values gets one that says nothing: 0 is in {0}. */
function lookUpNothing(build: Builder): void {
  const zero = Int32Array.of(0);
  const table = build.table('nothing', [zero, zero]);
  const nothing = { constant: 0, terms: [], accumulators: [] };
  build.lookup('nothing', [1], table, [nothing], build.witness('nothing', [1], [0, 0]));
}

/** The same network with every constant replaced by zeros. */
function withoutConstants(graph: QuantGraph): QuantGraph {
  const constants = [...graph.constants].map(([name, tensor]) => {
    return [name, { ...tensor, data: new Int32Array(tensor.data.length) }] as const;
  });
  return { ...graph, constants: new Map(constants) };
}

/** The node whose relations differ between two circuits of the same network. */
function differingNode(graph: QuantGraph, a: Circuit, b: Circuit): string {
  const text = (circuit: Circuit, names: readonly string[]): string => {
    const own = (name: string): boolean => names.some((output) => name === output || name.startsWith(`${output}:`));
    const { wires, gadgets } = circuit;
    const plain = (_key: string, value: unknown): unknown => (value instanceof Int32Array ? Array.from(value) : value);
    return JSON.stringify([wires.filter((wire) => own(wire.name)), gadgets.filter(({ name }) => own(name))], plain);
  };
  return graph.nodes.find(({ outputs }) => text(a, outputs) !== text(b, outputs))?.name ?? graph.name;
}

/**
 * A circuit with hidden weights is built twice: once with all constants zero, once with the weights to learn which cells
 * hold them. Only when both agree in every byte is there a circuit, and what was built without the weights cannot tell
 * anything about them: no operator is trusted to keep them out of its intervals, tables or step functions.
 */
function buildHidden(graph: QuantGraph, visibility: Visibility): Built {
  const real = build(graph, visibility);
  const blank = build(withoutConstants(graph), visibility).circuit;
  if (equalBytes(writeCircuit(real.circuit), writeCircuit(blank))) return { circuit: blank, secrets: real.secrets };
  cannotHide(differingNode(graph, real.circuit, blank), 'its relations depend on them');
}

/** A visibility for a port that does not exist would be a promise that nothing keeps. */
function checkNames(graph: QuantGraph, { ports }: Visibility): void {
  const inputs = graph.inputs.map(({ name }) => portName('input', name));
  const known = [...inputs, ...graph.outputs.map(({ name }) => portName('output', name))];
  for (const name of ports.keys()) {
    if (known.includes(name)) continue;
    throw new ProvennError('USAGE', `The model has no ${name}.`, { next: `Its ports are ${known.join(', ')}.` });
  }
}

/**
 * The circuit of a model and a visibility, and the cells of its hidden weights; the same model gives the same bytes on every
 * machine. Throws `MODEL_UNSAFE` when an integer could leave the range in which field equality is integer equality, and
 * whatever the operators refuse.
 */
export function buildWithSecrets(graph: QuantGraph, visibility: Visibility): Built {
  checkNames(graph, visibility);
  const built = visibility.weights === 'public' ? build(graph, visibility) : buildHidden(graph, visibility);
  try {
    checkCircuit(built.circuit);
  } catch (error) {
    if (!(error instanceof CircuitProblem)) throw error;
    throw new ProvennError('MODEL_UNSAFE', `The model cannot be proven soundly: ${error.message}.`, {
      next: 'Use smaller weights or fewer inputs per output, for instance 7-bit weights.',
      cause: error,
    });
  }
  return built;
}

/** The circuit alone, by default with everything public. */
export function buildCircuit(graph: QuantGraph, visibility: Visibility = allPublic): Circuit {
  return buildWithSecrets(graph, visibility).circuit;
}
