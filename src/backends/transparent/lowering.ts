/** Lowering: what gadgets write into while a circuit becomes a system: tensors, table rows, lookups. */
import type { Circuit, ContractGadget, Expression, StepFunction } from '../../artifact/circuit.ts';
import type { Shape } from '../../base/tensor.ts';
import { maximumSpan } from '../../gadgets/facts.ts';
import { runEnd } from '../../gadgets/step.ts';
import { forEachPiece } from './gadgets/pieces.ts';
import { forEachInterval, type Reach, reachOf, valueExtent } from './gadgets/run-plan.ts';
import { planSteps, type StepPlans } from './gadgets/step-plan.ts';
import {
  type StepPlan,
  type System,
  type SystemLinear,
  type SystemLookup,
  type SystemTensor,
  type TensorId,
  witnessMatrix,
} from './system.ts';

/** Rows collected while lowering; a table without rows is dropped at the end. */
type Draft = { readonly name: string; readonly columns: number[][] };

/** The table of the pieces of all cut steps. */
export const segmentsName = 'segments';

/** The table of the runs of all steps that are stated in runs. */
export const runsName = 'runs';

export class Lowering {
  private readonly tensors: SystemTensor[];
  private readonly drafts: Draft[] = [];
  private readonly lookups: SystemLookup[] = [];
  readonly pieceBits: number;
  readonly plans: StepPlans;
  private segmentClasses = 0;
  private directClasses = 0;
  private runClasses = 0;
  private readonly named = new Map<string, number>();

  constructor(circuit: Circuit, pieceBits: number) {
    this.pieceBits = pieceBits;
    this.plans = planSteps(circuit.gadgets, pieceBits);
    this.tensors = circuit.wires.map(({ name, role, sizes, data, matrix }) => ({
      name,
      sizes,
      kind: role === 'witness' || role === 'committed' ? 'committed' : role === 'public' ? 'statement' : 'constant',
      data,
      matrix: role === 'committed' && matrix !== undefined ? matrix : witnessMatrix,
    }));
  }

  /** A new committed tensor beside the circuit's wires. */
  committed(name: string, sizes: Shape): TensorId {
    return this.tensors.push({ name, sizes, kind: 'committed', data: null, matrix: witnessMatrix }) - 1;
  }

  /** The table of that name, filled on first use. */
  table(name: string, fill: () => number[][]): number {
    const known = this.named.get(name);
    if (known !== undefined) return known;
    const id = this.drafts.push({ name, columns: fill() }) - 1;
    this.named.set(name, id);
    return id;
  }

  lookup(name: string, table: number, box: Shape, tuple: readonly Expression[]): void {
    this.lookups.push({ name, table, box, tuple });
  }

  /** Rows (y, T, j, class). */
  get segments(): number {
    return this.table(segmentsName, () => [[], [], [], []]);
  }

  /** Rows (x, y, class). */
  get direct(): number {
    return this.table('direct', () => [[], [], []]);
  }

  /**
   * Rows (j, d), d < 2^j, j ≤ h: row 2^j + d, and row 0 repeats (0, 0) so that the table fills a power of two. Wide steps
   * add the code j = h + 1 with d < 2^h.
   */
  get widths(): number {
    return this.table('widths', () => {
      const unit = 2 ** this.pieceBits;
      const rows = this.plans.wideBits === null ? 2 * unit : 3 * unit;
      const j = Array.from({ length: rows }, (_, row) => (row === 0 ? 0 : 31 - Math.clz32(row)));
      return [j, j.map((bits, row) => (row === 0 ? 0 : row - 2 ** bits))];
    });
  }

  /** Rows (j, d₁): d₁ = 0 for j ≤ h, and d₁ < 2^(J−h) for the code j = h + 1. */
  get heights(): number {
    return this.table('heights', () => {
      const flat = Array.from({ length: this.pieceBits + 1 }, (_, j) => j);
      const high = Array.from({ length: 2 ** ((this.plans.wideBits as number) - this.pieceBits) }, (_, d) => d);
      return [
        [...flat, ...high.map(() => this.pieceBits + 1)],
        [...flat.map(() => 0), ...high],
      ];
    });
  }

  /** Rows (y, T, E, class). */
  get runs(): number {
    return this.table(runsName, () => [[], [], [], []]);
  }

  /** Rows (y, w): w = 0 for every value, and w < 2^s for those of the reach. */
  reach(functions: readonly StepFunction[], reach: Reach): number {
    const [low, high] = valueExtent(functions);
    return this.table(`reach ${low}..${high} ${reach.bits} ${reach.values.join()}`, () => {
      const columns: [number[], number[]] = [[], []];
      for (let y = low; y <= high; y++) {
        for (let w = 0; w < 2 ** (reachOf(reach, y) ?? 0); w++) {
          columns[0].push(y);
          columns[1].push(w);
        }
      }
      return columns;
    });
  }

  /** Rows (δ, max(δ, 0)). */
  get maxima(): number {
    return this.table('maxima', () => {
      const span = Array.from({ length: 2 * maximumSpan + 1 }, (_, i) => i - maximumSpan);
      return [span, span.map((delta) => Math.max(delta, 0))];
    });
  }

  range(low: number, high: number): number {
    return this.table(`range ${low}..${high}`, () => [Array.from({ length: high - low + 1 }, (_, i) => low + i)]);
  }

  private push(table: number, row: readonly number[]): void {
    const { columns } = this.drafts[table] as Draft;
    row.forEach((value, i) => (columns[i] as number[]).push(value));
  }

  /** Appends the pieces of some step functions; returns the class number of the first. */
  addSegmentRows(functions: readonly StepFunction[], wide: number | null): number {
    const base = this.segmentClasses;
    const [outputs, starts, widths, classes] = (this.drafts[this.segments] as Draft).columns as [
      number[],
      number[],
      number[],
      number[],
    ];
    functions.forEach((step, i) => {
      step.starts.forEach((start, run) => {
        const output = step.values[run] as number;
        forEachPiece(start, runEnd(step, run) - start, this.pieceBits, wide, (from, width) => {
          outputs.push(output);
          starts.push(from);
          widths.push(Math.min(width, this.pieceBits + 1));
          classes.push(base + i);
        });
      });
    });
    this.segmentClasses += functions.length;
    return base;
  }

  /** Appends the runs of some step functions; returns the class number of the first. */
  addRunRows(functions: readonly StepFunction[], bits: number, reach: Reach | null): number {
    const base = this.runClasses;
    const columns = (this.drafts[this.runs] as Draft).columns as [number[], number[], number[], number[]];
    const [outputs, firsts, lasts, classes] = columns;
    functions.forEach((step, i) => {
      step.starts.forEach((start, run) => {
        const output = step.values[run] as number;
        const own = reachOf(reach, output);
        forEachInterval(start, runEnd(step, run) - start, bits, own, ({ first, last }) => {
          outputs.push(output);
          firsts.push(first);
          lasts.push(last);
          classes.push(base + i);
        });
      });
    });
    this.runClasses += functions.length;
    return base;
  }

  /** Appends every input of some step functions; returns the class number of the first. */
  addDirectRows(functions: readonly StepFunction[]): number {
    const base = this.directClasses;
    functions.forEach((step, i) => {
      step.starts.forEach((start, run) => {
        for (let x = start; x < runEnd(step, run); x++)
          this.push(this.direct, [x, step.values[run] as number, base + i]);
      });
    });
    this.directClasses += functions.length;
    return base;
  }

  finish(
    circuit: Circuit,
    contractions: readonly ContractGadget[],
    linears: readonly SystemLinear[],
    steps: readonly StepPlan[],
  ): System {
    const tables = this.drafts.map(({ name, columns }) => ({
      name,
      columns: columns.map((column) => Int32Array.from(column)),
      multiplicity: this.committed(`${name}/multiplicity`, [(columns[0] as number[]).length]),
    }));
    return {
      circuit,
      tensors: this.tensors,
      tables,
      lookups: this.lookups,
      linears,
      contractions,
      steps,
      pieceBits: this.pieceBits,
      mask: null,
      wideBits: this.plans.wideBits,
      runBits: this.plans.runBits,
    };
  }
}
