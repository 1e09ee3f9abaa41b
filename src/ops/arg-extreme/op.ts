/** ArgExtreme: ArgMax and ArgMin of bytes, the first or the last of equal ones, as a public index. */
import type { Interval, IntTensor } from '../../base/tensor.ts';
import type { Wires } from '../../gadgets/builder.ts';
import { reducedDims, rowsAlong } from '../extremes.ts';
import type { Op, OpInput, OutputSpec, TensorType } from '../op.ts';
import { checkByte, checkCount, refuse } from '../types.ts';
import { constantWires } from '../wires.ts';
import { type ArgExtremeAttrs, readArgExtremeAttrs } from './attrs.ts';
import { constrainArgExtreme } from './constrain.ts';

function shape(inputs: readonly OpInput[], { axis }: ArgExtremeAttrs, node: string): readonly TensorType[] {
  checkCount(inputs, 1, 1, node);
  const [{ dims }] = inputs as [OpInput];
  checkByte(inputs[0] as OpInput, 'its input', node);
  if (axis >= dims.length) refuse('MODEL_INVALID', node, `axis ${axis} of ${dims.length} dimensions`);
  return [{ dtype: 's64', dims: reducedDims(dims, [axis]) }];
}

function run(x: IntTensor, { axis, smallest, last }: ArgExtremeAttrs): IntTensor {
  const data = Int32Array.from(rowsAlong(x, [axis]), (row) => {
    const values = row.map((at) => x.data[at] as number);
    const extreme = values.reduce((a, b) => (smallest ? Math.min(a, b) : Math.max(a, b)));
    return last ? values.lastIndexOf(extreme) : values.indexOf(extreme);
  });
  return { dtype: 's64', dims: reducedDims(x.dims, [axis]), data };
}

export const argExtreme: Op<ArgExtremeAttrs> = {
  name: 'ArgExtreme',
  attrs: readArgExtremeAttrs,
  shape,
  bound: (_inputs, { axis }, [x]): readonly Interval[] => [[0, ((x as OpInput).dims[axis] as number) - 1]],
  run: ([x], attrs) => [run(x as IntTensor, attrs)],
  constrain: (build, [x], [output], attrs) => {
    const { constant } = x as Wires;
    if (constant !== null) return [constantWires(run(constant, attrs))];
    return [constrainArgExtreme(build, x as Wires, attrs, output as OutputSpec)];
  },
};
