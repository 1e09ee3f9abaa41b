/** Witness: an integer for every cell of every wire of a circuit, constants included. */
export type Witness = {
  /** Indexed by wire id; row-major. Float64 so that a hostile witness may hold any field-sized integer. */
  readonly wires: readonly Float64Array[];
};
