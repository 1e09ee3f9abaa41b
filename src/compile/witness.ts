/** Circuit × Trace → Witness: wires named after a traced tensor take its integers, the others what their gadget computes. */
import type { Circuit, ContractGadget, WireId } from '../artifact/circuit.ts';
import type { Trace } from '../artifact/trace.ts';
import type { Witness } from '../artifact/witness.ts';
import { invariant } from '../base/errors.ts';
import { product } from '../base/tensor.ts';
import { evaluateGadget } from '../gadgets/evaluate.ts';
import { expressionsOf } from '../gadgets/facts.ts';

/**
 * Fills every wire; `secrets` holds the cells of hidden weights. The trace is taken at its word, so that a test can change any of its cells and prove from there;
 * `violations` says whether the outcome satisfies the circuit.
 */
export function assignWitness(
  circuit: Circuit,
  trace: Trace,
  secrets: ReadonlyMap<WireId, ArrayLike<number>> = new Map(),
): Witness {
  const wires: (Float64Array | undefined)[] = circuit.wires.map((wire, id) => {
    const secret = wire.data ?? secrets.get(id);
    if (secret !== undefined) return Float64Array.from(secret);
    const tensor = trace.tensors.get(wire.name);
    return tensor !== undefined && tensor.data.length === product(wire.sizes)
      ? Float64Array.from(tensor.data)
      : undefined;
  });
  const accumulators: Float64Array[] = [];
  // Accumulators are many sums, and most are read only by gadgets whose outputs are traced: computed when asked for.
  const contractions = circuit.gadgets.filter((gadget): gadget is ContractGadget => gadget.kind === 'contract');
  const byAccumulator = new Map(contractions.map((gadget) => [gadget.accumulator, gadget]));
  for (const gadget of circuit.gadgets) {
    if (gadget.kind === 'range' || gadget.kind === 'contract' || wires[gadget.output] !== undefined) continue;
    for (const id of expressionsOf(gadget).flatMap((expression) => expression.accumulators)) {
      const source = byAccumulator.get(id);
      if (source !== undefined) accumulators[id] ??= evaluateGadget(source, circuit, { wires, accumulators });
    }
    wires[gadget.output] = evaluateGadget(gadget, circuit, { wires, accumulators });
  }
  return {
    wires: wires.map((wire, id) => {
      invariant(wire !== undefined, `nothing assigns the wire ${circuit.wires[id]?.name}`);
      return wire;
    }),
  };
}
