/** MatMulInteger: the int32 sums of a product of matrices, batched and broadcast. */
import type { Json } from '../../base/canonical-json.ts';
import type { Interval, IntTensor } from '../../base/tensor.ts';
import type { Builder, Wires } from '../../gadgets/builder.ts';
import { shifted } from '../accumulate.ts';
import { AttributeReader, checkZeros } from '../attributes.ts';
import { integerOutput, productRange } from '../integer-sums.ts';
import { checkMatrixProduct, matrixProduct, multiplied } from '../matmul.ts';
import { matrixSums } from '../matrix-sums.ts';
import type { Op, OpInput, OutputSpec, TensorType } from '../op.ts';
import { checkColumnZeros, checkCount, checkPerChannel } from '../types.ts';

/** Inputs [a, b], u8/s8: a [..., M, K] or [K]; b [..., K, N] or [K]. `bZero` has length 1, or N for a constant b. */
export type MatMulIntegerAttrs = { readonly aZero: number; readonly bZero: readonly number[] };

function readAttrs(raw: Json, node: string): MatMulIntegerAttrs {
  const read = new AttributeReader(raw, node, ['aZero', 'bZero']);
  return { aZero: read.zero('aZero'), bZero: read.zeros('bZero') };
}

function shape(inputs: readonly OpInput[], attrs: MatMulIntegerAttrs, node: string): readonly TensorType[] {
  checkCount(inputs, 2, 2, node);
  const [a, b] = inputs as [OpInput, OpInput];
  const { dims, columns } = checkMatrixProduct(a, b, node);
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
  return [productRange(taps, left, [from - high, to - low])];
}

function run(a: IntTensor, b: IntTensor, { aZero, bZero }: MatMulIntegerAttrs): IntTensor {
  return { dtype: 's32', dims: matrixProduct(a.dims, b.dims)?.dims ?? [], data: multiplied(a, b, aZero, bZero) };
}

function constrain(build: Builder, a: Wires, b: Wires, output: OutputSpec, attrs: MatMulIntegerAttrs): Wires {
  return integerOutput(build, matrixSums(build, output.name, { a, b, ...attrs, bias: new Int32Array(0) }), output);
}

export const matMulInteger: Op<MatMulIntegerAttrs> = {
  name: 'MatMulInteger',
  attrs: readAttrs,
  shape,
  bound,
  run: ([a, b], attrs) => [run(a as IntTensor, b as IntTensor, attrs)],
  constrain: (build, [a, b], [output], attrs) => [
    constrain(build, a as Wires, b as Wires, output as OutputSpec, attrs),
  ],
};
