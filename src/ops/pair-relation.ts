/**
 * A function of two bytes as a relation, in the cheapest form that is exact. A form is tried on every pair that can occur
 * before it is used, so a wrong guess costs rows and never exactness.
 */
import type { TableId, WireId } from '../artifact/circuit.ts';
import { ByteWriter, toHex } from '../base/bytes.ts';
import { digest } from '../base/digest.ts';
import type { Interval, Shape } from '../base/tensor.ts';
import type { Builder } from '../gadgets/builder.ts';
import { affineForm, type PairFormula } from './affine-form.ts';
import { type Aligned, termsOver } from './broadcast.ts';
import { intervalOf } from './wires.ts';

export type PairRelation = {
  readonly name: string;
  readonly operands: Aligned;
  readonly f: PairFormula;
  /** Supposed slope of the second operand against the first, or 0: the function orders pairs like a + ratio·b. */
  readonly ratio: number;
};

/** All pairs that can occur and their value; equal functions of equal ranges share one table. */
function tableOf(build: Builder, f: PairFormula, a: Interval, b: Interval): TableId {
  const width = b[1] - b[0] + 1;
  const rows = (a[1] - a[0] + 1) * width;
  const columns = [new Int32Array(rows), new Int32Array(rows), new Int32Array(rows)] as const;
  const writer = new ByteWriter().i32(a[0]).i32(b[0]).i32(width);
  for (let row = 0; row < rows; row++) {
    const x = a[0] + Math.floor(row / width);
    const y = b[0] + (row % width);
    const value = f(x, y);
    columns[0][row] = x;
    columns[1][row] = y;
    columns[2][row] = value;
    writer.i32(value);
  }
  return build.table(`pair:${toHex(digest(writer.finish()))}`, columns);
}

/** Smallest and largest value over all pairs that can occur. */
export function pairImage(f: PairFormula, a: Interval, b: Interval): Interval {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let x = a[0]; x <= a[1]; x++) {
    for (let y = b[0]; y <= b[1]; y++) {
      const value = f(x, y);
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return [low, high];
}

/** output = f(a, b) on a fresh wire of that name: a step function of p·a + q·b, else a table of all pairs. */
export function relatePair(build: Builder, { name, operands, f, ratio }: PairRelation): WireId {
  const { a, b, axes } = operands;
  const box: Shape = axes.flat();
  const [rangeA, rangeB] = [intervalOf(build, a), intervalOf(build, b)];
  const wire = build.witness(name, box, pairImage(f, rangeA, rangeB));
  const form = ratio === 0 ? null : affineForm(f, ratio, rangeA, rangeB);
  if (form === null) {
    const inputs = [a, b].map((x) => ({ constant: 0, terms: termsOver(x, axes, 1), accumulators: [] }));
    build.lookup(name, box, tableOf(build, f, rangeA, rangeB), inputs, wire);
  } else {
    const terms = [...termsOver(a, axes, form.p), ...termsOver(b, axes, form.q)];
    build.step(name, box, { constant: 0, terms, accumulators: [] }, [form.step], null, wire);
  }
  return wire;
}
