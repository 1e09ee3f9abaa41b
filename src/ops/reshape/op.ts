/** Reshape, and with it Flatten, Squeeze and Unsqueeze: a regrouping of axes. Costs nothing in a circuit. */
import { type Interval, type IntTensor, product, type Shape } from '../../base/tensor.ts';
import type { Wires } from '../../gadgets/builder.ts';
import type { Op, OpInput, OutputSpec, TensorType } from '../op.ts';
import { checkCount, refuse } from '../types.ts';
import { constantWires, withoutUnitAxes } from '../wires.ts';
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

function constrain(input: Wires, attrs: ReshapeAttrs, name: string): Wires {
  if (input.constant !== null) return constantWires({ ...input.constant, dims: attrs.dims });
  const x = withoutUnitAxes(input, () => true);
  const axes = regrouped(x.axes.flat(), attrs.dims);
  if (axes === null) {
    const from = `[${x.axes.flat().join(',')}]`;
    refuse(
      'MODEL_UNSUPPORTED',
      name,
      `the reshape to [${attrs.dims.join(',')}] would split an axis: the tensor consists of the axes ${from}`,
      'Only reshapes that regroup whole axes are supported: give the model its input in the shape it is used in.',
    );
  }
  return { ...x, dims: attrs.dims, axes };
}

export const reshape: Op<ReshapeAttrs> = {
  name: 'Reshape',
  attrs: readReshapeAttrs,
  shape,
  bound: ([x]) => [x as Interval],
  run: ([x], attrs) => [{ ...(x as IntTensor), dims: attrs.dims }],
  constrain: (_build, [x], [output], attrs) => [constrain(x as Wires, attrs, (output as OutputSpec).name)],
};
