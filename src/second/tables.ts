import type { Circuit, Step } from './circuit.ts';
import { intervalsOf, type Reach, reachRows } from './intervals.ts';
import { type Choice, type StepPlan, stepsOf } from './step-plan.ts';
import { piecesOf, type Run, runsOf } from './steps.ts';

/** §5: the public tables, each with a committed column of multiplicities. */
export interface LookupTable {
  /** Tables are numbered from 1 in the order of their first use. */
  readonly id: number;
  readonly columns: readonly Int32Array[];
  readonly rows: number;
  /** The tensor of the multiplicities. */
  readonly multiplicity: number;
}

export type TableUse =
  | { readonly kind: 'segments' | 'widths' | 'heights' | 'direct' | 'runs' | 'maxima' }
  | { readonly kind: 'reach'; readonly reach: Reach }
  | { readonly kind: 'circuit'; readonly table: number }
  | { readonly kind: 'range'; readonly low: number; readonly high: number };

export interface Tables {
  readonly all: readonly LookupTable[];
  of(use: TableUse): LookupTable;
}

export function buildTables(
  uses: readonly TableUse[],
  circuit: Circuit,
  plan: StepPlan,
  addTensor: (sizes: readonly number[]) => number,
): Tables {
  const byName = new Map<string, LookupTable>();
  for (const use of uses) {
    if (byName.has(nameOf(use))) continue;
    const columns = columnsOf(use, circuit, plan);
    const length = columns[0]?.length ?? 0;
    const multiplicity = addTensor([length]);
    byName.set(nameOf(use), { id: byName.size + 1, columns, rows: length, multiplicity });
  }
  return { all: [...byName.values()], of: (use) => byName.get(nameOf(use)) as LookupTable };
}

function nameOf(use: TableUse): string {
  if (use.kind === 'circuit') return `circuit ${use.table}`;
  if (use.kind === 'reach') {
    const { least, greatest, bits, values } = use.reach;
    return `reach ${least} ${greatest} ${bits} ${values.join()}`;
  }
  return use.kind === 'range' ? `range ${use.low} ${use.high}` : use.kind;
}

function columnsOf(use: TableUse, circuit: Circuit, plan: StepPlan): readonly Int32Array[] {
  switch (use.kind) {
    case 'segments':
      return columns(4, functionRows(circuit, plan, ['segments', 'wide'], segmentRows));
    case 'direct':
      return columns(3, functionRows(circuit, plan, ['direct'], directRows));
    case 'runs':
      return columns(4, functionRows(circuit, plan, ['runs'], intervalRows));
    case 'reach':
      return columns(2, reachRows(use.reach));
    case 'widths':
      return columns(2, widthRows(plan));
    case 'heights':
      return columns(2, heightRows(plan));
    case 'maxima':
      return columns(
        2,
        Array.from({ length: 511 }, (_, i) => [i - 255, Math.max(0, i - 255)]),
      );
    case 'circuit':
      return circuit.tables[use.table]?.columns ?? [];
    case 'range':
      return [Int32Array.from({ length: use.high - use.low + 1 }, (_, i) => use.low + i)];
  }
}

/**
 * The columns of rows that are made one at a time: a few bytes of key ask for millions, and as many lists would take
 * gigabytes.
 */
function columns(width: number, rows: Iterable<readonly number[]>): Int32Array[] {
  const all = Array.from({ length: width }, (): Int32Array => new Int32Array(64));
  let length = 0;
  for (const row of rows) {
    for (let k = 0; k < width; k++) {
      let column: Int32Array = all[k] as Int32Array;
      if (length === column.length) {
        column = new Int32Array(2 * length);
        column.set(all[k] as Int32Array);
        all[k] = column;
      }
      column[length] = row[k] as number;
    }
    length++;
  }
  return all.map((column) => column.slice(0, length));
}

/** Step by step, function by function, run by run; classes count the functions of all steps that are stated alike. */
function* functionRows(
  circuit: Circuit,
  plan: StepPlan,
  kinds: readonly Choice['kind'][],
  rowsOf: (run: Run, step: Step, plan: StepPlan, class_: number) => Iterable<readonly number[]>,
): Iterable<readonly number[]> {
  let class_ = 0;
  for (const step of stepsOf(circuit)) {
    if (!kinds.includes(plan.choiceOf(step).kind)) continue;
    for (const f of step.functions) {
      for (const run of runsOf(f)) yield* rowsOf(run, step, plan, class_);
      class_++;
    }
  }
}

/** (y, T, j, class), piece by piece from the left. */
function* segmentRows(run: Run, step: Step, plan: StepPlan, class_: number): Iterable<readonly number[]> {
  for (const { start, code } of piecesOf(run, plan.widthsOf(step))) yield [run.value, start, code, class_];
}

/** (y, T, E, class), interval by interval. */
function* intervalRows(run: Run, step: Step, plan: StepPlan, class_: number): Iterable<readonly number[]> {
  const { reach } = plan.choiceOf(step);
  for (const [from, to] of intervalsOf(run, plan.g as number, reach)) yield [run.value, from, to, class_];
}

/** (x, y, class). */
function* directRows(
  { start, length, value }: Run,
  _: Step,
  __: StepPlan,
  class_: number,
): Iterable<readonly number[]> {
  for (let i = 0; i < length; i++) yield [start + i, value, class_];
}

/** Row 2^j + d holds (j, d), row 0 repeats (0, 0), wide codes follow at 2^(h+1) + d. */
function* widthRows({ h, width }: StepPlan): Iterable<readonly number[]> {
  yield [0, 0];
  for (let j = 0; j <= h; j++) for (let d = 0; d < 2 ** j; d++) yield [j, d];
  if (width !== undefined) for (let d = 0; d < 2 ** h; d++) yield [h + 1, d];
}

/** (0, 0) … (h, 0), then (h + 1, d₁). */
function* heightRows({ h, width }: StepPlan): Iterable<readonly number[]> {
  for (let j = 0; j <= h; j++) yield [j, 0];
  if (width !== undefined) for (let d = 0; d < 2 ** (width - h); d++) yield [h + 1, d];
}
