/** Circuit → System: each gadget states its lookups, linear relations and contractions. Deterministic; needs no input. */
import type { Circuit, ContractGadget } from '../../artifact/circuit.ts';
import { invariant } from '../../base/errors.ts';
import { mergedView } from '../../gadgets/facts.ts';
import { lowerStep } from './gadgets/step.ts';
import { Lowering } from './lowering.ts';
import { difference, type StepPlan, type System, type SystemLinear, viewExpression, whole } from './system.ts';

/** Lowers a circuit that `checkCircuit` has accepted. */
export function lower(circuit: Circuit, pieceBits: number): System {
  const lowering = new Lowering(circuit, pieceBits);
  const contractions: ContractGadget[] = [];
  const linears: SystemLinear[] = [];
  const steps: StepPlan[] = [];
  circuit.gadgets.forEach((gadget, index) => {
    switch (gadget.kind) {
      case 'contract':
        contractions[gadget.accumulator] = gadget;
        break;
      case 'step':
        steps.push(lowerStep(lowering, gadget, index));
        break;
      case 'table': {
        const table = circuit.tables[gadget.table];
        const id = lowering.table(`table ${gadget.table} ${table?.name ?? ''}`, () =>
          (table?.columns ?? []).map((column) => Array.from(column)),
        );
        lowering.lookup(gadget.name, id, gadget.box, [
          ...gadget.inputs,
          viewExpression(whole(gadget.output, gadget.box)),
        ]);
        break;
      }
      case 'maximum': {
        // (a − b, m − b) ∈ {(δ, max(δ, 0))}: then m is a where a ≥ b and b where not.
        const m = viewExpression(whole(gadget.output, gadget.box));
        lowering.lookup(gadget.name, lowering.maxima, gadget.box, [
          difference(gadget.left, gadget.right),
          difference(m, gadget.right),
        ]);
        break;
      }
      case 'range': {
        const sizes = circuit.wires[gadget.wire]?.sizes ?? [];
        lowering.lookup(gadget.name, lowering.range(gadget.low, gadget.high), sizes, [
          viewExpression(whole(gadget.wire, sizes)),
        ]);
        break;
      }
      case 'linear': {
        const output = mergedView(gadget.output, circuit.wires[gadget.output]?.sizes ?? [], gadget.box);
        invariant(output !== null, `${gadget.name} does not determine its output`);
        linears.push({
          name: gadget.name,
          box: gadget.box,
          expression: difference(gadget.input, viewExpression(output)),
        });
      }
    }
  });
  return lowering.finish(circuit, contractions, linears, steps);
}
