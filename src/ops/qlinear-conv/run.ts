/** QLinearConv on integers. */
import type { IntTensor } from '../../base/tensor.ts';
import { differences } from '../accumulate.ts';
import { type Plane, planesOf, reach, twoPlanes } from '../planes.ts';
import { checkedInt32, requantization, requantize } from '../requantize.ts';
import type { QLinearConvAttrs } from './attrs.ts';

/** acc += weight · x over every output of one plane whose tap (kr, kc) lies inside the image, which starts at `from`. */
function addTap(
  acc: Float64Array,
  x: Int32Array,
  from: number,
  weight: number,
  [rows, columns]: readonly [Plane, Plane],
  kr: number,
  kc: number,
): void {
  const vertical = reach(rows, kr);
  const { first, end } = reach(columns, kc);
  const step = columns.stride;
  const top = kr * rows.dilation - rows.pad;
  const left = kc * columns.dilation - columns.pad;
  for (let i = vertical.first; i < vertical.end; i++) {
    let at = from + (i * rows.stride + top) * columns.size + first * step + left;
    const line = i * columns.output;
    for (let j = first; j < end; j++, at += step)
      acc[line + j] = (acc[line + j] as number) + weight * (x[at] as number);
  }
}

/** acc = Σ (x − xz)(w − wz[m]) + bias[m], padding counting 0; then the rounding of family A. */
export function runQLinearConv(inputs: readonly IntTensor[], attrs: QLinearConvAttrs): readonly IntTensor[] {
  const [x, w, bias] = inputs as [IntTensor, IntTensor, IntTensor | undefined];
  const [batch, channels] = x.dims as [number, number];
  const [filters, perGroup] = w.dims as [number, number];
  const spatial = planesOf(x.dims.slice(2), w.dims.slice(2), attrs);
  const planes = twoPlanes(spatial);
  const [rows, columns] = planes;
  const rule = requantization(attrs.xScale, attrs.wScale, attrs);
  const activations = x.data.map((value) => value - attrs.xZero);
  const weights = differences(w.data, attrs.wZero, filters);
  const acc = new Float64Array(rows.output * columns.output);
  const out = new Int32Array(batch * filters * acc.length);
  for (let n = 0, at = 0; n < batch; n++) {
    for (let m = 0, tap = 0; m < filters; m++) {
      acc.fill(bias?.data[m] ?? 0);
      const group = Math.floor((m * attrs.group) / filters);
      for (let c = 0; c < perGroup; c++) {
        const from = (n * channels + group * perGroup + c) * rows.size * columns.size;
        for (let kr = 0; kr < rows.kernel; kr++) {
          for (let kc = 0; kc < columns.kernel; kc++)
            addTap(acc, activations, from, weights[tap++] as number, planes, kr, kc);
        }
      }
      for (let cell = 0; cell < acc.length; cell++) out[at++] = requantize(checkedInt32(acc[cell] as number), rule, m);
    }
  }
  return [{ dtype: attrs.yType, dims: [batch, filters, ...spatial.map(({ output }) => output)], data: out }];
}
