/** What each gadget of a circuit brings to a proof: what its lowering states for it, counted. */
import type { Gadget } from '../../artifact/circuit.ts';
import { product } from '../../base/tensor.ts';
import { boxOfGadget } from '../../gadgets/facts.ts';
import type { GadgetCost } from '../proving.ts';
import { planSteps, type StepChoice } from './gadgets/step-plan.ts';
import type { StepPlan, System } from './system.ts';

/** Lookups, and committed cells beside its output, for each cell of a step. */
function perCell(plan: StepPlan): readonly [lookups: number, committed: number] {
  switch (plan.kind) {
    case 'direct':
      return [1, 0];
    case 'segments':
      return [2, 2];
    case 'wide':
      return [3, 3];
    case 'runs':
      return plan.reach === null ? [3, 2] : [4, 3];
  }
}

/** The wire that a gadget determines or confines. */
function ownWire(gadget: Gadget): number | null {
  if (gadget.kind === 'contract') return null;
  return gadget.kind === 'range' ? gadget.wire : gadget.output;
}

/** In the order of the gadgets. Tables that several share, and multiplicities, belong to none of them. */
export function gadgetCosts({ circuit, steps, pieceBits }: System): GadgetCost[] {
  const plans = planSteps(circuit.gadgets, pieceBits);
  const stepOf = new Map(steps.map((plan) => [plan.gadget, plan]));
  return circuit.gadgets.map((gadget, index) => {
    const cells = product(boxOfGadget(gadget, circuit.wires));
    const wire = circuit.wires[ownWire(gadget) ?? -1];
    const output = wire?.role === 'witness' ? product(wire.sizes) : 0;
    const plan = stepOf.get(index);
    if (gadget.kind === 'step' && plan !== undefined) {
      const [lookups, committed] = perCell(plan);
      const { rows } = plans.choices.get(gadget) as StepChoice;
      return { lookups: lookups * cells, committed: output + committed * cells, rows, step: plan.kind };
    }
    const lookups = gadget.kind === 'contract' || gadget.kind === 'linear' ? 0 : cells;
    return { lookups, committed: output, rows: 0, step: null };
  });
}
