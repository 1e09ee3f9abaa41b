/** How steps are cut: directly, into pieces, or into pieces of two scales; chosen to make the tables of a proof small. */
import type { Gadget, StepGadget } from '../../../artifact/circuit.ts';
import { product } from '../../../base/tensor.ts';
import { runEnd } from '../../../gadgets/step.ts';
import { pieceBitsRange, piecesInRun } from './pieces.ts';

/** Steps whose functions cover at most this many integers together are looked up directly. */
export const directLimit = 1024;

/** True when the step is cheaper as one lookup on its input. */
export function isDirect(gadget: StepGadget): boolean {
  return gadget.functions.reduce((total, step) => total + step.high - (step.starts[0] as number) + 1, 0) <= directLimit;
}

/** Which steps are wide, and J. */
export type WidePlan = { readonly bits: number | null; readonly steps: ReadonlySet<StepGadget> };

const widestPiece = 28;

/** Steps that cover fewer integers are cut with h alone: their runs are short enough, and one lookup less is less to prove. */
const wideSpan = 2 ** 26;

function isLong(gadget: StepGadget): boolean {
  return gadget.functions.some((step) => step.high - (step.starts[0] as number) >= wideSpan);
}

/** A step gadget and how many of its runs have which length: there are few lengths, however many runs. */
type Candidate = { readonly gadget: StepGadget; readonly long: boolean; readonly runs: ReadonlyMap<number, number> };

function candidatesOf(gadgets: readonly StepGadget[]): Candidate[] {
  return gadgets
    .filter((gadget) => !isDirect(gadget))
    .map((gadget) => {
      const runs = new Map<number, number>();
      for (const step of gadget.functions) {
        step.starts.forEach((start, run) => {
          const length = runEnd(step, run) - start;
          runs.set(length, (runs.get(length) ?? 0) + 1);
        });
      }
      return { gadget, long: isLong(gadget), runs };
    });
}

function rowsOf({ runs }: Candidate, bits: number, wide: number | null): number {
  let rows = 0;
  for (const [length, count] of runs) rows += count * piecesInRun(length, bits, wide);
  return rows;
}

/** What the second cell and the third lookup of a wide step cost, in table rows. */
function wideCost(gadget: StepGadget): number {
  return 2 * product(gadget.box);
}

/** Rows that wide steps add to `widths` and in `heights`. */
export function sharedWideRows(bits: number, wide: number): number {
  return 2 ** bits + bits + 1 + 2 ** (wide - bits);
}

/** The cheapest plan for a given h: J, and the steps for which being wide saves more than it costs. */
function planned(candidates: readonly Candidate[], bits: number): WidePlan & { readonly cost: number } {
  const plain = candidates.map((candidate) => rowsOf(candidate, bits, null));
  const narrow = plain.reduce((total, rows) => total + rows, 2 ** (bits + 1));
  let best: WidePlan & { readonly cost: number } = { bits: null, steps: new Set(), cost: narrow };
  if (!candidates.some(({ long }) => long)) return best;
  for (let wide = bits + 1; wide <= widestPiece; wide++) {
    const steps = new Set<StepGadget>();
    let cost = 2 ** (bits + 1) + sharedWideRows(bits, wide);
    candidates.forEach((candidate, i) => {
      const narrower = plain[i] as number;
      const rows = candidate.long ? rowsOf(candidate, bits, wide) + wideCost(candidate.gadget) : narrower;
      if (rows < narrower) steps.add(candidate.gadget);
      cost += Math.min(rows, narrower);
    });
    if (steps.size > 0 && cost < best.cost) best = { bits: wide, steps, cost };
  }
  return best;
}

/** Wide steps of a circuit: they follow from its gadgets and h, so no key has to say them. */
export function planWide(gadgets: readonly Gadget[], bits: number): WidePlan {
  return planned(candidatesOf(gadgets.filter((gadget): gadget is StepGadget => gadget.kind === 'step')), bits);
}

/** h that minimises the table rows of the whole proof. */
export function choosePieceBits(gadgets: readonly StepGadget[]): number {
  let best = { bits: pieceBitsRange[0], cost: Number.POSITIVE_INFINITY };
  const candidates = candidatesOf(gadgets);
  for (let bits = pieceBitsRange[0]; bits <= 18; bits++) {
    const { cost } = planned(candidates, bits);
    if (cost < best.cost) best = { bits, cost };
  }
  return best.bits;
}
