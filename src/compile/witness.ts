/** Circuit × Trace → Witness: wires named after a traced tensor take its integers, the others what their gadget computes. */
import type { Circuit, WireId } from '../artifact/circuit.ts';
import type { Trace } from '../artifact/trace.ts';
import type { Witness } from '../artifact/witness.ts';
import { invariant } from '../base/errors.ts';
import { product } from '../base/tensor.ts';
import { evaluateGadget } from '../gadgets/evaluate.ts';

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
  for (const gadget of circuit.gadgets) {
    if (gadget.kind === 'range') continue;
    if (gadget.kind !== 'contract' && wires[gadget.output] !== undefined) continue;
    const values = evaluateGadget(gadget, circuit, { wires, accumulators });
    if (gadget.kind === 'contract') accumulators[gadget.accumulator] = values;
    else wires[gadget.output] = values;
  }
  return {
    wires: wires.map((wire, id) => {
      invariant(wire !== undefined, `nothing assigns the wire ${circuit.wires[id]?.name}`);
      return wire;
    }),
  };
}
