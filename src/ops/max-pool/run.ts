/** MaxPool on integers: the largest cell of each window, padding never a value. */
import { dtypeRange, type IntTensor, product } from '../../base/tensor.ts';
import { planesOf, reach, threePlanes } from '../planes.ts';
import type { MaxPoolAttrs } from './attrs.ts';

export function runMaxPool(x: IntTensor, attrs: MaxPoolAttrs): IntTensor {
  const spatial = planesOf(x.dims.slice(2), attrs.kernel, attrs, attrs.ceilMode);
  const planes = threePlanes(spatial);
  const images = (x.dims[0] as number) * (x.dims[1] as number);
  const out = new Int32Array(images * product(spatial.map(({ output }) => output)));
  out.fill(dtypeRange.s32[0]);
  const [depth, rows, columns] = planes;
  for (let kd = 0; kd < depth.kernel; kd++) {
    for (let kr = 0; kr < rows.kernel; kr++) {
      for (let kc = 0; kc < columns.kernel; kc++) raise(out, x.data, images, planes, [kd, kr, kc]);
    }
  }
  return { dtype: x.dtype, dims: [...x.dims.slice(0, 2), ...spatial.map(({ output }) => output)], data: out };
}

/** Raises every output whose tap [kd, kr, kc] lies inside the image to that cell. */
function raise(
  out: Int32Array,
  x: Int32Array,
  images: number,
  [depth, rows, columns]: ReturnType<typeof threePlanes>,
  [kd, kr, kc]: readonly [number, number, number],
): void {
  const deep = reach(depth, kd);
  const vertical = reach(rows, kr);
  const { first, end } = reach(columns, kc);
  const left = first * columns.stride + kc * columns.dilation - columns.pad;
  for (let image = 0; image < images; image++) {
    for (let d = deep.first; d < deep.end; d++) {
      const plane = image * depth.size + d * depth.stride + kd * depth.dilation - depth.pad;
      for (let i = vertical.first; i < vertical.end; i++) {
        const line = ((image * depth.output + d) * rows.output + i) * columns.output;
        const row = plane * rows.size + i * rows.stride + kr * rows.dilation - rows.pad;
        let at = row * columns.size + left;
        for (let j = first; j < end; j++, at += columns.stride) {
          if ((x[at] as number) > (out[line + j] as number)) out[line + j] = x[at] as number;
        }
      }
    }
  }
}
