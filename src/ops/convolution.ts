/** Convolutions on integers: what QLinearConv and ConvInteger share. Weights are constant [M, C/group, kernel…]. */
import { type IntTensor, product, type Shape } from '../base/tensor.ts';
import { differences } from './accumulate.ts';
import type { AttributeReader } from './attributes.ts';
import { checkZeros } from './attributes.ts';
import { convolvedRows, suitsRows } from './convolution-rows.ts';
import type { OpInput } from './op.ts';
import { fitsRank, type Plane, planesOf, reach, threePlanes, type WindowAttrs } from './planes.ts';
import { checkedInt32 } from './requantize.ts';
import { checkByte, checkConstantWeights, checkPerChannel, refuse } from './types.ts';

/** Lists have one entry per spatial dimension; `pads` is [begin…, end…] (auto_pad already resolved). */
export type ConvolutionAttrs = WindowAttrs & {
  readonly xZero: number;
  /** Length 1 or M. */
  readonly wZero: readonly number[];
  readonly group: number;
};

export const convolutionKeys = ['xZero', 'wZero', 'strides', 'dilations', 'pads', 'group'] as const;
const limit = 2 ** 24;

export function readConvolution(read: AttributeReader): ConvolutionAttrs {
  return {
    xZero: read.zero('xZero'),
    wZero: read.zeros('wZero'),
    strides: read.integers('strides', 1, limit),
    dilations: read.integers('dilations', 1, limit),
    pads: read.integers('pads', 0, limit),
    group: read.integer('group', 1, limit),
  };
}

function checkShapes(x: Shape, w: Shape, attrs: ConvolutionAttrs, node: string): void {
  const rank = x.length - 2;
  if (rank < 1 || rank > 3)
    refuse('MODEL_UNSUPPORTED', node, `an input of rank ${x.length}; only 1-D to 3-D convolutions are supported`);
  if (w.length !== x.length)
    refuse('MODEL_INVALID', node, `weights of rank ${w.length} for an input of rank ${x.length}`);
  if (!fitsRank(attrs, rank)) refuse('MODEL_INVALID', node, `its strides, dilations or pads do not have rank ${rank}`);
  const [filters, perGroup] = w as [number, number];
  if (perGroup * attrs.group !== x[1])
    refuse('MODEL_INVALID', node, `${x[1]} channels, expected ${perGroup} in each of ${attrs.group} groups`);
  if (filters % attrs.group !== 0)
    refuse('MODEL_INVALID', node, `${filters} filters do not split into ${attrs.group} groups`);
}

/** Shape of the result; refuses operands that do not fit. */
export function convolutionDims(x: OpInput, w: OpInput, attrs: ConvolutionAttrs, node: string): Shape {
  checkByte(x, 'its input', node);
  checkConstantWeights(w, node);
  checkShapes(x.dims, w.dims, attrs, node);
  const filters = w.dims[0] as number;
  checkZeros([attrs.xZero], x.dtype, 'the input', node);
  checkZeros(attrs.wZero, w.dtype, 'the weight', node);
  checkPerChannel(attrs.wZero, filters, 'wZero', node);
  const sizes = planesOf(x.dims.slice(2), w.dims.slice(2), attrs).map(({ output }) => output);
  if (sizes.some((size) => size < 1)) refuse('MODEL_INVALID', node, 'its kernel is larger than the padded input');
  return [x.dims[0] as number, filters, ...sizes];
}

/** Image, kernel and windows, with one or two spatial dimensions seen as three. */
type Planes = readonly [depth: Plane, rows: Plane, columns: Plane];

/** acc += weight · x over every output whose tap [kd, kr, kc] lies inside the image, which starts at `from`. */
function addTap(
  acc: Float64Array,
  x: Int32Array,
  from: number,
  weight: number,
  [depth, rows, columns]: Planes,
  [kd, kr, kc]: readonly [number, number, number],
): void {
  const deep = reach(depth, kd);
  const vertical = reach(rows, kr);
  const { first, end } = reach(columns, kc);
  const step = columns.stride;
  const front = kd * depth.dilation - depth.pad;
  const top = kr * rows.dilation - rows.pad;
  const left = kc * columns.dilation - columns.pad;
  for (let d = deep.first; d < deep.end; d++) {
    for (let i = vertical.first; i < vertical.end; i++) {
      const row = (d * depth.stride + front) * rows.size + i * rows.stride + top;
      let at = from + row * columns.size + first * step + left;
      const line = (d * rows.output + i) * columns.output;
      for (let j = first; j < end; j++, at += step)
        acc[line + j] = (acc[line + j] as number) + weight * (x[at] as number);
    }
  }
}

/** Sums of [batch, filters, area] with the bias of their filter, each an int32. */
function withBias(sums: Float64Array, bias: Int32Array | undefined, filters: number, area: number): Int32Array {
  const out = new Int32Array(sums.length);
  for (let from = 0, plane = 0; from < out.length; from += area, plane++) {
    const shift = bias?.[plane % filters] ?? 0;
    for (let at = from; at < from + area; at++) out[at] = checkedInt32((sums[at] as number) + shift);
  }
  return out;
}

/** acc = Σ (x − xz)(w − wz[m]) + bias[m] for every cell of the result, padding counting 0; each an int32. */
export function convolved(
  x: IntTensor,
  w: IntTensor,
  bias: Int32Array | undefined,
  attrs: ConvolutionAttrs,
): Int32Array {
  const [batch, channels] = x.dims as [number, number];
  const [filters, perGroup] = w.dims as [number, number];
  const planes = threePlanes(planesOf(x.dims.slice(2), w.dims.slice(2), attrs));
  const [depth, rows, columns] = planes;
  const image = depth.size * rows.size * columns.size;
  const activations = x.data.map((value) => value - attrs.xZero);
  const weights = differences(w.data, attrs.wZero, filters);
  const geometry = { batch, channels, filters, groups: attrs.group, planes };
  if (suitsRows(geometry)) {
    const sums = convolvedRows({ ...geometry, activations, weights });
    return withBias(sums, bias, filters, sums.length / (batch * filters));
  }
  const acc = new Float64Array(product(planes.map(({ output }) => output)));
  const out = new Int32Array(batch * filters * acc.length);
  for (let n = 0, at = 0; n < batch; n++) {
    for (let m = 0, tap = 0; m < filters; m++) {
      acc.fill(bias?.[m] ?? 0);
      const group = Math.floor((m * attrs.group) / filters);
      for (let c = 0; c < perGroup; c++) {
        const from = (n * channels + group * perGroup + c) * image;
        for (let kd = 0; kd < depth.kernel; kd++) {
          for (let kr = 0; kr < rows.kernel; kr++) {
            for (let kc = 0; kc < columns.kernel; kc++)
              addTap(acc, activations, from, weights[tap++] as number, planes, [kd, kr, kc]);
          }
        }
      }
      for (let cell = 0; cell < acc.length; cell++) out[at++] = checkedInt32(acc[cell] as number);
    }
  }
  return out;
}
