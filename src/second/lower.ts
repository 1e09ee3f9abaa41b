import type { Circuit, Contract, Expression, Gadget, Linear, Step, Term, View, ViewMap } from './circuit.ts';
import { joinedAxes } from './facts.ts';
import { type StepPlan, stepsOf } from './step-plan.ts';
import { buildTables, type LookupTable, type TableUse } from './tables.ts';

/** §5: what a circuit is turned into. Wires keep their numbers as tensors; what lowering adds comes after them. */

export interface Lookup {
  readonly table: LookupTable;
  readonly box: readonly number[];
  readonly tuple: readonly Expression[];
}

/** Σ = 0, cell by cell. */
export interface Relation {
  readonly box: readonly number[];
  readonly sum: Expression;
}

export interface AccumulatorClaim {
  readonly contract: Contract;
  readonly at: 'lookups' | 'relations';
}

export interface Lowered {
  readonly lookups: readonly Lookup[];
  readonly tables: readonly LookupTable[];
  readonly relations: readonly Relation[];
  readonly claims: readonly AccumulatorClaim[];
  /** Sizes of the tensors that lowering adds, in order: d, j, d₁ of each segmented step, then multiplicities. */
  readonly added: readonly (readonly number[])[];
}

export function lower(circuit: Circuit, plan: StepPlan): Lowered {
  const added: number[][] = [];
  const addTensor = (sizes: readonly number[]): number => circuit.wires.length + added.push([...sizes]) - 1;
  const classes = firstClasses(circuit, plan);
  const uses: { use: TableUse; box: readonly number[]; tuple: Expression[] }[] = [];
  const relations: Relation[] = [];
  for (const gadget of circuit.gadgets) {
    if (gadget.kind === 'linear')
      relations.push({ box: gadget.box, sum: minus(gadget.input, joined(gadget, circuit)) });
    else uses.push(...lookupsOf(gadget, circuit, { plan, classes, addTensor }));
  }
  const tables = buildTables(
    uses.map(({ use }) => use),
    circuit,
    plan,
    addTensor,
  );
  const lookups = uses.map(({ use, box, tuple }) => ({ table: tables.of(use), box, tuple }));
  return { lookups, tables: tables.all, relations, claims: accumulatorClaims(circuit, lookups, relations), added };
}

/** Classes count the functions of all steps that are stated in one table. */
function firstClasses(circuit: Circuit, plan: StepPlan): Map<Step, number> {
  const classes = new Map<Step, number>();
  for (const kinds of [['segments', 'wide'], ['direct'], ['runs']]) {
    let first = 0;
    for (const step of stepsOf(circuit)) {
      if (!kinds.includes(plan.choiceOf(step).kind)) continue;
      classes.set(step, first);
      first += step.functions.length;
    }
  }
  return classes;
}

interface Context {
  readonly plan: StepPlan;
  readonly classes: ReadonlyMap<Step, number>;
  addTensor(sizes: readonly number[]): number;
}

type Use = { use: TableUse; box: readonly number[]; tuple: Expression[] };

function lookupsOf(gadget: Gadget, circuit: Circuit, context: Context): Use[] {
  switch (gadget.kind) {
    case 'step':
      return stepLookups(gadget, context);
    case 'table': {
      const tuple = [...gadget.inputs, whole(gadget.output, gadget.box)];
      return [{ use: { kind: 'circuit', table: gadget.table }, box: gadget.box, tuple }];
    }
    case 'maximum': {
      const output = whole(gadget.output, gadget.box);
      const tuple = [minus(gadget.left, gadget.right), minus(output, gadget.right)];
      return [{ use: { kind: 'maxima' }, box: gadget.box, tuple }];
    }
    case 'range': {
      const box = circuit.wires[gadget.wire]?.sizes as readonly number[];
      const use = { kind: 'range', low: gadget.low, high: gadget.high } as const;
      return [{ use, box, tuple: [whole(gadget.wire, box)] }];
    }
    default:
      return [];
  }
}

function stepLookups(step: Step, { plan, classes, addTensor }: Context): Use[] {
  const { box, input } = step;
  const selected = step.selector ? [{ coefficient: 1, view: step.selector }] : [];
  const class_: Expression = { constant: classes.get(step) as number, terms: selected, accumulators: [] };
  const y = whole(step.output, box);
  const cell = (): Expression => whole(addTensor(box), box);
  const { kind, reach } = plan.choiceOf(step);
  if (kind === 'direct') return [{ use: { kind: 'direct' }, box, tuple: [input, y, class_] }];
  const d = cell();
  if (kind === 'runs') {
    const g = plan.g as number;
    const e = cell();
    const w = reach ? cell() : undefined;
    const strides = w ? minus(input, times(w, 2 ** g)) : input;
    const small: TableUse = { kind: 'range', low: 0, high: 2 ** g - 1 };
    return [
      { use: { kind: 'runs' }, box, tuple: [y, minus(strides, d), plus(strides, e), class_] },
      { use: small, box, tuple: [d] },
      { use: small, box, tuple: [e] },
      ...(w && reach ? [{ use: { kind: 'reach', reach } as const, box, tuple: [y, w] }] : []),
    ];
  }
  const j = cell();
  const d1 = kind === 'wide' ? cell() : undefined;
  const distance = d1 ? plus(d, times(d1, 2 ** plan.h)) : d;
  return [
    { use: { kind: 'segments' }, box, tuple: [y, minus(input, distance), j, class_] },
    { use: { kind: 'widths' }, box, tuple: [j, d] },
    ...(d1 ? [{ use: { kind: 'heights' } as const, box, tuple: [j, d1] }] : []),
  ];
}

/** A tensor of the box's own sizes, cell by cell. */
export function whole(tensor: number, box: readonly number[]): Expression {
  const maps = box.map((_, axis) => ({ kind: 'axis', axis, stride: 1, offset: 0 }) as const);
  const view: View = { wire: tensor, maps };
  return { constant: 0, terms: [{ coefficient: 1, view }], accumulators: [] };
}

/** The output of a linear relation, whose dimensions may join axes of the box. */
function joined({ output, box }: Linear, { wires }: Circuit): Expression {
  const sizes = wires[output]?.sizes as readonly number[];
  const maps = (joinedAxes(sizes, box) as number[][]).map((axes, d): ViewMap => {
    if (axes.length === 1) return { kind: 'axis', axis: axes[0] as number, stride: 1, offset: 0 };
    return { kind: 'listed', axes, indices: Int32Array.from({ length: sizes[d] as number }, (_, index) => index) };
  });
  return { constant: 0, terms: [{ coefficient: 1, view: { wire: output, maps } }], accumulators: [] };
}

function times(a: Expression, factor: number): Expression {
  const terms = a.terms.map((term: Term) => ({ coefficient: term.coefficient * factor, view: term.view }));
  return { constant: a.constant * factor, terms, accumulators: a.accumulators };
}

function plus(a: Expression, b: Expression): Expression {
  const accumulators = [...a.accumulators, ...b.accumulators];
  return { constant: a.constant + b.constant, terms: [...a.terms, ...b.terms], accumulators };
}

/** What is subtracted holds no accumulators (§9). */
function minus(a: Expression, b: Expression): Expression {
  return plus(a, times(b, -1));
}

/** The distinct pairs of an accumulator and a point, by first use: all lookups, at ρ, before all relations, at τ_lin. */
function accumulatorClaims(
  circuit: Circuit,
  lookups: readonly Lookup[],
  relations: readonly Relation[],
): AccumulatorClaim[] {
  const contracts = circuit.gadgets.filter((gadget): gadget is Contract => gadget.kind === 'contract');
  const byNumber = new Map(contracts.map((contract) => [contract.accumulator, contract]));
  const distinct = (expressions: readonly Expression[], at: AccumulatorClaim['at']): AccumulatorClaim[] =>
    [...new Set(expressions.flatMap(({ accumulators }) => accumulators))].map((number) => ({
      contract: byNumber.get(number) as Contract,
      at,
    }));
  return [
    ...distinct(
      lookups.flatMap(({ tuple }) => tuple),
      'lookups',
    ),
    ...distinct(
      relations.map(({ sum }) => sum),
      'relations',
    ),
  ];
}
