import type { Circuit, Step } from './circuit.ts';
import { demand } from './refusal.ts';
import { piecesOf, runsOf, type WidePlan } from './steps.ts';

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
  | { readonly kind: 'segments' | 'widths' | 'heights' | 'direct' | 'maxima' }
  | { readonly kind: 'circuit'; readonly table: number }
  | { readonly kind: 'range'; readonly low: number; readonly high: number };

interface Source {
  readonly circuit: Circuit;
  readonly h: number;
  readonly plan: WidePlan;
  readonly segmented: readonly Step[];
  readonly direct: readonly Step[];
}

const rowLimit = 2 ** 22;

export interface Tables {
  readonly all: readonly LookupTable[];
  of(use: TableUse): LookupTable;
}

export function buildTables(
  uses: readonly TableUse[],
  source: Source,
  addTensor: (sizes: readonly number[]) => number,
): Tables {
  const byName = new Map<string, LookupTable>();
  let rows = 0;
  for (const use of uses) {
    if (byName.has(nameOf(use))) continue;
    rows += countRows(use, source);
    demand(rows <= rowLimit, 'key', 'the tables have more than 2^22 rows');
    const columns = columnsOf(use, source);
    const length = columns[0]?.length ?? 0;
    const multiplicity = addTensor([length]);
    byName.set(nameOf(use), { id: byName.size + 1, columns, rows: length, multiplicity });
  }
  return { all: [...byName.values()], of: (use) => byName.get(nameOf(use)) as LookupTable };
}

function nameOf(use: TableUse): string {
  if (use.kind === 'circuit') return `circuit ${use.table}`;
  return use.kind === 'range' ? `range ${use.low} ${use.high}` : use.kind;
}

/** At most what the table will have; known before anything is built. */
function countRows(use: TableUse, { circuit, plan, direct }: Source): number {
  if (use.kind === 'segments') return plan.rows;
  if (use.kind === 'range') return use.high - use.low + 1;
  if (use.kind === 'circuit') return circuit.tables[use.table]?.columns[0]?.length ?? 0;
  return use.kind === 'direct' ? direct.length * 1024 : use.kind === 'maxima' ? 511 : 0;
}

function columnsOf(use: TableUse, source: Source): readonly Int32Array[] {
  switch (use.kind) {
    case 'segments':
      return columns(4, segmentRows(source));
    case 'widths':
      return columns(2, widthRows(source));
    case 'heights':
      return columns(2, heightRows(source));
    case 'direct':
      return columns(3, directRows(source));
    case 'maxima':
      return columns(
        2,
        Array.from({ length: 511 }, (_, i) => [i - 255, Math.max(0, i - 255)]),
      );
    case 'circuit':
      return source.circuit.tables[use.table]?.columns ?? [];
    case 'range':
      return [Int32Array.from({ length: use.high - use.low + 1 }, (_, i) => use.low + i)];
  }
}

function columns(width: number, rows: readonly (readonly number[])[]): Int32Array[] {
  return Array.from({ length: width }, (_, k) => Int32Array.from(rows, (row) => row[k] as number));
}

/** (y, T, j, class), step by step, function by function, run by run, piece by piece from the left. */
function segmentRows({ segmented, plan, h }: Source): number[][] {
  const rows: number[][] = [];
  let class_ = 0;
  for (const step of segmented) {
    const wide = plan.steps.has(step) && plan.width !== undefined ? { wide: plan.width } : {};
    for (const f of step.functions) {
      for (const run of runsOf(f))
        for (const { start, code } of piecesOf(run, { h, ...wide })) rows.push([run.value, start, code, class_]);
      class_++;
    }
  }
  return rows;
}

/** Row 2^j + d holds (j, d), row 0 repeats (0, 0), wide codes follow at 2^(h+1) + d. */
function widthRows({ h, plan }: Source): number[][] {
  const rows: number[][] = [[0, 0]];
  for (let j = 0; j <= h; j++) for (let d = 0; d < 2 ** j; d++) rows.push([j, d]);
  if (plan.width !== undefined) for (let d = 0; d < 2 ** h; d++) rows.push([h + 1, d]);
  return rows;
}

/** (0, 0) … (h, 0), then (h + 1, d₁). */
function heightRows({ h, plan }: Source): number[][] {
  const rows: number[][] = [];
  for (let j = 0; j <= h; j++) rows.push([j, 0]);
  if (plan.width !== undefined) for (let d = 0; d < 2 ** (plan.width - h); d++) rows.push([h + 1, d]);
  return rows;
}

/** (x, y, class), in the same order. */
function directRows({ direct }: Source): number[][] {
  const rows: number[][] = [];
  let class_ = 0;
  for (const step of direct) {
    for (const f of step.functions) {
      for (const { start, length, value } of runsOf(f))
        for (let i = 0; i < length; i++) rows.push([start + i, value, class_]);
      class_++;
    }
  }
  return rows;
}
