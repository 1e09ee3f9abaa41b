/**
 * ArgExtreme as relations. With x facing so that the extreme is the largest and the one that counts comes first along the axis:
 *
 *   P_j = max(x_0 … x_j)      prefix maxima, by doubling: ⌈log₂ n⌉ rounds of one maximum per cell
 *   b_j = [P_{n−1} − P_j ≥ 1]  a step function, j < n − 1
 *   k   = Σ_j b_j
 *
 * P does not decrease and ends at the maximum m, so b_j = 1 exactly for the j before the first x_j = m, and k counts them: it
 * is that index, and every wire on the way is determined by the one before. A later cell equal to m adds nothing, so a tie has
 * one answer; n − 1 terms of 0 or 1 cannot leave [0, n − 1].
 */
import type { Expression, OperandMap } from '../../artifact/circuit.ts';
import { axisOffsets, type Builder, boxOf, expressionOf, type Wires } from '../../gadgets/builder.ts';
import { along, facingUp } from '../extremes.ts';
import type { OutputSpec } from '../op.ts';
import { stepFunction } from '../step-functions.ts';
import { constantWires, merged, rangeOfSum, wholeWire, withUnitAxes } from '../wires.ts';
import type { ArgExtremeAttrs } from './attrs.ts';

/** Prefix maxima along the axis, `order` telling where index j is read. Cells before the first are 0, the lowest there is. */
function prefixMaxima(build: Builder, input: Wires, axis: number, order: readonly number[], name: string): Wires {
  let x = along(build, input, axis, order);
  for (let reach = 1; reach < order.length; reach *= 2) {
    const before = along(
      build,
      x,
      axis,
      order.map((_, j) => j - reach).map((j) => Math.max(j, -1)),
    );
    const box = boxOf(x);
    const label = `${name}:first${2 * reach}`;
    const wire = build.witness(label, box, rangeOfSum(build, x.parts, box));
    build.maximum(label, box, expressionOf(x), expressionOf(before), wire);
    x = wholeWire(x.dtype, x.dims, x.axes, wire);
  }
  return x;
}

/** Whether the largest is still to come, for every index but the last. */
function stillToCome(build: Builder, prefixes: Wires, axis: number, size: number, name: string): Wires {
  const indices = Array.from({ length: size - 1 }, (_, j) => j);
  const each = along(build, prefixes, axis, indices);
  const last = along(
    build,
    prefixes,
    axis,
    indices.map(() => size - 1),
  );
  const box = boxOf(each);
  const [low, high] = rangeOfSum(build, each.parts, box);
  const behind: Expression = {
    constant: 0,
    terms: [...expressionOf(last).terms, ...expressionOf(each).terms.map((term) => ({ ...term, coefficient: -1 }))],
    accumulators: [],
  };
  const wire = build.witness(`${name}:before`, box, [0, 1]);
  const step = stepFunction((x) => (x >= 1 ? 1 : 0), low - high, Math.max(high - low, 1));
  build.step(`${name}:before`, box, behind, [step], null, wire);
  return wholeWire('u8', each.dims, each.axes, wire);
}

export function constrainArgExtreme(build: Builder, input: Wires, attrs: ArgExtremeAttrs, output: OutputSpec): Wires {
  const { name, dims, dtype } = output;
  const size = input.dims[attrs.axis] as number;
  if (size === 1) return constantWires({ dtype, dims, data: new Int32Array(dims.reduce((a, b) => a * b, 1)) });
  const chosen = (dim: number): boolean => dim === attrs.axis;
  const flat = withUnitAxes(merged(build, `${name}:merged`, input, chosen), chosen);
  const x = facingUp(build, flat, attrs.smallest, true, name);
  const axis = axisOffsets(x)[attrs.axis] as number;
  const order = Array.from({ length: size }, (_, j) => (attrs.last ? size - 1 - j : j));
  const before = stillToCome(build, prefixMaxima(build, x, axis, order, name), axis, size, name);
  const axes = before.axes.map((sizes, dim) => (chosen(dim) ? [] : sizes));
  const box = axes.flat();
  // An index counted from the end falls as more cells come before it in the order of the walk.
  const weights = build.constant(`${name}:ones`, [size - 1], new Int32Array(size - 1).fill(attrs.last ? -1 : 1));
  const map = boxOf(before).map((_, each): OperandMap => {
    return each === axis ? { kind: 'reduce', axis: 0 } : { kind: 'output', axis: each < axis ? each : each - 1 };
  });
  const count = build.contract(
    `${name}:count`,
    box,
    [size - 1],
    { wire: before.parts[0]?.wire as number, zero: 0, map },
    { wire: weights, zero: 0, map: [{ kind: 'reduce', axis: 0 }] },
  );
  const start = attrs.last ? size - 1 : 0;
  const wire = build.witness(name, box, [start - (size - 1), start + (size - 1)]);
  build.linear(name, box, { constant: start, terms: [], accumulators: [count] }, wire);
  return wholeWire(dtype, dims, axes, wire);
}
