/** QLinearAdd as a relation: a step function of an integer combination where that is exact, else a table of all pairs. */
import type { Builder, Wires } from '../../gadgets/builder.ts';
import { alignOperands } from '../broadcast.ts';
import type { OutputSpec } from '../op.ts';
import { relatePair } from '../pair-relation.ts';
import { wholeWire } from '../wires.ts';
import type { QLinearAddAttrs } from './attrs.ts';
import { addition, isSwapped } from './formula.ts';

export function constrainQLinearAdd(
  build: Builder,
  inputs: readonly Wires[],
  output: OutputSpec,
  attrs: QLinearAddAttrs,
): Wires {
  const [left, right] = inputs as [Wires, Wires];
  const { name, dims } = output;
  const operands = alignOperands(build, name, left, right, dims.length);
  const f = addition(attrs, isSwapped(left.dims, right.dims));
  const wire = relatePair(build, { name, operands, f, ratio: attrs.bScale / attrs.aScale });
  return wholeWire(attrs.yType, dims, operands.axes, wire);
}
