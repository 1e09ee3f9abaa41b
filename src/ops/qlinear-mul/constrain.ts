/**
 * QLinearMul as a relation: the product of the centred bytes is a contraction without reduced axes, an accumulator that is
 * never committed; the output is a step function of it, because the formula is monotone in the product.
 */
import type { OperandMap, Operand as ProductOperand } from '../../artifact/circuit.ts';
import type { Shape } from '../../base/tensor.ts';
import { type Builder, boxOf, type Wires } from '../../gadgets/builder.ts';
import { alignOperands, axisPositions } from '../broadcast.ts';
import type { OutputSpec } from '../op.ts';
import { stepFunction } from '../step-functions.ts';
import { copied, intervalOf, wholeWire } from '../wires.ts';
import type { QLinearMulAttrs } from './attrs.ts';
import { rescaled } from './formula.ts';

/** The operand as one wire read cell for cell; null when its view is of another kind. */
function direct(build: Builder, x: Wires, zero: number, positions: readonly number[]): ProductOperand | null {
  const [view, ...others] = x.parts;
  if (view === undefined || others.length > 0) return null;
  const box = boxOf(x);
  const sizes = build.sizes(view.wire);
  const map: OperandMap[] = [];
  for (const [dim, entry] of view.map.entries()) {
    if (entry.kind === 'fixed') map.push(entry);
    else if (entry.kind === 'axis' && entry.stride === 1 && entry.offset === 0 && sizes[dim] === box[entry.axis])
      map.push({ kind: 'output', axis: positions[entry.axis] as number });
    else return null;
  }
  return map.filter(({ kind }) => kind === 'output').length === box.length ? { wire: view.wire, zero, map } : null;
}

function operand(build: Builder, name: string, x: Wires, zero: number, axes: readonly Shape[]): ProductOperand {
  const positions = axisPositions(x, axes);
  const found = direct(build, x, zero, positions) ?? direct(build, copied(build, name, x), zero, positions);
  return found as ProductOperand;
}

export function constrainQLinearMul(
  build: Builder,
  inputs: readonly Wires[],
  output: OutputSpec,
  attrs: QLinearMulAttrs,
): Wires {
  const [left, right] = inputs as [Wires, Wires];
  const { name, dims } = output;
  const { a, b, axes } = alignOperands(build, name, left, right, dims.length);
  const box = axes.flat();
  const { aZero, bZero } = attrs;
  const ends = intervalOf(build, a).flatMap((x) => intervalOf(build, b).map((y) => (x - aZero) * (y - bZero)));
  const step = stepFunction(rescaled(attrs), Math.min(...ends), Math.max(...ends));
  const accumulator = build.contract(
    `${name}:product`,
    box,
    [],
    operand(build, `${name}:a:operand`, a, aZero, axes),
    operand(build, `${name}:b:operand`, b, bZero, axes),
  );
  const wire = build.witness(name, box, [step.values[0] as number, step.values.at(-1) as number]);
  build.step(name, box, { constant: 0, terms: [], accumulators: [accumulator] }, [step], null, wire);
  return wholeWire(attrs.yType, dims, axes, wire);
}
