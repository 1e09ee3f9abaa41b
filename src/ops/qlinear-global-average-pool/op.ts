/** QLinearGlobalAveragePool (com.microsoft): the mean of every image, requantized. */
import { f32 } from '../../base/rounding.ts';
import { type Interval, type IntTensor, product, type Shape } from '../../base/tensor.ts';
import type { Builder, Wires } from '../../gadgets/builder.ts';
import { shifted } from '../accumulate.ts';
import { checkZeros } from '../attributes.ts';
import type { Op, OpInput, OutputSpec, TensorType } from '../op.ts';
import { type Requantization, requantize } from '../requantize.ts';
import { stepFunction } from '../step-functions.ts';
import { checkByte, checkCount, refuse } from '../types.ts';
import { imageSums } from '../window-sums.ts';
import { intervalOf, wholeWire } from '../wires.ts';
import { type QLinearGlobalAveragePoolAttrs, readQLinearGlobalAveragePoolAttrs } from './attrs.ts';

type Attrs = QLinearGlobalAveragePoolAttrs;

/** mult = f32(xs / f32(ys·f32(n))). Source: MlasQLinearGlobalAveragePoolNchw of onnxruntime. */
function rule({ xScale, yScale, yZero, low, high }: Attrs, cells: number): Requantization {
  return { multipliers: [f32(xScale / f32(yScale * f32(cells)))], zero: yZero, low, high };
}

function cellsOf(dims: Shape): number {
  return product(dims.slice(2));
}

function shape(inputs: readonly OpInput[], attrs: Attrs, node: string): readonly TensorType[] {
  checkCount(inputs, 1, 1, node);
  const x = inputs[0] as OpInput;
  checkByte(x, 'its input', node);
  if (x.dims.length < 3) refuse('MODEL_INVALID', node, `an input of rank ${x.dims.length} has no image to average`);
  checkZeros([attrs.xZero], x.dtype, 'the input', node);
  const cells = cellsOf(x.dims);
  const [multiplier] = rule(attrs, cells).multipliers as [number];
  // The bounds of onnxruntime's own kernel, which fails beyond them.
  if (cells >= 2 ** 24 || !(multiplier >= 2 ** -32 && multiplier < 256))
    refuse('MODEL_INVALID', node, 'its scales or its image are beyond what onnxruntime averages');
  return [{ dtype: attrs.yType, dims: [...x.dims.slice(0, 2), ...x.dims.slice(2).map(() => 1)] }];
}

function run(x: IntTensor, attrs: Attrs): IntTensor {
  const cells = cellsOf(x.dims);
  const requantization = rule(attrs, cells);
  const data = new Int32Array(x.data.length / cells);
  for (let image = 0, at = 0; image < data.length; image++) {
    let sum = -cells * attrs.xZero;
    for (let i = 0; i < cells; i++) sum += x.data[at++] as number;
    data[image] = requantize(sum, requantization, 0);
  }
  return { dtype: attrs.yType, dims: [...x.dims.slice(0, 2), ...x.dims.slice(2).map(() => 1)], data };
}

/**
 * One contraction with ones, one step. The sum of n bytes stays within n times their range, and the formula is monotone in
 * it, so the step function is the formula on every sum there can be.
 */
function constrain(build: Builder, input: Wires, { name, dtype, dims }: OutputSpec, attrs: Attrs): Wires {
  const { sum, axes, x } = imageSums(build, name, input, attrs.xZero);
  const cells = cellsOf(input.dims);
  const [low, high] = shifted(intervalOf(build, x), attrs.xZero, false);
  const requantization = rule(attrs, cells);
  const step = stepFunction((acc) => requantize(acc, requantization, 0), cells * low, cells * high);
  const box = axes.flat();
  const output = build.witness(name, box, [step.values[0] as number, step.values.at(-1) as number]);
  build.step(name, box, sum, [step], null, output);
  return wholeWire(dtype, dims, axes, output);
}

export const qlinearGlobalAveragePool: Op<Attrs> = {
  name: 'QLinearGlobalAveragePool',
  attrs: readQLinearGlobalAveragePoolAttrs,
  shape,
  bound: (_inputs, attrs): readonly Interval[] => [[attrs.low, attrs.high]],
  run: ([x], attrs) => [run(x as IntTensor, attrs)],
  constrain: (build, [x], [output], attrs) => [constrain(build, x as Wires, output as OutputSpec, attrs)],
};
