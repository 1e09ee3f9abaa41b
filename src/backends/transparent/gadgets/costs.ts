/** What a prover pays, in units of one lookup: by these weights of docs/protocol.md the realisation of each step is chosen. */
export const lookupCost = 1;
export const cellCost = 2;
/** A leaf of the lookup argument and a committed multiplicity. */
export const rowCost: number = lookupCost + cellCost;
