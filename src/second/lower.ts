import type { Circuit, Contract, Expression, Gadget, Step, Term, View } from './circuit.ts';
import { isDirect, planWide, type WidePlan } from './steps.ts';
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

export function lower(circuit: Circuit, h: number): Lowered {
  const steps = circuit.gadgets.filter((gadget): gadget is Step => gadget.kind === 'step');
  const segmented = steps.filter((step) => !isDirect(step));
  const plan = planWide(segmented, h);
  const added: number[][] = [];
  const addTensor = (sizes: readonly number[]): number => circuit.wires.length + added.push([...sizes]) - 1;
  const classes = new Map<Step, number>();
  for (const group of [segmented, steps.filter(isDirect)]) {
    let first = 0;
    for (const step of group) {
      classes.set(step, first);
      first += step.functions.length;
    }
  }
  const uses: { use: TableUse; box: readonly number[]; tuple: Expression[] }[] = [];
  const relations: Relation[] = [];
  for (const gadget of circuit.gadgets) {
    if (gadget.kind === 'linear')
      relations.push({ box: gadget.box, sum: minus(gadget.input, whole(gadget.output, gadget.box)) });
    else uses.push(...lookupsOf(gadget, circuit, { h, plan, classes, addTensor }));
  }
  const tables = buildTables(
    uses.map(({ use }) => use),
    { circuit, h, plan, segmented, direct: steps.filter(isDirect) },
    addTensor,
  );
  const lookups = uses.map(({ use, box, tuple }) => ({ table: tables.of(use), box, tuple }));
  return { lookups, tables: tables.all, relations, claims: accumulatorClaims(circuit, lookups, relations), added };
}

interface Context {
  readonly h: number;
  readonly plan: WidePlan;
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

/** (y, x − d, j, class) and (j, d); when wide d = d₀ + 2^h·d₁, and (j, d₁) too. Direct: (x, y, class). */
function stepLookups(step: Step, { h, plan, classes, addTensor }: Context): Use[] {
  const { box } = step;
  const first = classes.get(step) as number;
  const selected = step.selector ? [{ coefficient: 1, view: step.selector }] : [];
  const class_: Expression = { constant: first, terms: selected, accumulators: [] };
  const y = whole(step.output, box);
  if (isDirect(step)) return [{ use: { kind: 'direct' }, box, tuple: [step.input, y, class_] }];
  const d = whole(addTensor(box), box);
  const j = whole(addTensor(box), box);
  const d1 = plan.steps.has(step) ? whole(addTensor(box), box) : undefined;
  const distance = d1 ? plus(d, times(d1, 2 ** h)) : d;
  const uses: Use[] = [
    { use: { kind: 'segments' }, box, tuple: [y, minus(step.input, distance), j, class_] },
    { use: { kind: 'widths' }, box, tuple: [j, d] },
  ];
  if (d1) uses.push({ use: { kind: 'heights' }, box, tuple: [j, d1] });
  return uses;
}

/** A tensor of the box's own sizes, cell by cell. */
export function whole(tensor: number, box: readonly number[]): Expression {
  const maps = box.map((_, axis) => ({ kind: 'axis', axis, stride: 1, offset: 0 }) as const);
  const view: View = { wire: tensor, maps };
  return { constant: 0, terms: [{ coefficient: 1, view }], accumulators: [] };
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
