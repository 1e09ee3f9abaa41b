/** MaxPool on integers over one to three spatial dimensions. */
import type { Interval, IntTensor } from '../../base/tensor.ts';
import type { Wires } from '../../gadgets/builder.ts';
import type { Op, OpInput, OutputSpec, TensorType } from '../op.ts';
import { fitsRank, type Plane, planesOf, reach } from '../planes.ts';
import { checkByte, checkCount, refuse } from '../types.ts';
import { type MaxPoolAttrs, readMaxPoolAttrs } from './attrs.ts';
import { constrainMaxPool } from './constrain.ts';
import { runMaxPool } from './run.ts';

/** True when every window has a cell of the image. */
function meetsImage(plane: Plane): boolean {
  const met = new Set<number>();
  for (let k = 0; k < plane.kernel; k++) {
    const { first, end } = reach(plane, k);
    for (let o = first; o < end; o++) met.add(o);
  }
  return met.size === plane.output;
}

function shape(inputs: readonly OpInput[], attrs: MaxPoolAttrs, node: string): readonly TensorType[] {
  checkCount(inputs, 1, 1, node);
  const { dtype, dims } = inputs[0] as OpInput;
  checkByte(inputs[0] as OpInput, 'its input', node);
  const rank = dims.length - 2;
  if (rank < 1 || rank > 3)
    refuse('MODEL_UNSUPPORTED', node, `an input of rank ${dims.length}; only 1-D to 3-D pooling is supported`);
  if (attrs.kernel.length !== rank || !fitsRank(attrs, rank))
    refuse('MODEL_INVALID', node, `its attributes do not have rank ${rank}`);
  const planes = planesOf(dims.slice(2), attrs.kernel, attrs, attrs.ceilMode);
  if (planes.some(({ output }) => output < 1))
    refuse('MODEL_INVALID', node, 'its kernel is larger than the padded input');
  if (!planes.every(meetsImage)) refuse('MODEL_UNSUPPORTED', node, 'one of its windows lies in the padding entirely');
  return [{ dtype, dims: [...dims.slice(0, 2), ...planes.map(({ output }) => output)] }];
}

export const maxPool: Op<MaxPoolAttrs> = {
  name: 'MaxPool',
  attrs: readMaxPoolAttrs,
  shape,
  bound: ([x]) => [x as Interval],
  run: ([x], attrs) => [runMaxPool(x as IntTensor, attrs)],
  constrain: (build, [x], [output], attrs) => [constrainMaxPool(build, x as Wires, output as OutputSpec, attrs)],
};
