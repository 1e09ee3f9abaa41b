/** Contractions of an activation with constant weights: from a logical tensor and the roles of its axes to gadgets. */
import type { AccumulatorId, AxisMap, OperandMap, View } from '../artifact/circuit.ts';
import { extent, type Interval, product, type Shape, strides } from '../base/tensor.ts';
import { type Builder, boxOf, type Wires } from '../gadgets/builder.ts';
import { axesOf } from '../gadgets/views.ts';
import { cannotHide } from './hidden.ts';
import { copied, covers } from './wires.ts';

/** What one axis of the activation is to the contraction: an output axis, a reduced axis, or a window over both. */
export type AxisRole = Exclude<OperandMap, { readonly kind: 'fixed' }>;

/**
 * Constant weights [outputs…, reduce…], row-major: the dimension list `outputs` names output axes, the rest are all the
 * reduced axes in order. What counts is data − zero.
 */
export type Weights = {
  readonly name: string;
  readonly outputs: readonly number[];
  readonly data: Int32Array;
  readonly zero: number;
  /** Everything a weight can be, by its type; an operator that does not say it cannot hide its weights. */
  readonly interval?: Interval;
  /** Set where the operator alone determines them, such as the ones of a mean: they are no secret of any model. */
  readonly known?: true;
};

export type Contraction = {
  readonly name: string;
  readonly box: Shape;
  readonly reduce: Shape;
  readonly x: Wires;
  readonly xZero: number;
  /** One per axis of `x`. */
  readonly roles: readonly AxisRole[];
  readonly weights: Weights;
};

/** For each index along one reduced axis of a part: the logical index it stands for, or −1 for none. */
type Reading = { readonly map: readonly OperandMap[]; readonly reduced: readonly (Int32Array | null)[] };

/**
 * A part of `x` as an operand, or null when its view cannot be one.
 *
 * A reduced axis may be read through any stride and offset: the contraction then runs over the wire's own dimension and
 * the weights move, with weight 0 at the cells the view skips. An output axis must be read as it is. A window composes
 * with the view when no tap outside the logical axis falls on a cell of the wire.
 */
function reading(sizes: Shape, view: View, c: Contraction): Reading | null {
  const box = boxOf(c.x);
  const reduced: (Int32Array | null)[] = c.reduce.map(() => null);
  const named = new Set<number>();
  const map: OperandMap[] = [];
  for (const [dim, entry] of view.map.entries()) {
    for (const axis of axesOf(entry)) named.add(axis);
    const operand = operandMap(entry, sizes[dim] as number, box, c, reduced);
    if (operand === null) return null;
    map.push(operand);
  }
  return named.size === box.length ? { map, reduced } : null;
}

function operandMap(
  entry: AxisMap,
  size: number,
  box: Shape,
  c: Contraction,
  reduced: (Int32Array | null)[],
): OperandMap | null {
  if (entry.kind === 'fixed') return entry.index >= 0 && entry.index < size ? entry : null;
  if (entry.kind === 'listed') return listedOperand(entry, size, c, reduced);
  const { stride, offset } = entry;
  const role = c.roles[entry.axis] as AxisRole;
  const logical = box[entry.axis] as number;
  if (role.kind === 'output') return stride === 1 && offset === 0 && size === logical ? role : null;
  if (role.kind === 'reduce') {
    reduced[role.axis] = Int32Array.from({ length: size }, (_, at) => {
      const index = (at - offset) / stride;
      return Number.isInteger(index) && index >= 0 && index < logical ? index : -1;
    });
    return role;
  }
  const reach =
    role.stride * ((c.box[role.axis] as number) - 1) +
    role.dilation * ((c.reduce[role.reduce] as number) - 1) -
    role.pad;
  for (let index = -role.pad; index <= reach; index++) {
    const at = stride * index + offset;
    if ((index < 0 || index >= logical) && at >= 0 && at < size) return null;
  }
  return {
    kind: 'window',
    axis: role.axis,
    reduce: role.reduce,
    stride: role.stride * stride,
    dilation: role.dilation * stride,
    pad: role.pad * stride - offset,
  };
}

/** A reduced axis read through a list that names no cell twice: the weights move to where the cells are. */
function listedOperand(
  { axes, indices }: AxisMap & { readonly kind: 'listed' },
  size: number,
  c: Contraction,
  reduced: (Int32Array | null)[],
): OperandMap | null {
  const role = c.roles[axes[0] as number] as AxisRole;
  const named = indices.filter((index) => index >= 0);
  if (axes.length !== 1 || role.kind !== 'reduce' || new Set(named).size !== named.length) return null;
  const positions = new Int32Array(size).fill(-1);
  indices.forEach((index, x) => {
    if (index >= 0) positions[index] = x;
  });
  reduced[role.axis] = positions;
  return role;
}

/** True when every reduced axis is read whole and in order, so that the weights stay where they are. */
function asItIs({ reduced }: Reading, reduce: Shape): boolean {
  return reduced.every(
    (positions, axis) =>
      positions === null || (positions.length === reduce[axis] && positions.every((at, i) => at === i)),
  );
}

/** The weights one part meets: along reduced axes that the part reads its own way, cells move or become `zero`. */
function moved(
  weights: Weights,
  outputs: Shape,
  reduce: Shape,
  reading: Reading,
): { reduce: number[]; data: Int32Array } {
  if (asItIs(reading, reduce)) return { reduce: [...reduce], data: weights.data };
  const { reduced } = reading;
  const actual = reduce.map((size, axis) => reduced[axis]?.length ?? size);
  const steps = strides(reduce);
  // Address of each tap of the part among the logical taps; −1 where the view skips a cell.
  let taps = [0];
  for (const [axis, size] of actual.entries()) {
    const positions = reduced[axis] ?? Int32Array.from({ length: size }, (_, i) => i);
    taps = taps.flatMap((base) =>
      Array.from(positions, (at) => (base < 0 || at < 0 ? -1 : base + at * (steps[axis] as number))),
    );
  }
  const rows = product(outputs);
  const rowLength = product(reduce);
  const data = new Int32Array(rows * taps.length);
  for (let row = 0, out = 0; row < rows; row++) {
    for (const tap of taps) data[out++] = tap < 0 ? weights.zero : (weights.data[row * rowLength + tap] as number);
  }
  return { reduce: actual, data };
}

/** The parts that add anything to the sum: a border of cells equal to xZero, as padding leaves it, does not. */
function contributing(build: Builder, c: Contraction): readonly View[] {
  const parts = c.x.parts.filter(({ wire }) => !build.holdsOnly(wire, c.xZero));
  return parts.length > 0 ? parts : c.x.parts;
}

/**
 * States Σ (x − xZero)·(w − zero) over the box: one virtual accumulator per part of `x`, to be added up. A cell that no part
 * has stands for 0, but an operand counts it as x = xZero: unless the two are the same, the tensor is copied first.
 *
 * Hidden weights are laid out once and stay where they are: that a weight the view skips is `zero`, or that two parts meet
 * the same weights, nobody could know of committed cells. A tensor that is read otherwise is copied first.
 */
export function contract(build: Builder, c: Contraction): AccumulatorId[] {
  const parts = contributing(build, c);
  const readings = parts.map((view) => reading(build.sizes(view.wire), view, c));
  const hidden = build.hidesWeights && c.weights.known !== true;
  const fits = (part: Reading): boolean => !hidden || (readings.length === 1 && asItIs(part, c.reduce));
  const copy = (c.xZero !== 0 && !covers(build, c.x)) || readings.some((part) => part === null || !fits(part));
  if (copy) return contract(build, { ...c, x: copied(build, `${c.name}:operand`, c.x) });
  const outputs = c.weights.outputs.map((axis) => c.box[axis] as number);
  const outputMaps = c.weights.outputs.map((axis): OperandMap => ({ kind: 'output', axis }));
  return readings.map((part, i) => {
    const { map } = part as Reading;
    const suffix = readings.length === 1 ? '' : `:${i}`;
    const { reduce, data } = moved(c.weights, outputs, c.reduce, part as Reading);
    const { interval } = c.weights;
    if (hidden && interval === undefined) cannotHide(c.name, 'the operator does not say their range');
    const name = `${c.weights.name}${suffix}`;
    const sizes = [...outputs, ...reduce];
    const wire = hidden
      ? build.weights(name, sizes, data, interval ?? extent(data))
      : build.constant(name, sizes, data);
    const right = [...outputMaps, ...reduce.map((_, axis): OperandMap => ({ kind: 'reduce', axis }))];
    return build.contract(
      `${c.name}${suffix}`,
      c.box,
      reduce,
      { wire: (parts[i] as View).wire, zero: c.xZero, map },
      { wire, zero: c.weights.zero, map: right },
    );
  });
}
