/**
 * What makes a circuit sound as integers: every index map is well formed, every witness wire is confined by a gadget
 * before anything reads it, and no expression can leave (−p/2, p/2), so that equality in the field is equality of integers.
 *
 * The compiler runs this on what it built, the verifier on what it was handed. Nothing here trusts a declared interval:
 * a declared interval must contain the one that follows from the gadgets.
 */
import type {
  AxisMap,
  Circuit,
  ContractGadget,
  Expression,
  Gadget,
  Operand,
  StepFunction,
  Table,
  View,
  Wire,
} from '../artifact/circuit.ts';
import { confinedBy, matricesOf } from '../artifact/matrices.ts';
import { extent, type Interval, product, type Shape, sameShape } from '../base/tensor.ts';
import { ConstantWeights } from './constant-weight.ts';
import { boxOfGadget, expressionsOf, maximumSpan, mergedAxes, outputOf } from './facts.ts';
import { axesOf } from './views.ts';

/** Integers of an expression must stay below this in absolute value: p/2 for the smallest field of any backend. */
export const integerLimit = 1065353216;

/** Partial sums below this are exact in float64, whatever cancels: intervals and evaluations are computed there. */
const exactLimit = 2 ** 52;

const maximumCells = 2 ** 28;
const maximumRank = 8;

/** Most wires, gadgets, tables and step functions per gadget: far above any model, low enough that no list is a burden. */
const maximumCount = 2 ** 16;

/** Most views and accumulators that all expressions read together. */
const maximumReads = 2 ** 14;

/** Most characters in the name of a long-lived matrix. */
const maximumMatrixName = 512;

/** Why a circuit is refused; callers turn it into the error of their situation. */
export class CircuitProblem extends Error {}

function demand(condition: boolean, message: string): asserts condition {
  if (!condition) throw new CircuitProblem(message);
}

function checkSizes(sizes: Shape, what: string): void {
  demand(sizes.length <= maximumRank, `${what} has more than ${maximumRank} dimensions`);
  demand(
    sizes.every((size) => Number.isInteger(size) && size >= 1),
    `${what} has an empty dimension`,
  );
  demand(product(sizes) <= maximumCells, `${what} has more than 2^28 cells`);
}

function isIndex(index: number, size: number): boolean {
  return Number.isInteger(index) && index >= 0 && index < size;
}

function inLimits(interval: Interval): boolean {
  return interval[0] > -integerLimit && interval[1] < integerLimit && interval[0] <= interval[1];
}

function contains(outer: Interval, inner: Interval): boolean {
  return outer[0] <= inner[0] && inner[1] <= outer[1];
}

function checkWire(wire: Wire): void {
  checkSizes(wire.sizes, `wire ${wire.name}`);
  demand(inLimits(wire.interval), `wire ${wire.name} has an interval outside (−p/2, p/2)`);
  if (wire.role === 'committed') {
    const length = wire.matrix?.length ?? 0;
    demand(length >= 1 && length <= maximumMatrixName, `committed wire ${wire.name} belongs to no matrix`);
  }
  if (wire.role !== 'constant') return;
  demand(
    wire.data !== null && wire.data.length === product(wire.sizes),
    `constant ${wire.name} has the wrong number of cells`,
  );
  demand(contains(wire.interval, extent(wire.data)), `constant ${wire.name} has cells outside its interval`);
}

function checkStep(step: StepFunction, name: string): void {
  const { starts, values, high } = step;
  demand(starts.length > 0 && starts.length === values.length, `step ${name} has no runs`);
  demand(inLimits([starts[0] as number, high]), `step ${name} covers integers outside (−p/2, p/2)`);
  for (let i = 1; i < starts.length; i++) {
    demand((starts[i] as number) > (starts[i - 1] as number), `step ${name} has runs out of order`);
    demand(values[i] !== values[i - 1], `step ${name} has neighbouring runs of equal value`);
  }
  demand((starts.at(-1) as number) <= high, `step ${name} ends before its last run`);
}

/** Intervals and boxes found while walking the gadgets in order. */
type State = {
  readonly circuit: Circuit;
  /** Intervals that hold whatever the witness; undefined until a gadget confines the wire. */
  readonly wires: (Interval | undefined)[];
  readonly accumulators: ({ readonly box: Shape; readonly interval: Interval } | undefined)[];
  /** What the value column of each table spans. */
  readonly tables: readonly Interval[];
  readonly weights: ConstantWeights;
};

function canLeave(entry: AxisMap, size: number, box: Shape): boolean {
  if (entry.kind === 'fixed') return false;
  if (entry.kind === 'listed') return entry.indices.includes(-1);
  const last = entry.stride * ((box[entry.axis] as number) - 1) + entry.offset;
  return entry.offset < 0 || last >= size;
}

/** A list has one index per cell of the axes it names, each inside the wire dimension or −1. */
function checkList(entry: AxisMap & { readonly kind: 'listed' }, size: number, box: Shape, name: string): void {
  const cells = entry.axes.reduce((total, axis) => total * (box[axis] as number), 1);
  demand(entry.axes.length > 0 && entry.indices.length === cells, `${name} through a list of the wrong length`);
  demand(
    entry.indices.every((index) => index >= -1 && index < size),
    `${name} through a list with an index outside it`,
  );
}

/** Range of a view, checked against the box; 0 is included when some cell falls outside the wire. */
function viewInterval(state: State, view: View, box: Shape, name: string): Interval {
  const wire = state.circuit.wires[view.wire];
  demand(
    wire !== undefined && view.map.length === wire.sizes.length,
    `${name} reads a wire with an index map of the wrong rank`,
  );
  const used = new Set<number>();
  let leaves = false;
  view.map.forEach((entry, dim) => {
    const size = wire.sizes[dim] as number;
    if (entry.kind === 'fixed') {
      demand(isIndex(entry.index, size), `${name} reads ${wire.name} at a fixed index outside it`);
      return;
    }
    for (const axis of axesOf(entry)) {
      demand(axis < box.length && !used.has(axis), `${name} reads ${wire.name} along an axis twice or along none`);
      used.add(axis);
    }
    if (entry.kind === 'listed') checkList(entry, size, box, `${name} reads ${wire.name}`);
    else
      demand(
        entry.stride >= 1 && Math.abs(entry.offset) <= maximumCells && entry.stride <= maximumCells,
        `${name} reads ${wire.name} with a bad stride`,
      );
    leaves ||= canLeave(entry, size, box);
  });
  const interval = state.wires[view.wire];
  demand(interval !== undefined, `${name} reads ${wire.name} before anything confines it`);
  return leaves ? [Math.min(0, interval[0]), Math.max(0, interval[1])] : interval;
}

function expressionInterval(state: State, expression: Expression, box: Shape, name: string): Interval {
  let [low, high]: [number, number] = [expression.constant, expression.constant];
  let magnitude = Math.abs(expression.constant);
  for (const { coefficient, view } of expression.terms) {
    const [a, b] = viewInterval(state, view, box, name);
    low += Math.min(coefficient * a, coefficient * b);
    high += Math.max(coefficient * a, coefficient * b);
    magnitude += Math.abs(coefficient) * Math.max(Math.abs(a), Math.abs(b));
  }
  for (const id of expression.accumulators) {
    const known = state.accumulators[id];
    demand(
      known !== undefined && known.box.length === box.length && known.box.every((n, i) => n === box[i]),
      `${name} reads an accumulator over another box`,
    );
    low += known.interval[0];
    high += known.interval[1];
    magnitude += Math.max(Math.abs(known.interval[0]), Math.abs(known.interval[1]));
  }
  demand(magnitude < exactLimit, `${name} adds integers so large that float64 would round them`);
  demand(inLimits([low, high]), `${name} can hold integers in [${low}, ${high}], outside (−p/2, p/2)`);
  return [low, high];
}

/** Axes an operand uses, checked: every reduction axis exactly once, every output axis at most once. */
function operandAxes(
  state: State,
  operand: Operand,
  gadget: ContractGadget,
): { readonly outputs: Set<number>; readonly windows: Set<number> } {
  const wire = state.circuit.wires[operand.wire];
  demand(
    wire !== undefined && operand.map.length === wire.sizes.length,
    `${gadget.name} has an operand map of the wrong rank`,
  );
  const outputs = new Set<number>();
  const windows = new Set<number>();
  const reduces = new Set<number>();
  const once = (set: Set<number>, axis: number, limit: number): void => {
    demand(axis < limit && !set.has(axis), `${gadget.name} uses an axis of ${wire.name} twice or beyond the box`);
    set.add(axis);
  };
  operand.map.forEach((entry, dim) => {
    const size = wire.sizes[dim] as number;
    if (entry.kind === 'fixed')
      demand(isIndex(entry.index, size), `${gadget.name} reads ${wire.name} at a fixed index outside it`);
    else if (entry.kind === 'output') {
      once(outputs, entry.axis, gadget.box.length);
      demand(gadget.box[entry.axis] === size, `${gadget.name}: output axis ${entry.axis} does not fit ${wire.name}`);
    } else if (entry.kind === 'reduce') {
      once(reduces, entry.axis, gadget.reduce.length);
      demand(
        gadget.reduce[entry.axis] === size,
        `${gadget.name}: reduction axis ${entry.axis} does not fit ${wire.name}`,
      );
    } else {
      once(outputs, entry.axis, gadget.box.length);
      once(windows, entry.axis, gadget.box.length);
      once(reduces, entry.reduce, gadget.reduce.length);
      demand(
        entry.stride >= 1 && entry.dilation >= 1 && Math.abs(entry.pad) <= maximumCells,
        `${gadget.name} has a bad window`,
      );
      demand(entry.stride <= maximumCells && entry.dilation <= maximumCells, `${gadget.name} has a bad window`);
    }
  });
  demand(reduces.size === gadget.reduce.length, `${gadget.name} does not reduce every axis of ${wire.name}`);
  return { outputs, windows };
}

function contractInterval(state: State, gadget: ContractGadget): Interval {
  checkSizes(gadget.reduce, `${gadget.name} (reduction)`);
  const left = operandAxes(state, gadget.left, gadget);
  const right = operandAxes(state, gadget.right, gadget);
  gadget.box.forEach((_, axis) => {
    demand(left.outputs.has(axis) || right.outputs.has(axis), `${gadget.name} has an output axis that no operand has`);
    demand(
      !(left.windows.has(axis) && right.outputs.has(axis)) && !(right.windows.has(axis) && left.outputs.has(axis)),
      `${gadget.name} shares a window axis`,
    );
  });
  const magnitude = (operand: Operand): number => {
    const interval = state.wires[operand.wire];
    demand(interval !== undefined, `${gadget.name} reads a wire before anything confines it`);
    return Math.max(Math.abs(interval[0] - operand.zero), Math.abs(interval[1] - operand.zero));
  };
  const count = product(gadget.reduce);
  const wireOf = (operand: Operand): Wire => state.circuit.wires[operand.wire] as Wire;
  const weightOf = (operand: Operand): number => state.weights.of(state.circuit.wires, operand, count);
  let bound = count * magnitude(gadget.left) * magnitude(gadget.right);
  if (wireOf(gadget.right).role === 'constant')
    bound = Math.min(bound, weightOf(gadget.right) * magnitude(gadget.left));
  if (wireOf(gadget.left).role === 'constant') bound = Math.min(bound, weightOf(gadget.left) * magnitude(gadget.right));
  demand(bound < integerLimit, `the accumulator ${gadget.name} can reach ±${bound}, beyond p/2 = ${integerLimit}`);
  return [-bound, bound];
}

function checkClasses(state: State, gadget: Gadget & { readonly kind: 'step' }): void {
  const { classes, functions } = gadget;
  demand(functions.length > 0 && functions.length <= maximumCount, `${gadget.name} has no step function, or too many`);
  functions.forEach((step) => checkStep(step, gadget.name));
  if (classes === null) {
    demand(functions.length === 1, `${gadget.name} has several step functions and no class`);
    return;
  }
  const wire = state.circuit.wires[classes.wire];
  demand(
    wire !== undefined && wire.role === 'constant',
    `${gadget.name} selects its step function by a wire that is not constant`,
  );
  const [low, high] = viewInterval(state, classes, gadget.box, gadget.name);
  demand(low >= 0 && high < functions.length, `${gadget.name} selects a step function that does not exist`);
}

/** The interval a gadget enforces on what it determines. */
function enforced(state: State, gadget: Gadget): Interval {
  switch (gadget.kind) {
    case 'contract':
      return contractInterval(state, gadget);
    case 'step': {
      expressionInterval(state, gadget.input, gadget.box, gadget.name);
      checkClasses(state, gadget);
      const all = gadget.functions.map((step) => extent(step.values));
      return [Math.min(...all.map((x) => x[0])), Math.max(...all.map((x) => x[1]))];
    }
    case 'table': {
      const table = state.circuit.tables[gadget.table];
      demand(
        table !== undefined && table.columns.length === gadget.inputs.length + 1,
        `${gadget.name} uses a table of another width`,
      );
      for (const input of gadget.inputs) expressionInterval(state, input, gadget.box, gadget.name);
      return state.tables[gadget.table] as Interval;
    }
    case 'maximum': {
      const a = expressionInterval(state, gadget.left, gadget.box, gadget.name);
      const b = expressionInterval(state, gadget.right, gadget.box, gadget.name);
      // The right side is subtracted, and accumulators have no coefficient to subtract them with.
      demand(gadget.right.accumulators.length === 0, `${gadget.name} subtracts an accumulator`);
      demand(
        a[1] - b[0] <= maximumSpan && b[1] - a[0] <= maximumSpan,
        `${gadget.name} compares integers more than ${maximumSpan} apart`,
      );
      return [Math.max(a[0], b[0]), Math.max(a[1], b[1])];
    }
    case 'range':
      demand(gadget.high - gadget.low < 2 ** 22, `${gadget.name} has a range of more than 2^22 values`);
      return [gadget.low, gadget.high];
    case 'linear':
      return expressionInterval(state, gadget.input, gadget.box, gadget.name);
  }
}

function confine(state: State, gadget: Gadget, interval: Interval): void {
  if (gadget.kind === 'contract') {
    demand(state.accumulators[gadget.accumulator] === undefined, `${gadget.name} defines an accumulator twice`);
    demand(gadget.accumulator < state.circuit.gadgets.length, `${gadget.name} has an accumulator number out of range`);
    state.accumulators[gadget.accumulator] = { box: gadget.box, interval };
    return;
  }
  const id = confinedBy(gadget);
  const wire = state.circuit.wires[id];
  demand(
    wire !== undefined && wire.role !== 'constant',
    `${gadget.name} writes a wire that is constant or does not exist`,
  );
  if (gadget.kind !== 'range') {
    demand(
      sameShape(wire.sizes, gadget.box) || (gadget.kind === 'linear' && mergedAxes(wire.sizes, gadget.box) !== null),
      `${gadget.name} does not determine all of ${wire.name}`,
    );
  }
  demand(inLimits(interval), `${gadget.name} allows integers outside (−p/2, p/2)`);
  if (wire.role === 'public') {
    // Its interval is the verifier's to check; until a gadget determines it, nothing may read it.
    if (gadget.kind !== 'range') state.wires[id] ??= wire.interval;
    return;
  }
  demand(state.wires[id] === undefined, `${wire.name} is determined twice`);
  demand(contains(wire.interval, interval), `${wire.name} can leave its declared interval`);
  state.wires[id] = interval;
}

/** Cells of the constants that bound contractions, each as often as it is used. */
function weighedCells({ wires, gadgets }: Circuit): number {
  const cells = ({ wire }: Operand): number => wires[wire]?.data?.length ?? 0;
  return gadgets.reduce(
    (total, gadget) => (gadget.kind === 'contract' ? total + cells(gadget.left) + cells(gadget.right) : total),
    0,
  );
}

/** True when equal inputs have equal values; equal rows may repeat. */
function isFunction({ columns }: Table): boolean {
  const keys = columns.slice(0, -1);
  const known = new Map<string, number>();
  return (columns.at(-1) as Int32Array).every((value, row) => {
    const key = keys.map((column) => column[row]).join();
    const before = known.get(key) ?? value;
    known.set(key, before);
    return before === value;
  });
}

/** Throws `CircuitProblem` unless the circuit is well formed and its integers cannot wrap. */
export function checkCircuit(circuit: Circuit): void {
  for (const list of [circuit.wires, circuit.gadgets, circuit.tables, circuit.inputs, circuit.outputs]) {
    demand(list.length <= maximumCount, 'the circuit has more than 2^16 parts of a kind');
  }
  const reads = circuit.gadgets
    .flatMap(expressionsOf)
    .reduce((total, { terms, accumulators }) => total + terms.length + accumulators.length, 0);
  demand(reads <= maximumReads, 'the expressions of the circuit read more than 2^14 things');
  demand(
    weighedCells(circuit) <= maximumCells,
    'the contractions of the circuit weigh more than 2^28 cells of constants',
  );
  for (const wire of circuit.wires) checkWire(wire);
  for (const table of circuit.tables) {
    const rows = table.columns[0]?.length ?? 0;
    demand(
      rows >= 1 && table.columns.every((column) => column.length === rows),
      `table ${table.name} is empty or ragged`,
    );
    demand(
      table.columns.every((column) => inLimits(extent(column))),
      `table ${table.name} has integers outside (−p/2, p/2)`,
    );
    demand(isFunction(table), `table ${table.name} has two values for the same inputs`);
  }
  checkPorts(circuit);
  const given = givenWires(circuit);
  const state: State = {
    circuit,
    wires: circuit.wires.map((wire, id) => (wire.role === 'constant' || given.has(id) ? wire.interval : undefined)),
    accumulators: [],
    tables: circuit.tables.map(({ columns }) => extent(columns.at(-1) as Int32Array)),
    weights: new ConstantWeights(),
  };
  for (const gadget of circuit.gadgets) {
    checkSizes(boxOfGadget(gadget, circuit.wires), gadget.name);
    confine(state, gadget, enforced(state, gadget));
  }
  circuit.wires.forEach((wire, id) => demand(state.wires[id] !== undefined, `nothing confines the wire ${wire.name}`));
}

/**
 * Wires whose intervals hold before any gadget: public inputs, which the verifier checks in the statement, and the wires of
 * matrices whose ranges are proven with the key. Hidden inputs are not among them: a gadget must confine them first.
 */
function givenWires(circuit: Circuit): Set<number> {
  const given = new Set(circuit.inputs.map((port) => port.wire).filter((id) => circuit.wires[id]?.role === 'public'));
  const confined = new Set(circuit.gadgets.map(confinedBy));
  for (const { name, wires, imported } of matricesOf(circuit)) {
    demand(
      imported || wires.every((id) => confined.has(id)),
      `some wires of the matrix ${name} are confined here and others are not`,
    );
    if (imported) for (const id of wires) given.add(id);
  }
  return given;
}

function checkPorts(circuit: Circuit): void {
  const committed = circuit.wires.some((wire) => wire.role === 'committed');
  demand(
    committed || (circuit.outputs.length > 0 && circuit.inputs.length > 0),
    'the circuit has no input or no output',
  );
  const imported = new Set(matricesOf(circuit).flatMap((matrix) => (matrix.imported ? matrix.wires : [])));
  const seen = new Set<number>();
  for (const port of [...circuit.inputs, ...circuit.outputs]) {
    const wire = circuit.wires[port.wire];
    demand(wire !== undefined && wire.role !== 'constant', `port ${port.name} has no wire that may vary`);
    demand(!imported.has(port.wire), `nothing confines the hidden port ${port.name}`);
    demand(
      product(port.dims) === product(wire.sizes),
      `port ${port.name} has another number of elements than its wire`,
    );
    const { quantization } = port;
    demand(
      quantization === null || (Number.isFinite(quantization.scale) && quantization.scale > 0),
      `port ${port.name} has a scale that is not a positive number`,
    );
    seen.add(port.wire);
  }
  for (const ports of [circuit.inputs, circuit.outputs]) {
    demand(new Set(ports.map((port) => port.name)).size === ports.length, 'two ports of a side have the same name');
  }
  const determined = new Set([...circuit.inputs.map((port) => port.wire), ...circuit.gadgets.map(outputOf)]);
  for (const port of circuit.outputs) demand(determined.has(port.wire), `nothing determines the output ${port.name}`);
  circuit.wires.forEach((wire, id) =>
    demand(wire.role !== 'public' || seen.has(id), `public wire ${wire.name} belongs to no port`),
  );
}
