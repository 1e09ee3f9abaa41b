/** Select: one list of indices per dimension. Costs a copy only where a list cuts through a dimension that a reshape made of several axes. */
import { type Interval, type IntTensor, product, type Shape, strides } from '../../base/tensor.ts';
import type { Builder, Wires } from '../../gadgets/builder.ts';
import type { Op, OpInput, OutputSpec, TensorType } from '../op.ts';
import { rewired, type Source } from '../rewire.ts';
import { checkCount, refuse } from '../types.ts';
import { constantWires, merged, withoutUnitAxes } from '../wires.ts';
import { readSelectAttrs, type SelectAttrs } from './attrs.ts';

function selectedDims(dims: Shape, { indices }: SelectAttrs): Shape {
  return dims.map((size, dim) => indices[dim]?.length ?? size);
}

function shape(inputs: readonly OpInput[], attrs: SelectAttrs, node: string): readonly TensorType[] {
  checkCount(inputs, 1, 1, node);
  const { dtype, dims } = inputs[0] as OpInput;
  if (attrs.indices.length !== dims.length)
    refuse('MODEL_INVALID', node, `${attrs.indices.length} lists of indices for ${dims.length} dimensions`);
  attrs.indices.forEach((list, dim) => {
    if (list?.length === 0) refuse('MODEL_UNSUPPORTED', node, `dimension ${dim} of its output is empty`);
    const bad = list?.find((index) => index >= (dims[dim] as number));
    if (bad !== undefined) refuse('MODEL_INVALID', node, `index ${bad} is outside dimension ${dim} of ${dims[dim]}`);
  });
  return [{ dtype, dims: selectedDims(dims, attrs) }];
}

function run(x: IntTensor, attrs: SelectAttrs): IntTensor {
  const dims = selectedDims(x.dims, attrs);
  const steps = strides(x.dims);
  let addresses = [0];
  for (const [dim, size] of dims.entries()) {
    const step = steps[dim] as number;
    const list = attrs.indices[dim] ?? Array.from({ length: size }, (_, i) => i);
    addresses = addresses.flatMap((base) => list.map((index) => base + index * step));
  }
  return { dtype: x.dtype, dims, data: Int32Array.from(addresses, (at) => x.data[at] as number) };
}

/** How many consecutive indices, at least, every aligned run of the list takes whole: [4,5,6,7, 0,1,2,3] has runs of 4. */
function keepsRuns(list: readonly number[], run: number): boolean {
  return (
    list.length % run === 0 &&
    list.every((index, i) => index % run === i % run && list[i - (i % run)] === index - (i % run))
  );
}

/** Whether the list leaves all axes of the dimension but the first as they are. */
function outerOnly(list: readonly number[] | null, axes: Shape): boolean {
  return list === null || axes.length <= 1 || keepsRuns(list, product(axes.slice(1)));
}

function constrain(build: Builder, input: Wires, attrs: SelectAttrs, name: string): Wires {
  if (input.constant !== null) return constantWires(run(input.constant, attrs));
  const { indices } = attrs;
  const bare = withoutUnitAxes(input, (dim) => indices[dim] !== null);
  const x = merged(build, `${name}:merged`, bare, (dim) => !outerOnly(indices[dim] ?? null, bare.axes[dim] as Shape));
  const axes: Shape[] = [];
  const sources: Source[] = [];
  let next = 0;
  x.axes.forEach((before, dim) => {
    const list = indices[dim] ?? null;
    const after = list === null ? before : selectedAxes(list, before);
    const kept = list === null ? 0 : Math.min(1, before.length);
    if (kept === 1) sources.push(outerSource(list as readonly number[], before, after, next));
    const inner = next + after.length - (before.length - kept);
    before.slice(kept).forEach((_, i) => {
      sources.push({ kind: 'axis', axis: inner + i });
    });
    axes.push(after);
    next += after.length;
  });
  return rewired(build, x, selectedDims(x.dims, attrs), axes, sources);
}

/** The axes of a dimension after selection: the first one is as long as the list says, or away when only one index is left. */
function selectedAxes(list: readonly number[], axes: Shape): Shape {
  const inner = axes.slice(1);
  const count = list.length / product(inner);
  return count === 1 ? inner : [count, ...inner];
}

function outerSource(list: readonly number[], before: Shape, after: Shape, axis: number): Source {
  const run = product(before.slice(1));
  const indices = list.filter((_, i) => i % run === 0).map((index) => index / run);
  return after.length < before.length
    ? { kind: 'fixed', index: indices[0] as number }
    : { kind: 'listed', axes: [axis], indices };
}

export const select: Op<SelectAttrs> = {
  name: 'Select',
  attrs: readSelectAttrs,
  shape,
  bound: ([x]) => [x as Interval],
  run: ([x], attrs) => [run(x as IntTensor, attrs)],
  constrain: (build, [x], [output], attrs) => [constrain(build, x as Wires, attrs, (output as OutputSpec).name)],
};
