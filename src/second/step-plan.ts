import type { Circuit, Step } from './circuit.ts';
import { costs, type IntervalPlan, planIntervals, type Reach, runLengths, widestInterval } from './intervals.ts';
import { boxCells } from './multilinear.ts';
import { countRows, covered, planWide, type Widths } from './steps.ts';

/** §5, "The choice": how each step is stated follows from the circuit and h. */
export interface Choice {
  readonly kind: 'direct' | 'segments' | 'wide' | 'runs';
  readonly rows: number;
  readonly cost: number;
  readonly reach?: Reach;
}

export interface StepPlan {
  readonly h: number;
  /** g, if any step is stated in runs. */
  readonly g?: number;
  /** J, if any step is wide. */
  readonly width?: number;
  /** Rows of widths, heights and 0 … 2^g − 1. */
  readonly shared: number;
  choiceOf(step: Step): Choice;
  widthsOf(step: Step): Widths;
}

const alwaysDirect = 1024;
const neverDirect = 2 ** 18;

export function stepsOf({ gadgets }: Circuit): Step[] {
  return gadgets.filter((gadget): gadget is Step => gadget.kind === 'step');
}

export function planSteps(circuit: Circuit, h: number): StepPlan {
  const steps = stepsOf(circuit);
  const integers = new Map(steps.map((step) => [step, step.functions.reduce((sum, f) => sum + covered(f), 0)]));
  const larger = steps.filter((step) => (integers.get(step) as number) > alwaysDirect);
  const wide = planWide(larger, h);
  const inPieces = new Map(
    steps.map((step) => [step, directOrPieces(step, integers.get(step) as number, wide.widthsOf(step))]),
  );
  const lengths = larger.map((step) => [step, runLengths(step)] as const);
  const priced = (choices: ReadonlyMap<Step, Choice>, g?: number): Priced => price(choices, h, wide.width, g);
  let best = priced(inPieces);
  for (let g = 1; g <= widestInterval; g++) {
    const choices = new Map(inPieces);
    for (const [step, known] of lengths) {
      const plan: IntervalPlan | undefined = known && planIntervals(known, g);
      if (plan && plan.cost < (inPieces.get(step) as Choice).cost) choices.set(step, { kind: 'runs', ...plan });
    }
    const candidate = priced(choices, g);
    if (candidate.cost < best.cost) best = candidate;
  }
  const { choices, shared, g } = best;
  const isWide = [...choices.values()].some(({ kind }) => kind === 'wide');
  return {
    ...{ h, shared, ...(g === undefined ? {} : { g }) },
    ...(isWide && wide.width !== undefined ? { width: wide.width } : {}),
    choiceOf: (step) => choices.get(step) as Choice,
    widthsOf: (step) => wide.widthsOf(step),
  };
}

/** Costs leave out what every way has: the cell of the output and its 2. */
function directOrPieces(step: Step, integers: number, widths: Widths): Choice {
  const cells = boxCells(step.box);
  const direct: Choice = { kind: 'direct', rows: integers, cost: costs.row * integers + costs.lookup * cells };
  if (integers <= alwaysDirect) return direct;
  const rows = countRows(step, widths);
  const wide = widths.wide !== undefined;
  const cost = costs.row * rows + (wide ? 3 : 2) * (costs.cell + costs.lookup) * cells;
  if (integers <= neverDirect && direct.cost < cost) return direct;
  return { kind: wide ? 'wide' : 'segments', rows, cost };
}

interface Priced {
  readonly choices: ReadonlyMap<Step, Choice>;
  readonly shared: number;
  readonly cost: number;
  readonly g?: number;
}

function price(choices: ReadonlyMap<Step, Choice>, h: number, width?: number, g?: number): Priced {
  const kinds = new Set([...choices.values()].map(({ kind }) => kind));
  let shared = 0;
  if (kinds.has('segments') || kinds.has('wide')) shared += 2 ** (h + 1);
  if (kinds.has('wide') && width !== undefined) shared += 2 ** h + h + 1 + 2 ** (width - h);
  if (kinds.has('runs') && g !== undefined) shared += 2 ** g;
  const cost = [...choices.values()].reduce((sum, choice) => sum + choice.cost, costs.row * shared);
  return { choices, shared, cost, ...(g !== undefined && kinds.has('runs') ? { g } : {}) };
}
