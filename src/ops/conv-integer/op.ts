/** ConvInteger: the int32 sums of a convolution over one to three spatial dimensions, with groups. */
import type { Json } from '../../base/canonical-json.ts';
import type { Interval, IntTensor } from '../../base/tensor.ts';
import type { Builder, Wires } from '../../gadgets/builder.ts';
import { differences, shifted } from '../accumulate.ts';
import { AttributeReader } from '../attributes.ts';
import { type ConvolutionAttrs, convolutionDims, convolutionKeys, convolved, readConvolution } from '../convolution.ts';
import { convolutionSums } from '../convolution-sums.ts';
import { integerOutput } from '../integer-sums.ts';
import type { Op, OpInput, OutputSpec, TensorType } from '../op.ts';
import { checkCount } from '../types.ts';

/** Inputs [x, w]: x u8/s8 [N, C, spatial…]; w u8/s8 constant [M, C/group, kernel…]. */
export type ConvIntegerAttrs = ConvolutionAttrs;

function readAttrs(raw: Json, node: string): ConvIntegerAttrs {
  return readConvolution(new AttributeReader(raw, node, convolutionKeys));
}

function shape(inputs: readonly OpInput[], attrs: ConvIntegerAttrs, node: string): readonly TensorType[] {
  checkCount(inputs, 2, 2, node);
  const [x, w] = inputs as [OpInput, OpInput];
  return [{ dtype: 's32', dims: convolutionDims(x, w, attrs, node) }];
}

/** The widest sum of any filter: Σ |w − wz| times the widest |x − xz|. */
function bound([x]: readonly Interval[], attrs: ConvIntegerAttrs, types: readonly OpInput[]): readonly Interval[] {
  const w = types[1]?.constant as IntTensor;
  const filters = w.dims[0] as number;
  const reach = Math.max(...shifted(x as Interval, attrs.xZero, true).map(Math.abs));
  const magnitudes = differences(w.data, attrs.wZero, filters).map(Math.abs);
  const taps = magnitudes.length / filters;
  const sums = Array.from({ length: filters }, (_, m) =>
    magnitudes.subarray(m * taps, (m + 1) * taps).reduce((total, value) => total + value, 0),
  );
  const widest = reach * sums.reduce((most, sum) => Math.max(most, sum), 0);
  return [[-widest, widest]];
}

function run(x: IntTensor, w: IntTensor, attrs: ConvIntegerAttrs): IntTensor {
  const dims = convolutionDims({ ...x, constant: null }, { ...w, constant: w }, attrs, 'ConvInteger');
  return { dtype: 's32', dims, data: convolved(x, w, undefined, attrs) };
}

function constrain(build: Builder, x: Wires, w: Wires, output: OutputSpec, attrs: ConvIntegerAttrs): Wires {
  const sums = convolutionSums(build, output.name, x, w.constant as IntTensor, new Int32Array(0), attrs);
  return integerOutput(build, sums, output);
}

export const convInteger: Op<ConvIntegerAttrs> = {
  name: 'ConvInteger',
  attrs: readAttrs,
  shape,
  bound,
  run: ([x, w], attrs) => [run(x as IntTensor, w as IntTensor, attrs)],
  constrain: (build, [x, w], [output], attrs) => [
    constrain(build, x as Wires, w as Wires, output as OutputSpec, attrs),
  ],
};
