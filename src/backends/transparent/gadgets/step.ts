/**
 * Steps as lookups.
 *
 * A run [T, T + len) of constant value y is covered by pieces of power-of-two width: pieces of width 2^h while at least
 * 2^(h+1) remain, then two overlapping pieces of width 2^j, 2^j ≤ rest < 2^(j+1), one at each end. A cell proves
 *   (y, x − d, j, class) ∈ segments, whose rows are (y, T, j, class), and (j, d) ∈ widths, whose rows are d < 2^j.
 *
 * Sound: d and j are confined by `widths` alone, so x ≡ T + d with 0 ≤ d < 2^j; both sides are below p/2 in absolute
 * value, so they are equal integers and y is the value of the run that holds x. Overlapping pieces leave the prover a
 * choice of (d, j), never of y. When few inputs are possible a single lookup (x, y, class) is cheaper (`direct`).
 */
import type { Expression, StepGadget } from '../../../artifact/circuit.ts';
import type { Lowering } from '../lowering.ts';
import { constantExpression, difference, type StepPlan, sum, viewExpression, whole } from '../system.ts';
import { countPieces, pieceBitsRange } from './pieces.ts';

/** Steps whose functions cover at most this many integers together are looked up directly. */
export const directLimit = 1024;

/** True when the step is cheaper as one lookup on its input. */
export function isDirect(gadget: StepGadget): boolean {
  return gadget.functions.reduce((total, step) => total + step.high - (step.starts[0] as number) + 1, 0) <= directLimit;
}

/** h that minimises the table rows of the whole proof: 2^(h+1) width rows plus the segments. */
export function choosePieceBits(gadgets: readonly StepGadget[]): number {
  const segmented = gadgets.filter((gadget) => !isDirect(gadget));
  let best = { bits: pieceBitsRange[0], rows: Number.POSITIVE_INFINITY };
  for (let bits = pieceBitsRange[0]; bits <= 18; bits++) {
    let rows = 2 ** (bits + 1);
    for (const gadget of segmented) for (const step of gadget.functions) rows += countPieces(step, bits);
    if (rows < best.rows) best = { bits, rows };
  }
  return best.bits;
}

/** The class of a cell among all step functions of the proof. */
function classExpression(gadget: StepGadget, base: number): Expression {
  return gadget.classes === null
    ? constantExpression(base)
    : sum(constantExpression(base), viewExpression(gadget.classes));
}

/** States the lookups of one step gadget. */
export function lowerStep(lowering: Lowering, gadget: StepGadget, index: number): StepPlan {
  const output = viewExpression(whole(gadget.output, gadget.box));
  if (isDirect(gadget)) {
    const classBase = lowering.addDirectRows(gadget.functions);
    lowering.lookup(`${gadget.name}/direct`, lowering.direct, gadget.box, [
      gadget.input,
      output,
      classExpression(gadget, classBase),
    ]);
    return { kind: 'direct', gadget: index, classBase };
  }
  const classBase = lowering.addSegmentRows(gadget.functions);
  const offset = lowering.committed(`${gadget.name}/offset`, gadget.box);
  const width = lowering.committed(`${gadget.name}/width`, gadget.box);
  const d = viewExpression(whole(offset, gadget.box));
  const j = viewExpression(whole(width, gadget.box));
  const classes = classExpression(gadget, classBase);
  lowering.lookup(`${gadget.name}/segment`, lowering.segments, gadget.box, [
    output,
    difference(gadget.input, d),
    j,
    classes,
  ]);
  lowering.lookup(`${gadget.name}/width`, lowering.widths, gadget.box, [j, d]);
  return { kind: 'segments', gadget: index, classBase, offset, width };
}
