/** From accumulators to the output wire: bias, per-channel classes and the step relation of a requantization. */
import type { AccumulatorId, Term, View, WireId } from '../artifact/circuit.ts';
import type { Interval, Shape } from '../base/tensor.ts';
import type { Builder } from '../gadgets/builder.ts';
import { type Requantization, requantize } from './requantize.ts';
import { stepFunction } from './step-functions.ts';
import { hull } from './wires.ts';

export type Rescale = {
  /** Name of the output tensor. */
  readonly name: string;
  readonly box: Shape;
  /** The box axes whose row-major product is the output channel. */
  readonly channelAxes: readonly number[];
  /** Number of output channels. */
  readonly channels: number;
  readonly accumulators: readonly AccumulatorId[];
  /** Length 0, 1 or `channels`. */
  readonly bias: Int32Array;
  /** Range of accumulator plus bias, per channel. */
  readonly bounds: readonly Interval[];
  readonly rule: Requantization;
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

/** A constant with one integer per channel, read over the box. */
function perChannel(build: Builder, r: Rescale, suffix: string, data: Int32Array): View {
  const sizes = r.channelAxes.map((axis) => r.box[axis] as number);
  const wire = build.constant(`${r.name}:${suffix}`, sizes, data);
  return { wire, map: r.channelAxes.map((axis) => ({ kind: 'axis', axis, stride: 1, offset: 0 })) };
}

/** output = step_class(Σ accumulators + bias), on a fresh wire named after the output tensor. */
export function rescale(build: Builder, r: Rescale): WireId {
  const { ranges, index } = classesOf(r);
  const functions = Array.from(ranges, ([multiplier, [low, high]]) => {
    const rule = { ...r.rule, multipliers: [multiplier] };
    return stepFunction((acc) => requantize(acc, rule, 0), low, high);
  });
  const constant = r.bias.length === 1 ? (r.bias[0] as number) : 0;
  const terms: Term[] = [];
  if (r.bias.length > 1) terms.push({ coefficient: 1, view: perChannel(build, r, 'bias', r.bias) });
  const classes = functions.length === 1 ? null : perChannel(build, r, 'class', index);
  const interval = hull(functions.map(({ values }): Interval => [values[0] as number, values.at(-1) as number]));
  const output = build.witness(r.name, r.box, interval);
  build.step(r.name, r.box, { constant, terms, accumulators: r.accumulators }, functions, classes, output);
  return output;
}
