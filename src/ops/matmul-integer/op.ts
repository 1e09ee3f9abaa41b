/** MatMulInteger: the int32 sums of a product of matrices, batched and broadcast, plus a bias where a Gemm has one. */
import type { Json } from '../../base/canonical-json.ts';
import { extent, type Interval, type IntTensor } from '../../base/tensor.ts';
import type { Builder, Wires } from '../../gadgets/builder.ts';
import { shifted } from '../accumulate.ts';
import { AttributeReader, checkZeros } from '../attributes.ts';
import { integerOutput, productRange } from '../integer-sums.ts';
import { checkMatrixProduct, type MatrixProduct, matrixProduct, multiplied } from '../matmul.ts';
import { matrixSums } from '../matrix-sums.ts';
import type { Op, OpInput, OutputSpec, TensorType } from '../op.ts';
import { checkedInt32 } from '../requantize.ts';
import { biasOf, checkBias, checkColumnZeros, checkCount, checkPerChannel } from '../types.ts';

/**
 * Inputs [a, b, c?]: a u8/s8 [..., M, K] or [K]; b u8/s8 [..., K, N] or [K]; c s32 constant [N], [1, N], [1] or [].
 * `bZero` has length 1, or N for a constant b.
 */
export type MatMulIntegerAttrs = { readonly aZero: number; readonly bZero: readonly number[] };

function readAttrs(raw: Json, node: string): MatMulIntegerAttrs {
  const read = new AttributeReader(raw, node, ['aZero', 'bZero']);
  return { aZero: read.zero('aZero'), bZero: read.zeros('bZero') };
}

function shape(inputs: readonly OpInput[], attrs: MatMulIntegerAttrs, node: string): readonly TensorType[] {
  checkCount(inputs, 2, 3, node);
  const [a, b, c] = inputs as [OpInput, OpInput, OpInput | undefined];
  const { dims, columns } = checkMatrixProduct(a, b, node);
  if (c !== undefined) checkBias(c, [[columns], [1, columns], [1], [1, 1], []], node);
  checkZeros([attrs.aZero], a.dtype, 'the left operand', node);
  checkZeros(attrs.bZero, b.dtype, 'the right operand', node);
  checkPerChannel(attrs.bZero, columns, 'bZero', node);
  checkColumnZeros(attrs.bZero, b, node);
  return [{ dtype: 's32', dims }];
}

function bound([a, b]: readonly Interval[], attrs: MatMulIntegerAttrs, types: readonly OpInput[]): readonly Interval[] {
  const taps = types[0]?.dims.at(-1) as number;
  const left = shifted(a as Interval, attrs.aZero, false);
  const [low, high] = [Math.min(...attrs.bZero), Math.max(...attrs.bZero)];
  const [from, to] = b as Interval;
  const [least, most] = productRange(taps, left, [from - high, to - low]);
  const bias = extent(types[2]?.constant?.data ?? Int32Array.of(0));
  return [[least + bias[0], most + bias[1]]];
}

function run(a: IntTensor, b: IntTensor, c: Int32Array, { aZero, bZero }: MatMulIntegerAttrs): IntTensor {
  const { dims, columns } = matrixProduct(a.dims, b.dims) as MatrixProduct;
  const data = multiplied(a, b, aZero, bZero);
  if (c.length === 0) return { dtype: 's32', dims, data };
  const biased = data.map((sum, at) => checkedInt32(sum + (c[c.length === 1 ? 0 : at % columns] as number)));
  return { dtype: 's32', dims, data: biased };
}

function constrain(build: Builder, inputs: readonly Wires[], output: OutputSpec, attrs: MatMulIntegerAttrs): Wires {
  const [a, b, c] = inputs as [Wires, Wires, Wires | undefined];
  const sums = matrixSums(build, output.name, { a, b, ...attrs, bias: biasOf(c) });
  return integerOutput(build, { ...sums, channelAxes: sums.columnAxes }, output);
}

export const matMulInteger: Op<MatMulIntegerAttrs> = {
  name: 'MatMulInteger',
  attrs: readAttrs,
  shape,
  bound,
  run: ([a, b, c], attrs) => [run(a as IntTensor, b as IntTensor, c?.data ?? new Int32Array(0), attrs)],
  constrain: (build, inputs, [output], attrs) => [constrain(build, inputs, output as OutputSpec, attrs)],
};
