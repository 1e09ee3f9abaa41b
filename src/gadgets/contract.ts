/** Contraction: acc[o] = Σ_r (left − zero)(o, r) · (right − zero)(o, r), zero outside a wire. The meaning in integers. */
import type { ContractGadget, Wire } from '../artifact/circuit.ts';
import { dotRows } from '../base/dot-rows.ts';
import { gatherRows } from './operand-rows.ts';

/** The accumulator of a contraction over its box, row-major. Exact while the sums stay below 2^53. */
export function evaluateContract(
  gadget: ContractGadget,
  wires: readonly Wire[],
  left: ArrayLike<number>,
  right: ArrayLike<number>,
): Float64Array {
  const { box, reduce } = gadget;
  const a = gatherRows(gadget.left, (wires[gadget.left.wire] as Wire).sizes, box, reduce, left);
  const b = gatherRows(gadget.right, (wires[gadget.right.wire] as Wire).sizes, box, reduce, right);
  return dotRows(a.rows, a.of, b.rows, b.of);
}
