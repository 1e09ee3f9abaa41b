/** Small circuits that together use every gadget; seeded, built with the Builder alone. */
import type { Circuit, Operand, StepFunction } from '../../src/artifact/circuit.ts';
import { profile } from '../../src/artifact/quant-graph.ts';
import type { Witness } from '../../src/artifact/witness.ts';
import { product } from '../../src/base/tensor.ts';
import { Builder, identityMap } from '../../src/gadgets/builder.ts';
import { evaluateGadget } from '../../src/gadgets/evaluate.ts';

/** Deterministic pseudo-random integers in [low, high] (mulberry32). */
export function seeded(seed: number): (low: number, high: number) => number {
  let state = seed >>> 0;
  return (low, high) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return low + (((t ^ (t >>> 14)) >>> 0) % (high - low + 1));
  };
}

/** y = clamp(round(x / divisor) + offset, 0, 255) on [low, high], by exhaustive search. */
export function quantizer(low: number, high: number, divisor: number, offset: number): StepFunction {
  const value = (x: number): number => Math.min(255, Math.max(0, Math.round(x / divisor) + offset));
  const starts = [low];
  const values = [value(low)];
  for (let x = low + 1; x <= high; x++) {
    if (value(x) !== values.at(-1)) {
      starts.push(x);
      values.push(value(x));
    }
  }
  return { high, starts: Int32Array.from(starts), values: Int32Array.from(values) };
}

/** Integers of [low, high] for a private wire that only a range confines. */
function anyOf(low: number, high: number, cells: number): Float64Array {
  return Float64Array.from({ length: cells }, (_, i) => low + ((7 * i) % (high - low + 1)));
}

/** Completes a witness: public inputs given, everything else computed gadget by gadget. */
export function complete(circuit: Circuit, inputs: readonly Int32Array[]): Witness {
  const wires: Float64Array[] = [];
  const accumulators: Float64Array[] = [];
  let next = 0;
  circuit.wires.forEach((wire, id) => {
    if (wire.data !== null) wires[id] = Float64Array.from(wire.data);
    else if (circuit.inputs.some((port) => port.wire === id))
      wires[id] = Float64Array.from(inputs[next++] as Int32Array);
  });
  for (const gadget of circuit.gadgets) {
    if (gadget.kind === 'range')
      wires[gadget.wire] ??= anyOf(gadget.low, gadget.high, product(circuit.wires[gadget.wire]?.sizes ?? []));
    const values = evaluateGadget(gadget, circuit, { wires, accumulators });
    if (gadget.kind === 'contract') accumulators[gadget.accumulator] = values;
    else if (gadget.kind !== 'range') wires[gadget.output] = values;
  }
  return { wires };
}

/** A convolution with zero points, padding, stride and per-channel steps; pairwise maxima; a table; a copy; a dense layer. */
export function everyGadget(seed = 1): { readonly circuit: Circuit; readonly inputs: readonly Int32Array[] } {
  const random = seeded(seed);
  const build = new Builder();
  const input = build.publicWire('image', [2, 6, 6], [0, 255]);
  const weights = build.constant(
    'weights',
    [3, 2, 3, 3],
    Int32Array.from({ length: 54 }, () => random(-8, 8)),
  );
  const bias = build.constant(
    'bias',
    [3],
    Int32Array.from({ length: 3 }, () => random(-300, 300)),
  );
  const left: Operand = {
    wire: input,
    zero: 7,
    map: [
      { kind: 'reduce', axis: 0 },
      { kind: 'window', axis: 1, reduce: 1, stride: 1, dilation: 1, pad: 1 },
      { kind: 'window', axis: 2, reduce: 2, stride: 1, dilation: 1, pad: 1 },
    ],
  };
  const right: Operand = {
    wire: weights,
    zero: 0,
    map: [
      { kind: 'output', axis: 0 },
      { kind: 'reduce', axis: 0 },
      { kind: 'reduce', axis: 1 },
      { kind: 'reduce', axis: 2 },
    ],
  };
  const box = [3, 6, 6];
  const accumulator = build.contract('conv', box, [2, 3, 3], left, right);
  const activations = build.witness('conv:out', box, [0, 255]);
  const biasView = { wire: bias, map: [{ kind: 'axis' as const, axis: 0, stride: 1, offset: 0 }] };
  const classes = build.constant('conv:class', [3], Int32Array.from([0, 1, 0]));
  build.step(
    'conv:step',
    box,
    { constant: 0, terms: [{ coefficient: 1, view: biasView }], accumulators: [accumulator] },
    [quantizer(-40000, 40000, 97, 100), quantizer(-40000, 40000, 151, 90)],
    { wire: classes, map: biasView.map },
    activations,
  );
  const at = (offset: number) => ({
    wire: activations,
    map: [
      { kind: 'axis' as const, axis: 0, stride: 1, offset: 0 },
      { kind: 'axis' as const, axis: 1, stride: 1, offset: 0 },
      { kind: 'axis' as const, axis: 2, stride: 2, offset },
    ],
  });
  const pooled = build.witness('pool:out', [3, 6, 3], [0, 255]);
  const read = (offset: number) => ({ constant: 0, terms: [{ coefficient: 1, view: at(offset) }], accumulators: [] });
  build.maximum('pool', [3, 6, 3], read(0), read(1), pooled);
  const squares = build.table('halve', [
    Int32Array.from({ length: 256 }, (_, x) => x),
    Int32Array.from({ length: 256 }, (_, x) => x >> 1),
  ]);
  const halved = build.witness('table:out', [3, 6, 3], [0, 127]);
  const whole = (wire: number, sizes: readonly number[]) => ({
    constant: 0,
    terms: [{ coefficient: 1, view: { wire, map: identityMap(sizes) } }],
    accumulators: [],
  });
  build.lookup('table', [3, 6, 3], squares, [whole(pooled, [3, 6, 3])], halved);
  const copy = build.witness('copy:out', [3, 6, 3], [0, 254]);
  build.linear(
    'copy',
    [3, 6, 3],
    { constant: 0, terms: [{ coefficient: 2, view: { wire: halved, map: identityMap([3, 6, 3]) } }], accumulators: [] },
    copy,
  );
  const dense = build.constant(
    'dense',
    [4, 3, 6, 3],
    Int32Array.from({ length: 216 }, () => random(-8, 8)),
  );
  const product_ = build.contract(
    'dense',
    [4],
    [3, 6, 3],
    { wire: copy, zero: 0, map: [0, 1, 2].map((axis) => ({ kind: 'reduce' as const, axis })) },
    {
      wire: dense,
      zero: 0,
      map: [{ kind: 'output', axis: 0 }, ...[0, 1, 2].map((axis) => ({ kind: 'reduce' as const, axis }))],
    },
  );
  const output = build.publicWire('scores', [4], [0, 255]);
  build.step(
    'dense:step',
    [4],
    { constant: 5, terms: [], accumulators: [product_] },
    [quantizer(-120000, 120000, 801, 128)],
    null,
    output,
  );
  const port = { quantization: null, dtype: 'u8' as const };
  const circuit = build.finish(
    'every gadget',
    profile,
    [{ ...port, name: 'image', tensor: 'image', dims: [1, 2, 6, 6], wire: input }],
    [{ ...port, name: 'scores', tensor: 'scores', dims: [1, 4], wire: output }],
  );
  return { circuit, inputs: [Int32Array.from({ length: product([2, 6, 6]) }, () => random(0, 255))] };
}
