/** Long-lived matrices: the groups of committed wires that one commitment is made to. */
import type { Circuit, Gadget, WireId } from './circuit.ts';

/** The wire whose cells a gadget confines; −1 for contractions, whose result is no wire. */
export function confinedBy(gadget: Gadget): number {
  if (gadget.kind === 'contract') return -1;
  return gadget.kind === 'range' ? gadget.wire : gadget.output;
}

/** Long-lived matrices of a circuit, by first wire: their wires, and whether their ranges are proven elsewhere. */
export type CircuitMatrix = {
  readonly name: string;
  readonly wires: readonly WireId[];
  /**
   * True when no gadget of this circuit confines the wires. Their declared intervals then rest on a proof about the
   * commitment, which whoever accepts a key must check.
   */
  readonly imported: boolean;
};

export function matricesOf({ wires, gadgets }: Circuit): CircuitMatrix[] {
  const confined = new Set(gadgets.map(confinedBy));
  const members = new Map<string, WireId[]>();
  wires.forEach(({ role, matrix = '' }, id) => {
    if (role !== 'committed') return;
    const known = members.get(matrix);
    if (known === undefined) members.set(matrix, [id]);
    else known.push(id);
  });
  return Array.from(members, ([name, ids]) => ({ name, wires: ids, imported: ids.every((id) => !confined.has(id)) }));
}
