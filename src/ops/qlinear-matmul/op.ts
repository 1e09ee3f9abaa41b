/** QLinearMatMul: a product of matrices, of activations by constants or by activations, batched and broadcast. */
import type { Interval, IntTensor } from '../../base/tensor.ts';
import type { Builder, Wires } from '../../gadgets/builder.ts';
import { checkZeros } from '../attributes.ts';
import { checkMatrixProduct, type MatrixProduct, matrixProduct, multiplied } from '../matmul.ts';
import { matrixSums, requantizedSums } from '../matrix-sums.ts';
import type { Op, OpInput, OutputSpec, TensorType } from '../op.ts';
import { checkMultipliers, type Requantization, requantization, requantize } from '../requantize.ts';
import { checkColumnZeros, checkCount, checkPerChannel } from '../types.ts';
import { type QLinearMatMulAttrs, readQLinearMatMulAttrs } from './attrs.ts';

/** mult = f32(f32(as·bs)/ys). */
function rule(attrs: QLinearMatMulAttrs): Requantization {
  return requantization(attrs.aScale, attrs.bScale, attrs);
}

function shape(inputs: readonly OpInput[], attrs: QLinearMatMulAttrs, node: string): readonly TensorType[] {
  checkCount(inputs, 2, 2, node);
  const [a, b] = inputs as [OpInput, OpInput];
  const { dims, columns } = checkMatrixProduct(a, b, node);
  checkZeros([attrs.aZero], a.dtype, 'the left operand', node);
  checkZeros(attrs.bZero, b.dtype, 'the right operand', node);
  checkPerChannel(attrs.bScale, columns, 'bScale', node);
  checkPerChannel(attrs.bZero, columns, 'bZero', node);
  checkColumnZeros(attrs.bZero, b, node);
  checkMultipliers(rule(attrs), node);
  return [{ dtype: attrs.yType, dims }];
}

function run(a: IntTensor, b: IntTensor, attrs: QLinearMatMulAttrs): IntTensor {
  const { dims, columns } = matrixProduct(a.dims, b.dims) as MatrixProduct;
  const requantization = rule(attrs);
  const sums = multiplied(a, b, attrs.aZero, attrs.bZero);
  const data = sums.map((sum, at) => requantize(sum, requantization, at % columns));
  return { dtype: attrs.yType, dims, data };
}

/** One contraction, one step: the sums never leave the integers the step function is defined on. */
function constrain(build: Builder, a: Wires, b: Wires, output: OutputSpec, attrs: QLinearMatMulAttrs): Wires {
  const { aZero, bZero } = attrs;
  const sums = matrixSums(build, output.name, { a, b, aZero, bZero, bias: new Int32Array(0) });
  return requantizedSums(build, sums, rule(attrs), output);
}

export const qlinearMatMul: Op<QLinearMatMulAttrs> = {
  name: 'QLinearMatMul',
  attrs: readQLinearMatMulAttrs,
  shape,
  bound: (_inputs, attrs): readonly Interval[] => [[attrs.low, attrs.high]],
  run: ([a, b], attrs) => [run(a as IntTensor, b as IntTensor, attrs)],
  constrain: (build, [a, b], [output], attrs) => [
    constrain(build, a as Wires, b as Wires, output as OutputSpec, attrs),
  ],
};
