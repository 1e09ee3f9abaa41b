/** ReduceExtreme: ReduceMax and ReduceMin of bytes, by maxima of halves. */
import type { Interval, IntTensor } from '../../base/tensor.ts';
import { axisOffsets, type Builder, boxOf, expressionOf, type Wires } from '../../gadgets/builder.ts';
import { along, facingUp, reducedDims, rowsAlong } from '../extremes.ts';
import type { Op, OpInput, OutputSpec, TensorType } from '../op.ts';
import { checkByte, checkCount, refuse } from '../types.ts';
import { constantWires, rangeOfSum, wholeWire, withoutUnitAxes } from '../wires.ts';
import { type ReduceExtremeAttrs, readReduceExtremeAttrs } from './attrs.ts';

function shape(inputs: readonly OpInput[], { axes }: ReduceExtremeAttrs, node: string): readonly TensorType[] {
  checkCount(inputs, 1, 1, node);
  const [{ dtype, dims }] = inputs as [OpInput];
  checkByte(inputs[0] as OpInput, 'its input', node);
  if (axes.length === 0 || new Set(axes).size !== axes.length || axes.some((axis) => axis >= dims.length))
    refuse('MODEL_INVALID', node, `axes [${axes.join(',')}] of ${dims.length} dimensions`);
  return [{ dtype, dims: reducedDims(dims, axes) }];
}

function run(x: IntTensor, { axes, smallest }: ReduceExtremeAttrs): IntTensor {
  const pick = smallest ? Math.min : Math.max;
  const data = Int32Array.from(rowsAlong(x, axes), (row) =>
    row.map((at) => x.data[at] as number).reduce((a, b) => pick(a, b)),
  );
  return { dtype: x.dtype, dims: reducedDims(x.dims, axes), data };
}

/** The maximum along one axis: of its two halves, which overlap when it is odd, until one index is left. */
function reduced(build: Builder, input: Wires, axis: number, name: string, named: boolean): Wires {
  let x = input;
  for (let size = boxOf(x)[axis] as number; size > 1; ) {
    const half = Math.ceil(size / 2);
    const indices = Array.from({ length: half }, (_, i) => i);
    const left = along(build, x, axis, indices);
    const right = along(
      build,
      x,
      axis,
      indices.map((i) => i + size - half),
    );
    const box = boxOf(left);
    const label = named && half === 1 ? name : `${name}:axis${axis}of${size}`;
    const wire = build.witness(label, box, rangeOfSum(build, x.parts, boxOf(x)));
    build.maximum(label, box, expressionOf(left), expressionOf(right), wire);
    x = wholeWire(x.dtype, left.dims, left.axes, wire);
    size = half;
  }
  return x;
}

function constrain(build: Builder, input: Wires, { axes, smallest }: ReduceExtremeAttrs, output: OutputSpec): Wires {
  const { name, dims, dtype } = output;
  let x = facingUp(
    build,
    withoutUnitAxes(input, (dim) => axes.includes(dim)),
    smallest,
    false,
    name,
  );
  const flat = axisOffsets(x).flatMap((first, dim) => {
    return axes.includes(dim) ? (x.axes[dim] ?? []).map((_, i) => first + i) : [];
  });
  for (const [i, axis] of flat.entries()) x = reduced(build, x, axis, name, !smallest && i === flat.length - 1);
  const up = withoutUnitAxes(x, (dim) => axes.includes(dim));
  if (!smallest) return { ...up, dims, dtype };
  const box = boxOf(up);
  const [low, high] = rangeOfSum(build, up.parts, box);
  const wire = build.witness(name, box, [-high, -low]);
  const turned = expressionOf(up).terms.map((term) => ({ ...term, coefficient: -1 }));
  build.linear(name, box, { constant: 0, terms: turned, accumulators: [] }, wire);
  return wholeWire(dtype, dims, up.axes, wire);
}

export const reduceExtreme: Op<ReduceExtremeAttrs> = {
  name: 'ReduceExtreme',
  attrs: readReduceExtremeAttrs,
  shape,
  bound: ([x]) => [x as Interval],
  run: ([x], attrs) => [run(x as IntTensor, attrs)],
  constrain: (build, [x], [output], attrs) => {
    const { constant } = x as Wires;
    if (constant !== null) return [constantWires(run(constant, attrs))];
    return [constrain(build, x as Wires, attrs, output as OutputSpec)];
  },
};
