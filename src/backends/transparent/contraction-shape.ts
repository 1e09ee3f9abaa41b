/**
 * Variables of a contraction's sumcheck: first the output axes that both operands have, then the reduced axes, row-major.
 * Output axes of one operand only are folded before the sumcheck begins.
 */
import type { ContractGadget, Operand } from '../../artifact/circuit.ts';
import type { Shape } from '../../base/tensor.ts';
import { type AccumulatorClaim, accumulatorClaims } from './instances.ts';
import { paddedBits } from './layout.ts';
import type { System } from './system.ts';

export type ContractionShape = {
  /** Output axes of both operands. */
  readonly shared: readonly number[];
  /** Sizes of the shared axes, then of the reduced axes. */
  readonly sizes: Shape;
  readonly variables: number;
  /** 2, or 3 when shared axes bring their own eq factor. */
  readonly degree: number;
};

function outputAxes(operand: Operand): Set<number> {
  return new Set(
    operand.map.flatMap((entry) => (entry.kind === 'output' || entry.kind === 'window' ? [entry.axis] : [])),
  );
}

export function contractionShape(gadget: ContractGadget): ContractionShape {
  const left = outputAxes(gadget.left);
  const right = outputAxes(gadget.right);
  const shared = gadget.box.flatMap((_, axis) => (left.has(axis) && right.has(axis) ? [axis] : []));
  const sizes = [...shared.map((axis) => gadget.box[axis] as number), ...gadget.reduce];
  return { shared, sizes, variables: paddedBits(sizes), degree: shared.length > 0 ? 3 : 2 };
}

/** All contraction claims of a proof and the one sumcheck they share: its variables and degree are the largest. */
export type ContractionBatch = {
  readonly claims: readonly AccumulatorClaim[];
  /** One per claim. */
  readonly gadgets: readonly ContractGadget[];
  readonly shapes: readonly ContractionShape[];
  readonly variables: number;
  readonly degree: number;
};

export function contractionBatch(system: System): ContractionBatch {
  const claims = accumulatorClaims(system);
  const gadgets = claims.map((claim) => system.contractions[claim.accumulator] as ContractGadget);
  const shapes = gadgets.map(contractionShape);
  const variables = Math.max(0, ...shapes.map((shape) => shape.variables));
  const degree = Math.max(0, ...shapes.map((shape) => shape.degree));
  return { claims, gadgets, shapes, variables, degree };
}

/** Coordinates of the point at which all linear relations are claimed: those of the largest. */
export function linearVariables(system: System): number {
  return Math.max(0, ...system.linears.map(({ box }) => paddedBits(box)));
}
