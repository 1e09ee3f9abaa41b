/**
 * How each step of a circuit is stated: directly, in pieces of one scale or two, or in runs; by what proving it costs. The
 * choice follows from the gadgets and h, so no key has to say it.
 */
import type { Gadget, StepGadget } from '../../../artifact/circuit.ts';
import { product } from '../../../base/tensor.ts';
import { cellCost, lookupCost, rowCost } from './costs.ts';
import { pieceBitsRange } from './pieces.ts';
import { planRuns, type Reach, type RunLengths, type RunPlan, runLengths, widestInterval } from './run-plan.ts';
import { type Candidate, candidateOf, pieceRows, planWide, sharedWideRows } from './wide-plan.ts';

/** Steps whose functions cover at most this many integers together are always looked up directly. */
export const directLimit = 1024;
/** Steps that cover more than this many never are. */
const widestDirect = 2 ** 18;

export type StepChoice =
  | { readonly kind: 'direct'; readonly rows: number }
  | { readonly kind: 'segments'; readonly rows: number }
  | { readonly kind: 'wide'; readonly rows: number }
  | { readonly kind: 'runs'; readonly rows: number; readonly reach: Reach | null };

export type StepPlans = {
  readonly choices: ReadonlyMap<StepGadget, StepChoice>;
  /** g: intervals of the table of runs have at most 2^g integers; null when no step is stated in runs. */
  readonly runBits: number | null;
  /** J: pieces of long runs of wide steps; null when no step is wide. */
  readonly wideBits: number | null;
  /** Rows of the tables that steps share, whichever steps they are: widths, heights and the range of d and e. */
  readonly sharedRows: number;
  readonly cost: number;
};

/** Integers that the functions of a step cover. */
export function coveredBy(gadget: StepGadget): number {
  return gadget.functions.reduce((total, step) => total + step.high - (step.starts[0] as number) + 1, 0);
}

type Priced = { readonly choice: StepChoice; readonly cost: number };

/** What is asked of one step for every h and g, found once. */
type StepFacts = {
  readonly gadget: StepGadget;
  readonly cells: number;
  readonly covered: number;
  readonly candidate: Candidate;
  /** By g; empty for steps that are not stated in runs. */
  readonly runs: readonly RunPlan[];
};

function factsOf(gadget: StepGadget): StepFacts {
  const covered = coveredBy(gadget);
  const lengths: RunLengths | null = covered <= directLimit ? null : runLengths(gadget);
  return {
    gadget,
    cells: product(gadget.box),
    covered,
    candidate: candidateOf(gadget),
    runs: lengths === null ? [] : Array.from({ length: widestInterval + 1 }, (_, bits) => planRuns(lengths, bits)),
  };
}

function direct({ covered, cells }: StepFacts): Priced {
  return { choice: { kind: 'direct', rows: covered }, cost: rowCost * covered + lookupCost * cells };
}

/** The step in pieces, or directly where that is allowed and cheaper. */
function inPieces(facts: StepFacts, bits: number, wide: number | null): Priced {
  const rows = pieceRows(facts.candidate, bits, wide);
  const each = wide === null ? 2 : 3;
  const cost = rowCost * rows + each * (lookupCost + cellCost) * facts.cells;
  const other = direct(facts);
  if (facts.covered <= widestDirect && other.cost < cost) return other;
  return { choice: { kind: wide === null ? 'segments' : 'wide', rows }, cost };
}

/** The choices and their total, given everything but which steps are in runs. */
function total(
  choices: readonly Priced[],
  bits: number,
  wide: number | null,
  runBits: number | null,
): StepPlans['cost'] {
  return choices.reduce((sum, { cost }) => sum + cost, rowCost * sharedRows(choices, bits, wide, runBits));
}

function sharedRows(choices: readonly Priced[], bits: number, wide: number | null, runBits: number | null): number {
  const has = (kind: StepChoice['kind']): boolean => choices.some(({ choice }) => choice.kind === kind);
  const widths = has('segments') || has('wide') ? 2 ** (bits + 1) : 0;
  const heights = wide !== null && has('wide') ? sharedWideRows(bits, wide) : 0;
  return widths + heights + (runBits !== null && has('runs') ? 2 ** runBits : 0);
}

function inRuns(facts: readonly StepFacts[], others: readonly Priced[], runBits: number): Priced[] {
  return facts.map(({ runs }, i) => {
    const other = others[i] as Priced;
    const own = runs[runBits];
    if (own === undefined || own.cost >= other.cost) return other;
    return { choice: { kind: 'runs', rows: own.rows, reach: own.reach }, cost: own.cost };
  });
}

function planOf(facts: readonly StepFacts[], bits: number): StepPlans {
  const small = facts.map(({ covered }) => covered <= directLimit);
  const wide = planWide(
    facts.filter((_, i) => !small[i]).map(({ candidate }) => candidate),
    bits,
  );
  const others = facts.map((each, i) =>
    small[i] ? direct(each) : inPieces(each, bits, wide.steps.has(each.gadget) ? wide.bits : null),
  );
  let best = { choices: others, runBits: null as number | null, cost: total(others, bits, wide.bits, null) };
  for (let runBits = 1; runBits <= widestInterval; runBits++) {
    const choices = inRuns(facts, others, runBits);
    const cost = total(choices, bits, wide.bits, runBits);
    if (cost < best.cost) best = { choices, runBits, cost };
  }
  const { choices, runBits, cost } = best;
  return {
    choices: new Map(choices.map(({ choice }, i) => [(facts[i] as StepFacts).gadget, choice])),
    runBits,
    wideBits: choices.some(({ choice }) => choice.kind === 'wide') ? wide.bits : null,
    sharedRows: sharedRows(choices, bits, wide.bits, runBits),
    cost,
  };
}

/** Derived from a circuit, and asked for by whoever judges its size and by whoever lowers it. */
const known = new WeakMap<readonly Gadget[], readonly StepFacts[]>();

function factsOfAll(gadgets: readonly Gadget[]): readonly StepFacts[] {
  const facts =
    known.get(gadgets) ?? gadgets.filter((gadget): gadget is StepGadget => gadget.kind === 'step').map(factsOf);
  known.set(gadgets, facts);
  return facts;
}

/** How the steps of a circuit are stated under a given h. */
export function planSteps(gadgets: readonly Gadget[], bits: number): StepPlans {
  return planOf(factsOfAll(gadgets), bits);
}

/** The h with the least cost. */
export function choosePieceBits(gadgets: readonly Gadget[]): number {
  const facts = factsOfAll(gadgets);
  let best = { bits: pieceBitsRange[0], cost: Number.POSITIVE_INFINITY };
  for (let bits = pieceBitsRange[0]; bits <= 18; bits++) {
    const { cost } = planOf(facts, bits);
    if (cost < best.cost) best = { bits, cost };
  }
  return best.bits;
}
