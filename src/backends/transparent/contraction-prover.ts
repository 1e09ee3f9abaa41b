/**
 * Contractions, prover's side (Thaler, CRYPTO 2013): operands are folded over the output axes that only they have, then one
 * batched sumcheck over shared and reduced axes. The cost follows the operands' sizes, not the number of multiplications.
 */
import type { ContractGadget, Operand } from '../../artifact/circuit.ts';
import {
  add,
  at,
  type Ext,
  fromBase,
  multiply,
  one,
  put,
  scale,
  subtract,
  toVector,
  zero,
} from '../../base/extension.ts';
import { fromInteger, pow } from '../../base/field.ts';
import { product, type Shape } from '../../base/tensor.ts';
import type { Cells } from './assign.ts';
import type { ProverChannel } from './channel.ts';
import { type ContractionShape, contractionBatch } from './contraction-shape.ts';
import { publicInnerProduct, splitPoint } from './kernel-vectors.ts';
import type { Entries, Kernels } from './kernels/kernels.ts';
import { forEachRun, paddedBits } from './layout.ts';
import { eqTable } from './polynomials.ts';
import { accumulatorPoint } from './relations.ts';
import type { System, SystemTensor } from './system.ts';

/** A tensor of extension elements with named axes: an output axis, or a reduced axis. */
type AxisName = { readonly kind: 'output' | 'reduce'; readonly axis: number };
type Named = { readonly sizes: Shape; readonly names: readonly AxisName[]; readonly data: Uint32Array };

/** Weight of input index `from` in output index `to` along one dimension. */
type Entry = { readonly to: number; readonly from: number; readonly weight: Ext };

function entriesOfList(list: readonly Entry[]): Entries {
  return {
    places: Uint32Array.from(list.flatMap(({ to, from }) => [to, from])),
    weights: toVector(list.map(({ weight }) => weight)),
  };
}

/** Field cells of integers minus a zero point. */
function differencesOf(cells: ArrayLike<number>, zeroPoint: number): Uint32Array {
  const out = new Uint32Array(cells.length);
  for (let i = 0; i < cells.length; i++) out[i] = fromInteger((cells[i] as number) - zeroPoint);
  return out;
}

function widened(cells: Uint32Array): Uint32Array {
  const out = new Uint32Array(4 * cells.length);
  for (let i = 0; i < cells.length; i++) out[4 * i] = cells[i] as number;
  return out;
}

/** What becomes of one operand dimension before the sumcheck: folded away, turned into a reduced axis, or kept. */
function entriesOf(
  entry: Operand['map'][number],
  size: number,
  gadget: ContractGadget,
  weights: readonly Uint32Array[],
  shared: readonly number[],
): Entry[] | null {
  switch (entry.kind) {
    case 'fixed':
      return [{ to: 0, from: entry.index, weight: one }];
    case 'reduce':
      return null;
    case 'output':
      if (shared.includes(entry.axis)) return null;
      return Array.from({ length: size }, (_, from) => ({
        to: 0,
        from,
        weight: at(weights[entry.axis] as Uint32Array, from),
      }));
    case 'window': {
      const out: Entry[] = [];
      for (let k = 0; k < (gadget.reduce[entry.reduce] as number); k++) {
        for (let o = 0; o < (gadget.box[entry.axis] as number); o++) {
          const from = entry.stride * o + entry.dilation * k - entry.pad;
          if (from >= 0 && from < size) out.push({ to: k, from, weight: at(weights[entry.axis] as Uint32Array, o) });
        }
      }
      return out;
    }
  }
}

/** Folds an operand with the weights of the output axes it does not share. */
function foldOperand(
  kernels: Kernels,
  operand: Operand,
  sizes: Shape,
  cells: ArrayLike<number>,
  gadget: ContractGadget,
  weights: readonly Uint32Array[],
  shared: readonly number[],
): Named {
  let data = differencesOf(cells, operand.zero);
  let wide = false;
  const current = [...sizes];
  const names: (AxisName | null)[] = [];
  operand.map.forEach((entry, dim) => {
    const size = sizes[dim] as number;
    const entries = entriesOf(entry, size, gadget, weights, shared);
    if (entries === null) {
      names.push(
        entry.kind === 'reduce'
          ? { kind: 'reduce', axis: entry.axis }
          : { kind: 'output', axis: (entry as { axis: number }).axis },
      );
      return;
    }
    const count = entry.kind === 'window' ? (gadget.reduce[entry.reduce] as number) : 1;
    const along = { outer: product(current.slice(0, dim)), size, inner: product(current.slice(dim + 1)), count };
    data = kernels.applyAlong(data, wide, along, entriesOfList(entries));
    wide = true;
    current[dim] = count;
    names.push(entry.kind === 'window' ? { kind: 'reduce', axis: entry.reduce } : null);
  });
  const kept = names.flatMap((name, dim) => (name === null ? [] : [{ name, size: current[dim] as number }]));
  return {
    data: wide ? data : widened(data),
    sizes: kept.map((axis) => axis.size),
    names: kept.map((axis) => axis.name),
  };
}

/** Lays a folded operand out over the variables of the sumcheck, zero outside the box. */
function spread(named: Named, shape: ContractionShape): Uint32Array {
  const out = new Uint32Array(4 * 2 ** shape.variables);
  const order = named.names.map((name) =>
    name.kind === 'output' ? shape.shared.indexOf(name.axis) : shape.shared.length + name.axis,
  );
  const shifts = shape.sizes.map((_, i) => 2 ** paddedBits(shape.sizes.slice(i + 1)));
  const index = new Array<number>(order.length).fill(0);
  for (let cell = 0; cell < product(named.sizes); cell++) {
    let address = 0;
    order.forEach((axis, i) => {
      address += (index[i] as number) * (shifts[axis] as number);
    });
    put(out, address, at(named.data, cell));
    for (let i = index.length - 1; i >= 0; i--) {
      index[i] = (index[i] as number) + 1;
      if ((index[i] as number) < (named.sizes[i] as number)) break;
      index[i] = 0;
    }
  }
  return out;
}

/** eq weights of the shared axes, constant along the reduced ones. */
function sharedWeights(gadget: ContractGadget, shape: ContractionShape, weights: readonly Uint32Array[]): Uint32Array {
  const sizes = shape.sizes.slice(0, shape.shared.length);
  const inner = 2 ** paddedBits(gadget.reduce);
  const out = new Uint32Array(4 * 2 ** shape.variables);
  const counter = sizes.map(() => 0);
  forEachRun(sizes, (_, offset, length) => {
    for (let last = 0; last < length; last++) {
      const index = [...counter.slice(0, -1), last];
      const weight = shape.shared.reduce(
        (total, axis, i) => multiply(total, at(weights[axis] as Uint32Array, index[i] as number)),
        one,
      );
      for (let k = 0; k < inner; k++) put(out, (offset + last) * inner + k, weight);
    }
    for (let i = counter.length - 2; i >= 0; i--) {
      counter[i] = (counter[i] as number) + 1;
      if ((counter[i] as number) < (sizes[i] as number)) break;
      counter[i] = 0;
    }
  });
  return out;
}

/** One instance of the batched sumcheck: its factor tables, weight η^ℓ and claimed value. */
type Running = {
  readonly gadget: ContractGadget;
  readonly shape: ContractionShape;
  readonly factors: Uint32Array[];
  readonly weight: Ext;
  readonly value: Ext;
};

/** Evaluations at 0, 2, …, degree of Σ_x Π factors along the highest variable. */
function instanceRound(factors: readonly Uint32Array[], half: number, points: readonly number[]): Ext[] {
  const sums = points.map(() => zero);
  for (let x = 0; x < half; x++) {
    const lows = factors.map((factor) => at(factor, x));
    const steps = factors.map((factor, i) => subtract(at(factor, x + half), lows[i] as Ext));
    points.forEach((point, k) => {
      const value = lows.reduce(
        (total, low, i) => multiply(total, point === 0 ? low : add(low, scale(steps[i] as Ext, point))),
        one,
      );
      sums[k] = add(sums[k] as Ext, value);
    });
  }
  return sums;
}

/** acc~(point): the claimed value of a virtual accumulator. */
export function accumulatorValue(values: Float64Array, box: Shape, point: readonly Ext[]): Ext {
  const parts = splitPoint(point, box);
  return publicInnerProduct(
    values,
    box,
    box.map((size, axis) => ({ kind: 'eq', point: parts[axis] as readonly Ext[], count: size })),
  );
}

/** Step 6. */
export function proveContractions(
  channel: ProverChannel,
  kernels: Kernels,
  system: System,
  cells: Cells,
  leaf: readonly Ext[],
  tau: readonly Ext[],
  values: readonly Ext[],
): void {
  const { claims, gadgets, shapes, variables, degree } = contractionBatch(system);
  if (claims.length === 0) return;
  channel.begin(6);
  const eta = channel.drawOne();
  let power = one;
  const running = claims.map((claim, i): Running => {
    const gadget = gadgets[i] as ContractGadget;
    const shape = shapes[i] as ContractionShape;
    const weights = splitPoint(accumulatorPoint(system, claim, leaf, tau), gadget.box).map((part) => eqTable(part));
    const fold = (operand: Operand): Uint32Array =>
      spread(
        foldOperand(
          kernels,
          operand,
          (system.tensors[operand.wire] as SystemTensor).sizes,
          cells.tensors[operand.wire] as Float64Array,
          gadget,
          weights,
          shape.shared,
        ),
        shape,
      );
    const factors = [fold(gadget.left), fold(gadget.right)];
    if (shape.shared.length > 0) factors.push(sharedWeights(gadget, shape, weights));
    const weight = power;
    power = multiply(power, eta);
    return { gadget, shape, factors, weight, value: values[i] as Ext };
  });
  const points = [0, ...Array.from({ length: degree - 1 }, (_, i) => i + 2)];
  for (let bit = variables - 1; bit >= 0; bit--) {
    const half = 2 ** bit;
    const sums = points.map(() => zero);
    for (const { shape, factors, weight, value } of running) {
      const round =
        bit >= shape.variables
          ? points.map(() => multiply(value, fromBase(pow(2, bit - shape.variables))))
          : instanceRound(factors, half, points);
      round.forEach((sum, k) => {
        sums[k] = add(sums[k] as Ext, multiply(weight, sum));
      });
    }
    channel.sendHidden(...sums);
    const z = channel.drawOne();
    for (const { shape, factors } of running)
      if (bit < shape.variables) for (const factor of factors) kernels.foldHigh(factor, half, z);
  }
  for (const { gadget, factors } of running) {
    [gadget.left, gadget.right].forEach((operand, side) => {
      if ((system.tensors[operand.wire] as SystemTensor).kind === 'committed')
        channel.sendHidden(at(factors[side] as Uint32Array, 0));
    });
  }
}
