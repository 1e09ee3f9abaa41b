/** Which steps are cut into pieces of two scales, and where the second one lies. */
import type { StepGadget } from '../../../artifact/circuit.ts';
import { product } from '../../../base/tensor.ts';
import { runEnd } from '../../../gadgets/step.ts';
import { piecesInRun } from './pieces.ts';

/** Which steps are wide, and J. */
export type WidePlan = { readonly bits: number | null; readonly steps: ReadonlySet<StepGadget> };

const widestPiece = 28;

/** Steps that cover fewer integers are cut with h alone: their runs are short enough, and one lookup less is less to prove. */
const wideSpan = 2 ** 26;

function isLong(gadget: StepGadget): boolean {
  return gadget.functions.some((step) => step.high - (step.starts[0] as number) >= wideSpan);
}

/** A step gadget and how many of its runs have which length: there are few lengths, however many runs. */
export type Candidate = {
  readonly gadget: StepGadget;
  readonly long: boolean;
  readonly runs: ReadonlyMap<number, number>;
};

export function candidateOf(gadget: StepGadget): Candidate {
  const runs = new Map<number, number>();
  for (const step of gadget.functions) {
    step.starts.forEach((start, run) => {
      const length = runEnd(step, run) - start;
      runs.set(length, (runs.get(length) ?? 0) + 1);
    });
  }
  return { gadget, long: isLong(gadget), runs };
}

/** Segment rows of a step. */
export function pieceRows({ runs }: Candidate, bits: number, wide: number | null): number {
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
export function planWide(candidates: readonly Candidate[], bits: number): WidePlan {
  const none: WidePlan = { bits: null, steps: new Set() };
  if (!candidates.some(({ long }) => long)) return none;
  const plain = candidates.map((candidate) => pieceRows(candidate, bits, null));
  let best = none;
  let least = plain.reduce((total, rows) => total + rows, 2 ** (bits + 1));
  for (let wide = bits + 1; wide <= widestPiece; wide++) {
    const steps = new Set<StepGadget>();
    let cost = 2 ** (bits + 1) + sharedWideRows(bits, wide);
    candidates.forEach((candidate, i) => {
      const narrower = plain[i] as number;
      const rows = candidate.long ? pieceRows(candidate, bits, wide) + wideCost(candidate.gadget) : narrower;
      if (rows < narrower) steps.add(candidate.gadget);
      cost += Math.min(rows, narrower);
    });
    if (steps.size > 0 && cost < least) {
      best = { bits: wide, steps };
      least = cost;
    }
  }
  return best;
}
