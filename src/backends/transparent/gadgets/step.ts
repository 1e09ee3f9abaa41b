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
 *
 * Where functions are many, a row states a whole run: (y, T, E, class) for the integers T … E. A cell proves
 *   (y, x − d, x + e, class) ∈ runs, d and e ∈ 0 … 2^g − 1.
 * Then d + e = E − T as integers, so T ≤ x ≤ E. Clamped ends that are too long for one row are passed in strides of 2^g:
 *   (y, x − d − 2^g·w, x + e − 2^g·w, class) ∈ runs, (y, w) ∈ reach,
 * which allows w > 0 only for extreme values y all of whose runs are that long.
 */
import type { Expression, StepGadget } from '../../../artifact/circuit.ts';
import type { Lowering } from '../lowering.ts';
import { constantExpression, difference, type StepPlan, sum, viewExpression, whole } from '../system.ts';
import type { Reach } from './run-plan.ts';
import type { StepChoice } from './step-plan.ts';

/** The class of a cell among all step functions of the proof. */
function classExpression(gadget: StepGadget, base: number): Expression {
  return gadget.classes === null
    ? constantExpression(base)
    : sum(constantExpression(base), viewExpression(gadget.classes));
}

/** A step in runs. */
function lowerRuns(lowering: Lowering, gadget: StepGadget, index: number, reach: Reach | null): StepPlan {
  const bits = lowering.plans.runBits as number;
  const output = viewExpression(whole(gadget.output, gadget.box));
  const classBase = lowering.addRunRows(gadget.functions, bits, reach);
  const before = lowering.committed(`${gadget.name}/before`, gadget.box);
  const after = lowering.committed(`${gadget.name}/after`, gadget.box);
  const strides = reach === null ? null : lowering.committed(`${gadget.name}/strides`, gadget.box);
  const d = viewExpression(whole(before, gadget.box));
  const e = viewExpression(whole(after, gadget.box));
  const passed = strides === null ? constantExpression(0) : viewExpression(whole(strides, gadget.box), 2 ** bits);
  lowering.lookup(`${gadget.name}/run`, lowering.runs, gadget.box, [
    output,
    difference(gadget.input, sum(d, passed)),
    difference(sum(gadget.input, e), passed),
    classExpression(gadget, classBase),
  ]);
  const interval = lowering.range(0, 2 ** bits - 1);
  lowering.lookup(`${gadget.name}/before`, interval, gadget.box, [d]);
  lowering.lookup(`${gadget.name}/after`, interval, gadget.box, [e]);
  if (reach === null || strides === null) return { kind: 'runs', gadget: index, classBase, before, after, reach: null };
  lowering.lookup(`${gadget.name}/strides`, lowering.reach(gadget.functions, reach), gadget.box, [
    output,
    viewExpression(whole(strides, gadget.box)),
  ]);
  return { kind: 'runs', gadget: index, classBase, before, after, reach: { ...reach, strides } };
}

/** States the lookups of one step gadget. */
export function lowerStep(lowering: Lowering, gadget: StepGadget, index: number): StepPlan {
  const choice = lowering.plans.choices.get(gadget) as StepChoice;
  if (choice.kind === 'runs') return lowerRuns(lowering, gadget, index, choice.reach);
  const output = viewExpression(whole(gadget.output, gadget.box));
  if (choice.kind === 'direct') {
    const classBase = lowering.addDirectRows(gadget.functions);
    lowering.lookup(`${gadget.name}/direct`, lowering.direct, gadget.box, [
      gadget.input,
      output,
      classExpression(gadget, classBase),
    ]);
    return { kind: 'direct', gadget: index, classBase };
  }
  const wide = choice.kind === 'wide' ? lowering.plans.wideBits : null;
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
