/** Committed data sets: inputs of a circuit that are one sample of a committed stack of samples, read off its relations. */
import type { Circuit, CircuitPort, ContractGadget, Operand, TableGadget, Wire, WireId } from './circuit.ts';
import { matricesOf } from './matrices.ts';

/** An input that is row K of a committed wire; the selector, a 1 at K and 0 elsewhere, says or hides which. */
export type DataSet = {
  readonly port: CircuitPort;
  readonly matrix: string;
  readonly data: WireId;
  readonly selector: WireId;
  readonly samples: number;
  /** True when the selector is public: then the statement says which sample it is. */
  readonly isSampleShown: boolean;
};

/** Name of a matrix that holds a data set. */
export function dataMatrix(input: string): string {
  return `data:${input}`;
}

/** Name of the circuit's port for a public selector. */
export function samplePort(input: string): string {
  return `sample:${input}`;
}

function isPlainRead({ zero, map }: Operand, entries: readonly string[]): boolean {
  const text = (entry: Operand['map'][number]): string => ('axis' in entry ? `${entry.kind} ${entry.axis}` : '');
  return zero === 0 && map.map(text).join() === entries.join();
}

/** A function of numbers that is computed once for each: a key may repeat any part of a circuit as often as it likes. */
function once(compute: (id: number) => boolean): (id: number) => boolean {
  const known = new Map<number, boolean>();
  return (id) => {
    const value = known.get(id) ?? compute(id);
    known.set(id, value);
    return value;
  };
}

/** Finds for a lookup the contraction whose sum alone it looks up; undefined for every other lookup. */
function soleSums({ gadgets }: Circuit): (gadget: TableGadget) => ContractGadget | undefined {
  const contractions = gadgets.filter((gadget): gadget is ContractGadget => gadget.kind === 'contract');
  const byAccumulator = new Map(contractions.map((gadget) => [gadget.accumulator, gadget]));
  return ({ inputs }) => {
    const [input] = inputs;
    if (input === undefined || inputs.length !== 1 || input.accumulators.length !== 1) return undefined;
    if (input.constant !== 0 || input.terms.length > 0) return undefined;
    return byAccumulator.get(input.accumulators[0] as number);
  };
}

/** The wires whose cells sum to 1: the sum is looked up among the rows of a table that has only 1. */
function wiresOfSumOne(
  { wires, tables }: Circuit,
  lookups: readonly TableGadget[],
  sumOf: (gadget: TableGadget) => ContractGadget | undefined,
): Set<WireId> {
  const areOnes = once((wire) => wires[wire]?.data?.every((value) => value === 1) ?? false);
  const found = new Set<WireId>();
  for (const gadget of lookups) {
    const [keys, ...more] = tables[gadget.table]?.columns ?? [];
    const sum = keys?.length === 1 && keys[0] === 1 && more.length === 1 ? sumOf(gadget) : undefined;
    if (sum === undefined || !areOnes(sum.right.wire)) continue;
    if (isPlainRead(sum.left, ['reduce 0']) && isPlainRead(sum.right, ['output 0', 'reduce 0']))
      found.add(sum.left.wire);
  }
  return found;
}

function recognise(circuit: Circuit): DataSet[] {
  const { inputs, wires, tables, gadgets } = circuit;
  const lookups = gadgets.filter((gadget): gadget is TableGadget => gadget.kind === 'table');
  const sumOf = soleSums(circuit);
  const producers = new Map(lookups.map((gadget) => [gadget.output, gadget]));
  const sumToOne = wiresOfSumOne(circuit, lookups, sumOf);
  const single = matricesOf(circuit).filter((matrix) => matrix.wires.length === 1);
  const alone = new Map(single.map((matrix) => [matrix.wires[0], matrix.name]));
  const isIdentity = once((table) => {
    const [keys, values, ...more] = tables[table]?.columns ?? [];
    return more.length === 0 && keys?.every((key, row) => key === values?.[row]) === true;
  });
  return inputs.flatMap((port) => {
    const gadget = producers.get(port.wire);
    const pick = gadget !== undefined && isIdentity(gadget.table) ? sumOf(gadget) : undefined;
    if (pick === undefined) return [];
    const { left, right } = pick;
    const selector = wires[left.wire] as Wire;
    const matrix = alone.get(right.wire);
    const selects =
      selector.interval.join() === '0,1' &&
      sumToOne.has(left.wire) &&
      isPlainRead(left, ['reduce 0']) &&
      isPlainRead(right, ['reduce 0', ...pick.box.map((_, axis) => `output ${axis}`)]);
    if (!selects || matrix === undefined) return [];
    const isSampleShown = selector.role === 'public';
    const samples = selector.sizes[0] as number;
    return [{ port, matrix, data: right.wire, selector: left.wire, samples, isSampleShown }];
  });
}

const recognised = new WeakMap<Circuit, readonly DataSet[]>();

/**
 * The inputs of a circuit that are samples of committed data sets. Names decide nothing: an input is one exactly when the
 * relations say so, so whoever believes the circuit may believe this.
 */
export function dataSetsOf(circuit: Circuit): readonly DataSet[] {
  const known = recognised.get(circuit) ?? recognise(circuit);
  recognised.set(circuit, known);
  return known;
}

/** The inputs of the model behind a circuit: its ports without the selectors. */
export function modelInputs(circuit: Circuit): readonly CircuitPort[] {
  const selectors = new Set(dataSetsOf(circuit).map(({ selector }) => selector));
  return circuit.inputs.filter(({ wire }) => !selectors.has(wire));
}
