/** Reshape, and with it Flatten, Squeeze and Unsqueeze. Costs a copy only where old and new axes have no common refinement. */
import { type Interval, type IntTensor, product, type Shape } from '../../base/tensor.ts';
import type { Builder, Wires } from '../../gadgets/builder.ts';
import type { Op, OpInput, OutputSpec, TensorType } from '../op.ts';
import { coalesced, commonRefinement, refined } from '../rewire.ts';
import { checkCount, refuse } from '../types.ts';
import { constantWires, merged, withoutUnitAxes } from '../wires.ts';
import { type ReshapeAttrs, readReshapeAttrs } from './attrs.ts';

function shape(inputs: readonly OpInput[], attrs: ReshapeAttrs, node: string): readonly TensorType[] {
  checkCount(inputs, 1, 1, node);
  const { dtype, dims } = inputs[0] as OpInput;
  if (product(dims) !== product(attrs.dims))
    refuse('MODEL_INVALID', node, `[${dims.join(',')}] has not as many cells as [${attrs.dims.join(',')}]`);
  return [{ dtype, dims: attrs.dims }];
}

/**
 * Deals the axes, in order and all above 1, to the dimensions so that each product fits; null when a boundary would fall
 * inside an axis.
 */
function regrouped(axes: Shape, dims: Shape): Shape[] | null {
  const out: number[][] = [];
  let at = 0;
  for (const size of dims) {
    const group: number[] = [];
    let filled = 1;
    while (filled < size && at < axes.length) {
      const next = axes[at++] as number;
      group.push(next);
      filled *= next;
    }
    if (filled !== size) return null;
    out.push(group);
  }
  return out;
}

/** Sizes at which both lists can be cut: the finest blocks that are runs of whole axes on either side. */
function blocksOf(axes: Shape, dims: Shape): Shape {
  const blocks: number[] = [];
  let [i, k, from, to] = [0, 0, 1, 1];
  while (i < axes.length || k < dims.length) {
    if (from <= to && i < axes.length) from *= axes[i++] as number;
    else to *= dims[k++] as number;
    if (from !== to) continue;
    if (from > 1) blocks.push(from);
    [from, to] = [1, 1];
  }
  return blocks;
}

/**
 * Regroups whole axes where that is all; splits axes through lists where both sides have a common refinement; and where they
 * have none, copies that block of axes into one axis first.
 */
function constrain(build: Builder, input: Wires, { dims }: ReshapeAttrs, name: string): Wires {
  if (input.constant !== null) return constantWires({ ...input.constant, dims });
  const x = withoutUnitAxes(input, () => true);
  const whole = regrouped(x.axes.flat(), dims);
  if (whole !== null) return coalesced(build, { ...x, dims, axes: whole });
  const wanted = dims.filter((size) => size > 1);
  const blocks = blocksOf(x.axes.flat(), wanted);
  const before = regrouped(x.axes.flat(), blocks) as Shape[];
  const after = regrouped(wanted, blocks) as Shape[];
  const fine = before.map((axes, block) => commonRefinement([axes, after[block] as Shape]));
  const blocked = merged(
    build,
    `${name}:merged`,
    { ...x, dims: blocks, axes: before },
    (block) => fine[block] === null,
  );
  const split = refined(
    build,
    blocked,
    fine.map((axes, block) => axes ?? (after[block] as Shape)),
  );
  return coalesced(build, { ...split, dims, axes: regrouped(split.axes.flat(), dims) as Shape[] });
}

export const reshape: Op<ReshapeAttrs> = {
  name: 'Reshape',
  attrs: readReshapeAttrs,
  shape,
  bound: ([x]) => [x as Interval],
  run: ([x], attrs) => [{ ...(x as IntTensor), dims: attrs.dims }],
  constrain: (build, [x], [output], attrs) => [constrain(build, x as Wires, attrs, (output as OutputSpec).name)],
};
