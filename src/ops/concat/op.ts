/** Concat of tensors of one type and scale along one dimension. A view: costs nothing, unless reshapes gave its inputs different axes. */
import { type IntTensor, product } from '../../base/tensor.ts';
import type { Op, OpInput, OutputSpec, TensorType } from '../op.ts';
import { checkCount, refuse } from '../types.ts';
import { constantWires, hull } from '../wires.ts';
import { type ConcatAttrs, readConcatAttrs } from './attrs.ts';
import { joined } from './constrain.ts';

function shape(inputs: readonly OpInput[], { axis }: ConcatAttrs, node: string): readonly TensorType[] {
  checkCount(inputs, 1, 2 ** 16, node);
  const [{ dtype, dims }] = inputs as [OpInput];
  if (axis >= dims.length) refuse('MODEL_INVALID', node, `axis ${axis} of ${dims.length} dimensions`);
  for (const input of inputs) {
    const same =
      input.dims.length === dims.length && input.dims.every((size, dim) => dim === axis || size === dims[dim]);
    if (!same)
      refuse('MODEL_INVALID', node, `[${input.dims.join(',')}] does not join [${dims.join(',')}] along axis ${axis}`);
    if (input.dtype !== dtype) refuse('MODEL_UNSUPPORTED', node, `joins ${input.dtype} to ${dtype}`);
  }
  const total = inputs.reduce((sum, input) => sum + (input.dims[axis] as number), 0);
  return [{ dtype, dims: dims.map((size, dim) => (dim === axis ? total : size)) }];
}

function run(inputs: readonly IntTensor[], attrs: ConcatAttrs): IntTensor {
  const [{ dtype, dims }] = shape(
    inputs.map((input) => ({ ...input, constant: null })),
    attrs,
    '',
  ) as [TensorType];
  const data = new Int32Array(product(dims));
  const row = product(dims.slice(attrs.axis));
  let from = 0;
  for (const input of inputs) {
    const length = product(input.dims.slice(attrs.axis));
    for (let at = 0, to = from; at < input.data.length; at += length, to += row)
      data.set(input.data.subarray(at, at + length), to);
    from += length;
  }
  return { dtype, dims, data };
}

export const concat: Op<ConcatAttrs> = {
  name: 'Concat',
  attrs: readConcatAttrs,
  shape,
  bound: (intervals) => [hull(intervals)],
  run: (inputs, attrs) => [run(inputs, attrs)],
  constrain: (build, inputs, [output], attrs) => {
    const constants = inputs.flatMap(({ constant }) => constant ?? []);
    if (constants.length === inputs.length) return [constantWires(run(constants, attrs))];
    const { dims, name } = output as OutputSpec;
    return [joined(build, inputs, attrs.axis, dims, name)];
  },
};
