/** Who learns what: the choice a model's owner makes when compiling, which the circuit then fixes. */

/** `private`: hidden, known to this proof alone. `committed`: hidden, and bound to a commitment other proofs can refer to. */
export type Level = 'public' | 'private' | 'committed';

export type Side = 'input' | 'output';

export type Visibility = {
  readonly input: Level;
  readonly output: Level;
  /** Hidden weights are always committed: without a commitment a proof would say nothing about the model. */
  readonly weights: 'public' | 'committed';
  /** Exceptions for single ports, by `input:NAME` or `output:NAME`. */
  readonly ports: ReadonlyMap<string, Level>;
  /** The one committed input is a sample of a committed data set of so many. */
  readonly samples?: number;
  /** Whether proofs say which sample; by default they do. */
  readonly sample?: 'public' | 'private';
};

export const allPublic: Visibility = { input: 'public', output: 'public', weights: 'public', ports: new Map() };

/** The matrix that holds hidden weights. */
export const weightsMatrix = 'weights';

/** Name of a port in visibilities, and of the matrix that holds it when it is committed. */
export function portName(side: Side, name: string): string {
  return `${side}:${name}`;
}

export function levelOf(visibility: Visibility, side: Side, name: string): Level {
  return visibility.ports.get(portName(side, name)) ?? visibility[side];
}
