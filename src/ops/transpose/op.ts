/** Transpose: a permutation of dimensions. Costs nothing in a circuit. */
import { type Interval, type IntTensor, product, type Shape, strides } from '../../base/tensor.ts';
import { axisOffsets, type Wires } from '../../gadgets/builder.ts';
import type { Op, OpInput, TensorType } from '../op.ts';
import { checkCount, refuse } from '../types.ts';
import { constantWires, remapped } from '../wires.ts';
import { readTransposeAttrs, type TransposeAttrs } from './attrs.ts';

function permuted<T>(list: readonly T[], perm: readonly number[]): T[] {
  return perm.map((dim) => list[dim] as T);
}

function shape(inputs: readonly OpInput[], attrs: TransposeAttrs, node: string): readonly TensorType[] {
  checkCount(inputs, 1, 1, node);
  const { dtype, dims } = inputs[0] as OpInput;
  const sorted = [...attrs.perm].sort((a, b) => a - b);
  if (sorted.length !== dims.length || sorted.some((dim, i) => dim !== i)) {
    refuse('MODEL_INVALID', node, `perm [${attrs.perm.join(',')}] is not a permutation of ${dims.length} dimensions`);
  }
  return [{ dtype, dims: permuted(dims, attrs.perm) }];
}

function run(x: IntTensor, { perm }: TransposeAttrs): IntTensor {
  const dims: Shape = permuted(x.dims, perm);
  const steps = permuted(strides(x.dims), perm);
  const data = new Int32Array(product(dims));
  const index = new Int32Array(dims.length);
  for (let out = 0, from = 0; out < data.length; out++) {
    data[out] = x.data[from] as number;
    // Next index in row-major order, keeping the address of the source in step.
    for (let dim = dims.length - 1; dim >= 0; dim--) {
      const next = (index[dim] as number) + 1;
      const size = dims[dim] as number;
      from += steps[dim] as number;
      index[dim] = next;
      if (next < size) break;
      from -= size * (steps[dim] as number);
      index[dim] = 0;
    }
  }
  return { dtype: x.dtype, dims, data };
}

/** Permutes the axis lists and renames the axes in every view. */
function constrain(x: Wires, attrs: TransposeAttrs): Wires {
  if (x.constant !== null) return constantWires(run(x.constant, attrs));
  const axes = permuted(x.axes, attrs.perm);
  const before = axisOffsets(x);
  const after = axisOffsets({ ...x, axes });
  const position: number[] = [];
  for (const [to, from] of attrs.perm.entries()) {
    (axes[to] as Shape).forEach((_, i) => {
      position[(before[from] as number) + i] = (after[to] as number) + i;
    });
  }
  return { ...x, dims: permuted(x.dims, attrs.perm), axes, parts: x.parts.map((view) => remapped(view, position)) };
}

export const transpose: Op<TransposeAttrs> = {
  name: 'Transpose',
  attrs: readTransposeAttrs,
  shape,
  bound: ([x]) => [x as Interval],
  run: ([x], attrs) => [run(x as IntTensor, attrs)],
  constrain: (_build, [x], _outputs, attrs) => [constrain(x as Wires, attrs)],
};
