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
 *
 * Where runs are so long that pieces of 2^h would be too many, as at the clamped ends of hidden weights' accumulators, the
 * step is `wide`: runs of 2^J and more are cut into pieces of that width, and d = d₀ + 2^h·d₁ has a second cell:
 *   (y, x − d₀ − 2^h·d₁, j, class) ∈ segments, (j, d₀) ∈ widths, (j, d₁) ∈ heights.
 * Wide pieces have the code j = h + 1: `widths` then allows d₀ < 2^h and `heights` d₁ < 2^(J−h); for all other j, d₁ = 0.
 * So 0 ≤ d < 2^J again, and the argument is the same.
 */
import type { Expression, StepGadget } from '../../../artifact/circuit.ts';
import type { Lowering } from '../lowering.ts';
import { constantExpression, difference, type StepPlan, sum, viewExpression, whole } from '../system.ts';
import { isDirect } from './wide-plan.ts';

export { choosePieceBits, isDirect } from './wide-plan.ts';

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
  const wide = lowering.wide.steps.has(gadget) ? lowering.wide.bits : null;
  const classBase = lowering.addSegmentRows(gadget.functions, wide);
  const offset = lowering.committed(`${gadget.name}/offset`, gadget.box);
  const width = lowering.committed(`${gadget.name}/width`, gadget.box);
  const height = wide === null ? null : lowering.committed(`${gadget.name}/height`, gadget.box);
  const d = viewExpression(whole(offset, gadget.box));
  const j = viewExpression(whole(width, gadget.box));
  const d1 =
    height === null ? constantExpression(0) : viewExpression(whole(height, gadget.box), 2 ** lowering.pieceBits);
  lowering.lookup(`${gadget.name}/segment`, lowering.segments, gadget.box, [
    output,
    difference(gadget.input, sum(d, d1)),
    j,
    classExpression(gadget, classBase),
  ]);
  lowering.lookup(`${gadget.name}/width`, lowering.widths, gadget.box, [j, d]);
  if (height === null) return { kind: 'segments', gadget: index, classBase, offset, width };
  lowering.lookup(`${gadget.name}/height`, lowering.heights, gadget.box, [
    j,
    viewExpression(whole(height, gadget.box)),
  ]);
  return { kind: 'wide', gadget: index, classBase, offset, width, height };
}
