/** Builder: how operators state relations. It allocates wires and gadgets; it never sees an input. */
import type {
  AccumulatorId,
  AxisMap,
  Circuit,
  CircuitPort,
  Expression,
  Gadget,
  Operand,
  StepFunction,
  Table,
  TableId,
  View,
  Wire,
  WireId,
} from '../artifact/circuit.ts';
import { invariant } from '../base/errors.ts';
import { type Dtype, extent, type Interval, type IntTensor, product, type Shape } from '../base/tensor.ts';

/**
 * A logical tensor as an operator sees it: each logical dimension is the row-major product of a list of axes, and the
 * tensor is the sum of views over the box of all axes in order. One part is the ordinary case; several parts with disjoint
 * supports make a concatenation without a copy. Reshapes, slices and permutations only rewrite this description.
 */
export type Wires = {
  readonly dtype: Dtype;
  readonly dims: Shape;
  /** Axis sizes per logical dimension; their product is the dimension. */
  readonly axes: readonly Shape[];
  readonly parts: readonly View[];
  /** Present when the tensor is constant: then `parts` is empty and the operator lays the integers out as it needs them. */
  readonly constant: IntTensor | null;
};

/** All axis sizes of a logical tensor, in order: the box its views range over. */
export function boxOf(wires: Wires): number[] {
  return wires.axes.flat();
}

/** Index of the first axis of each logical dimension in the flat box. */
export function axisOffsets(wires: Wires): number[] {
  let at = 0;
  return wires.axes.map((axes) => {
    const first = at;
    at += axes.length;
    return first;
  });
}

/** The identity map over a box. */
export function identityMap(box: Shape): AxisMap[] {
  return box.map((_, axis) => ({ kind: 'axis', axis, stride: 1, offset: 0 }));
}

/** An expression that reads a logical tensor over its own box, plus a constant. */
export function expressionOf(wires: Wires, constant = 0): Expression {
  return { constant, terms: wires.parts.map((view) => ({ coefficient: 1, view })), accumulators: [] };
}

export class Builder {
  private readonly hiddenWeights: string | null;
  private readonly hiddenCells = new Map<WireId, Int32Array>();
  private readonly wires: Wire[] = [];
  private readonly gadgets: Gadget[] = [];
  private readonly tables: Table[] = [];
  private accumulators = 0;

  /** `hiddenWeights`: the matrix that holds the weights when they are committed; null when they are part of the circuit. */
  constructor(hiddenWeights: string | null = null) {
    this.hiddenWeights = hiddenWeights;
  }

  /**
   * True when the circuit must be the same for all weights. An operator then bounds sums by the types of its weights, and
   * states no integer of theirs.
   */
  get hidesWeights(): boolean {
    return this.hiddenWeights !== null;
  }

  private wire(wire: Wire): WireId {
    invariant(
      wire.data === null || wire.data.length === product(wire.sizes),
      `constant ${wire.name} has the wrong size`,
    );
    return this.wires.push(wire) - 1;
  }

  /** A wire whose integers the statement carries; the verifier checks that they lie in `interval`. */
  publicWire(name: string, sizes: Shape, interval: Interval): WireId {
    return this.wire({ name, role: 'public', sizes, interval, data: null });
  }

  /**
   * A wire of weights, biases or other constants of the model: part of the circuit, or committed cells confined to
   * `interval`, which must not depend on them.
   */
  weights(name: string, sizes: Shape, data: Int32Array, interval: Interval): WireId {
    if (this.hiddenWeights === null) return this.constant(name, sizes, data);
    const wire = this.committed(name, sizes, interval, this.hiddenWeights);
    this.hiddenCells.set(wire, data);
    return wire;
  }

  /** The cells of the wires that `weights` hid. They are the caller's secret; the circuit has no trace of them. */
  get secrets(): ReadonlyMap<WireId, Int32Array> {
    return this.hiddenCells;
  }

  /** A wire of constants that everybody may know, laid out with the sizes the caller needs. */
  constant(name: string, sizes: Shape, data: Int32Array): WireId {
    return this.wire({ name, role: 'constant', sizes, interval: extent(data), data });
  }

  /** A wire that only the prover knows. */
  witness(name: string, sizes: Shape, interval: Interval): WireId {
    return this.wire({ name, role: 'witness', sizes, interval, data: null });
  }

  /** A wire that only the prover knows, held by the long-lived matrix of that name. */
  committed(name: string, sizes: Shape, interval: Interval, matrix: string): WireId {
    return this.wire({ name, role: 'committed', sizes, interval, data: null, matrix });
  }

  /** States Σ_r left · right and returns the virtual accumulator over `box`. */
  contract(name: string, box: Shape, reduce: Shape, left: Operand, right: Operand): AccumulatorId {
    const accumulator = this.accumulators++;
    this.gadgets.push({ kind: 'contract', name, box, reduce, accumulator, left, right });
    return accumulator;
  }

  /** Adds a step relation; the output wire has the sizes of the box. */
  step(
    name: string,
    box: Shape,
    input: Expression,
    functions: readonly StepFunction[],
    classes: View | null,
    output: WireId,
  ): void {
    this.gadgets.push({ kind: 'step', name, box, input, output, classes, functions });
  }

  /** A table shared by name: the same name must always mean the same rows. */
  table(name: string, columns: readonly Int32Array[]): TableId {
    const known = this.tables.findIndex((table) => table.name === name);
    return known >= 0 ? known : this.tables.push({ name, columns }) - 1;
  }

  lookup(name: string, box: Shape, table: TableId, inputs: readonly Expression[], output: WireId): void {
    this.gadgets.push({ kind: 'table', name, box, table, inputs, output });
  }

  maximum(name: string, box: Shape, left: Expression, right: Expression, output: WireId): void {
    this.gadgets.push({ kind: 'maximum', name, box, left, right, output });
  }

  range(name: string, wire: WireId, low: number, high: number): void {
    this.gadgets.push({ kind: 'range', name, wire, low, high });
  }

  linear(name: string, box: Shape, input: Expression, output: WireId): void {
    this.gadgets.push({ kind: 'linear', name, box, input, output });
  }

  /** The range that holds for a wire whatever the witness. */
  interval(wire: WireId): Interval {
    return (this.wires[wire] as Wire).interval;
  }

  /** Whether some relation is a lookup; contractions and linear relations are none. */
  get looksUp(): boolean {
    return this.gadgets.some(({ kind }) => kind !== 'contract' && kind !== 'linear');
  }

  /** Sizes of a wire already allocated. */
  sizes(wire: WireId): Shape {
    return (this.wires[wire] as Wire).sizes;
  }

  /** True for a wire of constants that are all this one integer. */
  holdsOnly(wire: WireId, value: number): boolean {
    return (this.wires[wire] as Wire).data?.every((cell) => cell === value) ?? false;
  }

  /** True for a wire that only the prover knows, so far. */
  isWitness(wire: WireId): boolean {
    return (this.wires[wire] as Wire).role === 'witness';
  }

  /** Puts a witness wire into a long-lived matrix. */
  commit(wire: WireId, matrix: string): void {
    const known = this.wires[wire] as Wire;
    this.wires[wire] = { ...known, role: 'committed', matrix };
  }

  /** Marks a witness wire as public: its integers become part of the statement. */
  publish(wire: WireId): void {
    const known = this.wires[wire] as Wire;
    this.wires[wire] = { ...known, role: 'public' };
  }

  finish(name: string, profile: string, inputs: readonly CircuitPort[], outputs: readonly CircuitPort[]): Circuit {
    return { name, profile, inputs, outputs, wires: this.wires, tables: this.tables, gadgets: this.gadgets };
  }
}
