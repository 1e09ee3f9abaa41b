/**
 * The laws of every operator, checked from its object and its vectors alone:
 * shape(run) = shape; run ⊆ bound; the relations accept exactly `run`; none of it depends on how the inputs are laid out.
 */
import { expect } from 'vitest';
import type { Circuit, CircuitPort, View } from '../artifact/circuit.ts';
import type { Witness } from '../artifact/witness.ts';
import { type Interval, type IntTensor, intTensor, product, type Shape } from '../base/tensor.ts';
import { Builder, boxOf, identityMap, type Wires } from '../gadgets/builder.ts';
import { checkCircuit } from '../gadgets/check.ts';
import { evaluateGadget, violations } from '../gadgets/evaluate.ts';
import { readView } from '../gadgets/views.ts';
import type { OpInput } from './op.ts';
import type { OpCase, OpVectors, Random } from './vectors.ts';
import { constantWires, copied } from './wires.ts';

const node = 'node';

function inputsOf({ inputs, constants }: OpCase): OpInput[] {
  return inputs.map((tensor, i) => ({
    dtype: tensor.dtype,
    dims: tensor.dims,
    constant: constants[i] === true ? tensor : null,
  }));
}

function extentOf(tensor: IntTensor): Interval {
  return [tensor.data.reduce((a, b) => Math.min(a, b)), tensor.data.reduce((a, b) => Math.max(a, b))];
}

/** Attributes survive their own reader; `run` gives the types `shape` announces and stays within `bound`. */
export function checkRun({ op }: OpVectors, sample: OpCase): void {
  const attrs = op.attrs(JSON.parse(JSON.stringify(sample.attrs)), node);
  expect(attrs).toEqual(sample.attrs);
  const types = inputsOf(sample);
  const outputs = op.run(sample.inputs, attrs);
  expect(outputs.map(({ dtype, dims }) => ({ dtype, dims }))).toEqual(op.shape(types, attrs, node));
  const bounds = op.bound(sample.inputs.map(extentOf), attrs, types);
  outputs.forEach((tensor, i) => {
    expect(tensor.data.length).toBe(product(tensor.dims));
    const [low, high] = extentOf(tensor);
    const bound = bounds[i] as Interval;
    expect(low >= bound[0] && high <= bound[1]).toBe(true);
  });
}

/** How an input meets the operator: which axes, and how wires hold them. Each is something another operator may leave behind. */
export type Layout = 'plain' | 'permuted' | 'strided' | 'parts' | 'regrouped' | 'scattered' | 'holed';
export const layouts: readonly Layout[] = ['plain', 'permuted', 'strided', 'parts', 'regrouped', 'scattered', 'holed'];

type Held = {
  readonly wires: Wires;
  readonly values: ReadonlyMap<number, Int32Array>;
  readonly ports: readonly CircuitPort[];
};

/** Allocates public wires for one activation and fills them so that the logical tensor is `tensor`. */
function hold(build: Builder, name: string, tensor: IntTensor, layout: Layout, random: Random): Held {
  const axes = layout === 'regrouped' ? regroup(tensor.dims) : tensor.dims.map((size) => [size]);
  const box = axes.flat();
  const views = viewsFor(layout, box, random);
  const values = new Map<number, Int32Array>();
  const ports: CircuitPort[] = [];
  const parts = views.map(({ sizes, map }, i): View => {
    const wire = build.publicWire(`${name}${i}`, sizes, extentOf(tensor));
    const data = random.tensor(tensor.dtype, sizes, ...extentOf(tensor)).data;
    values.set(wire, data);
    ports.push({ name: `${name}${i}`, tensor: name, dims: sizes, dtype: tensor.dtype, quantization: null, wire });
    // The address of every box cell that this view reads, found by reading a wire that holds its own addresses.
    const own = Int32Array.from(data, (_, at) => at + 1);
    readView({ wire, map }, { sizes }, own, box).forEach((at, cell) => {
      if (at > 0) data[at - 1] = tensor.data[cell] as number;
    });
    return { wire, map };
  });
  return { wires: { dtype: tensor.dtype, dims: tensor.dims, axes, parts, constant: null }, values, ports };
}

/** Splits the first two dimensions into prime factors and leaves dimensions of size 1 without an axis. */
function regroup(dims: Shape): number[][] {
  return dims.map((size, dim) => {
    if (size === 1) return [];
    const split = dim < 2 ? [2, 3].find((factor) => size % factor === 0 && size > factor) : undefined;
    return split === undefined ? [size] : [split, size / split];
  });
}

/** The axis whose last index a `holed` layout leaves to no wire: what padding with 0 leaves behind. −1 when all have one index. */
function holedAxis(dims: Shape): number {
  return dims.findIndex((size) => size > 1);
}

/** The case with 0 where its layout has no cell. */
function withHoles(sample: OpCase): OpCase {
  const inputs = sample.inputs.map((tensor, i) => {
    const axis = holedAxis(tensor.dims);
    if (axis < 0 || sample.constants[i] === true) return tensor;
    const inner = product(tensor.dims.slice(axis + 1));
    const size = tensor.dims[axis] as number;
    return { ...tensor, data: tensor.data.map((x, cell) => (Math.floor(cell / inner) % size === size - 1 ? 0 : x)) };
  });
  return { ...sample, inputs };
}

/** One flat wire, its cells in any order. */
function scattered(box: Shape, random: Random): { sizes: Shape; map: View['map'] } {
  const order = Array.from({ length: product(box) }, (_, i) => i);
  for (let i = order.length - 1; i > 0; i--) {
    const other = random.integer(0, i);
    [order[i], order[other]] = [order[other] as number, order[i] as number];
  }
  const axes = box.map((_, axis) => axis);
  return { sizes: [order.length], map: [{ kind: 'listed', axes, indices: Int32Array.from(order) }] };
}

function viewsFor(layout: Layout, box: Shape, random: Random): { sizes: Shape; map: View['map'] }[] {
  if (box.length === 0 || layout === 'plain' || layout === 'regrouped') return [{ sizes: box, map: identityMap(box) }];
  if (layout === 'permuted') {
    const order = box.map((_, axis) => axis).reverse();
    return [
      {
        sizes: order.map((axis) => box[axis] as number),
        map: order.map((axis) => ({ kind: 'axis', axis, stride: 1, offset: 0 })),
      },
    ];
  }
  if (layout === 'holed') {
    const axis = holedAxis(box);
    return [{ sizes: box.map((size, i) => (i === axis ? size - 1 : size)), map: identityMap(box) }];
  }
  if (layout === 'scattered') return [scattered(box, random)];
  const chosen = random.integer(0, box.length - 1);
  const size = box[chosen] as number;
  const other = (entry: View['map'][number], sizeThere: number): { sizes: Shape; map: View['map'] } => ({
    sizes: box.map((there, axis) => (axis === chosen ? sizeThere : there)),
    map: identityMap(box).map((same, axis) => (axis === chosen ? entry : same)),
  });
  if (layout === 'strided') {
    const stride = random.integer(1, 2);
    const offset = random.integer(0, 2);
    return [
      other({ kind: 'axis', axis: chosen, stride, offset }, stride * (size - 1) + offset + 1 + random.integer(0, 2)),
    ];
  }
  const cut = random.integer(1, size);
  const first = other({ kind: 'axis', axis: chosen, stride: 1, offset: 0 }, cut);
  return cut === size ? [first] : [first, other({ kind: 'axis', axis: chosen, stride: 1, offset: -cut }, size - cut)];
}

/** A circuit that consists of one operator, its honest witness, and the wires of its outputs. */
export type Instance = {
  readonly circuit: Circuit;
  readonly witness: Float64Array[];
  readonly outputs: readonly Wires[];
};

function instance({ op }: OpVectors, sample: OpCase, layout: Layout, random: Random): Instance {
  const build = new Builder();
  const values = new Map<number, Int32Array>();
  const ports: CircuitPort[] = [];
  const inputs = sample.inputs.map((tensor, i) => {
    if (sample.constants[i] === true) return constantWires(tensor);
    const held = hold(build, `input${i}:`, tensor, layout, random);
    for (const [wire, data] of held.values) values.set(wire, data);
    ports.push(...held.ports);
    return held.wires;
  });
  const specs = op.shape(inputsOf(sample), sample.attrs, node).map((type, i) => ({ ...type, name: `output${i}` }));
  const outputs = op.constrain(build, inputs, specs, sample.attrs);
  const outputPorts = outputs.flatMap((wires, i) => {
    if (wires.constant !== null) return [];
    const whole = copied(build, `public${i}`, wires);
    const { wire } = whole.parts[0] as View;
    build.publish(wire);
    return [
      { name: `output${i}`, tensor: `output${i}`, dims: wires.dims, dtype: wires.dtype, quantization: null, wire },
    ];
  });
  const circuit = build.finish('law', 'law', ports, outputPorts);
  return { circuit, witness: assign(circuit, values), outputs };
}

/** Every wire from the gadgets in order, inputs given. */
function assign(circuit: Circuit, values: ReadonlyMap<number, Int32Array>): Float64Array[] {
  const wires: Float64Array[] = circuit.wires.map(({ data, sizes }, id) =>
    Float64Array.from(data ?? values.get(id) ?? new Array(product(sizes)).fill(Number.NaN)),
  );
  const accumulators: Float64Array[] = [];
  for (const gadget of circuit.gadgets) {
    const result = evaluateGadget(gadget, circuit, { wires, accumulators });
    if (gadget.kind === 'contract') accumulators[gadget.accumulator] = result;
    else if (gadget.kind !== 'range') wires[gadget.output] = result;
  }
  return wires;
}

/** The logical integers of an output, row-major over its dimensions. */
function logical(outputs: Wires, { circuit, witness }: Instance): Int32Array {
  if (outputs.constant !== null) return outputs.constant.data;
  const box = boxOf(outputs);
  const sum = new Int32Array(product(box));
  for (const view of outputs.parts) {
    const cells = readView(
      view,
      circuit.wires[view.wire] as Circuit['wires'][number],
      witness[view.wire] as Float64Array,
      box,
    );
    cells.forEach((value, i) => {
      sum[i] = (sum[i] as number) + value;
    });
  }
  return sum;
}

/** The witness of a circuit whose only public wires are its inputs, in order of allocation. */
export function complete(circuit: Circuit, inputs: readonly Int32Array[]): Witness {
  const ids = circuit.wires.flatMap(({ role }, id) => (role === 'public' ? [id] : []));
  return { wires: assign(circuit, new Map(ids.map((id, i) => [id, inputs[i] as Int32Array]))) };
}

/** The circuit is sound, its honest witness is accepted and is what `run` says. */
export function checkHonest(vectors: OpVectors, drawn: OpCase, layout: Layout, random: Random): Instance {
  const sample = layout === 'holed' ? withHoles(drawn) : drawn;
  const made = instance(vectors, sample, layout, random);
  const expected = vectors.op.run(sample.inputs, sample.attrs);
  made.outputs.forEach((wires, i) => {
    const tensor = expected[i] as IntTensor;
    expect({ dims: wires.dims, dtype: wires.dtype }).toEqual({ dims: tensor.dims, dtype: tensor.dtype });
    expect(wires.axes.map(product)).toEqual(tensor.dims);
    expect(intTensor(tensor.dtype, tensor.dims, logical(wires, made))).toEqual(tensor);
  });
  if (made.circuit.outputs.length > 0) {
    if (made.circuit.inputs.length > 0) checkCircuit(made.circuit);
    expect(violations(made.circuit, { wires: made.witness })).toEqual([]);
  }
  return made;
}

/** Every cell the prover fills, changed by one either way, breaks a relation. */
export function checkTampered({ circuit, witness }: Instance): void {
  const written = new Set(circuit.gadgets.flatMap((gadget) => ('output' in gadget ? [gadget.output] : [])));
  for (const id of written) {
    const honest = witness[id] as Float64Array;
    for (let cell = 0; cell < honest.length; cell++) {
      for (const change of [-1, 1]) {
        const changed = Float64Array.from(honest);
        changed[cell] = (honest[cell] as number) + change;
        const wires = witness.map((wire, i) => (i === id ? changed : wire));
        if (violations(circuit, { wires }).length === 0) {
          throw new Error(`cell ${cell} of ${circuit.wires[id]?.name} may be changed by ${change}`);
        }
      }
    }
  }
}
