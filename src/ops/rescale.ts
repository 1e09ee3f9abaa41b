/** From accumulators to the output wire: bias, per-channel classes and the step relation of a requantization. */
import type { AccumulatorId, Term, View, WireId } from '../artifact/circuit.ts';
import type { Interval, Shape } from '../base/tensor.ts';
import type { Builder } from '../gadgets/builder.ts';
import { hideBias } from './hidden.ts';
import { type Requantization, requantize } from './requantize.ts';
import { stepFunction } from './step-functions.ts';
import { hull } from './wires.ts';

export type Rescale = Biased & {
  /** Number of output channels. */
  readonly channels: number;
  readonly accumulators: readonly AccumulatorId[];
  /** Range of accumulator plus bias, per channel. */
  readonly bounds: readonly Interval[];
  readonly rule: Requantization;
};

/** A bias per channel of a box. */
export type Biased = {
  /** Name of the output tensor. */
  readonly name: string;
  readonly box: Shape;
  /** The box axes whose row-major product is the output channel. */
  readonly channelAxes: readonly number[];
  /** Length 0, 1 or one per channel. */
  readonly bias: Int32Array;
};

/** The step function of each distinct multiplier over the channels that use it, and every channel's index among them. */
function classesOf(r: Rescale): { ranges: Map<number, Interval>; index: Int32Array } {
  const { multipliers } = r.rule;
  const ranges = new Map<number, Interval>();
  const order = new Map<number, number>();
  const index = Int32Array.from(r.bounds, (bound, channel) => {
    const multiplier = multipliers[multipliers.length === 1 ? 0 : channel] as number;
    const known = ranges.get(multiplier);
    ranges.set(multiplier, known === undefined ? bound : hull([known, bound]));
    if (known === undefined) order.set(multiplier, order.size);
    return order.get(multiplier) as number;
  });
  return { ranges, index };
}

function channelSizes(r: Biased): Shape {
  return r.channelAxes.map((axis) => r.box[axis] as number);
}

/** One integer per channel, read over the box. */
function overChannels(r: Biased, wire: WireId): View {
  return { wire, map: r.channelAxes.map((axis) => ({ kind: 'axis', axis, stride: 1, offset: 0 })) };
}

/** The bias as part of the step's input. A hidden one is read from committed cells. */
export function biasTerms(build: Builder, r: Biased): { readonly constant: number; readonly terms: Term[] } {
  const name = `${r.name}:bias`;
  const shared = r.bias.length === 1;
  if (r.bias.length === 0) return { constant: 0, terms: [] };
  if (build.hidesWeights) {
    const pieces = hideBias(build, name, shared ? [1] : channelSizes(r), r.bias);
    const view = (wire: WireId): View =>
      shared ? { wire, map: [{ kind: 'fixed', index: 0 }] } : overChannels(r, wire);
    return { constant: 0, terms: pieces.map(({ coefficient, wire }) => ({ coefficient, view: view(wire) })) };
  }
  if (shared) return { constant: r.bias[0] as number, terms: [] };
  return {
    constant: 0,
    terms: [{ coefficient: 1, view: overChannels(r, build.constant(name, channelSizes(r), r.bias)) }],
  };
}

/** output = step_class(Σ accumulators + bias), on a fresh wire named after the output tensor. */
export function rescale(build: Builder, r: Rescale): WireId {
  const { ranges, index } = classesOf(r);
  const functions = Array.from(ranges, ([multiplier, [low, high]]) => {
    const rule = { ...r.rule, multipliers: [multiplier] };
    return stepFunction((acc) => requantize(acc, rule, 0), low, high);
  });
  const { constant, terms } = biasTerms(build, r);
  const classes =
    functions.length === 1 ? null : overChannels(r, build.constant(`${r.name}:class`, channelSizes(r), index));
  const interval = hull(functions.map(({ values }): Interval => [values[0] as number, values.at(-1) as number]));
  const output = build.witness(r.name, r.box, interval);
  build.step(r.name, r.box, { constant, terms, accumulators: r.accumulators }, functions, classes, output);
  return output;
}
