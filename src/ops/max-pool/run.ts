/** MaxPool on integers: the largest cell of each window, padding never a value. */
import { dtypeRange, type IntTensor } from '../../base/tensor.ts';
import { planesOf, reach, twoPlanes } from '../planes.ts';
import type { MaxPoolAttrs } from './attrs.ts';

export function runMaxPool(x: IntTensor, attrs: MaxPoolAttrs): IntTensor {
  const spatial = planesOf(x.dims.slice(2), attrs.kernel, attrs, attrs.ceilMode);
  const [rows, columns] = twoPlanes(spatial);
  const images = (x.dims[0] as number) * (x.dims[1] as number);
  const area = rows.output * columns.output;
  const out = new Int32Array(images * area);
  out.fill(dtypeRange.s32[0]);
  for (let kr = 0; kr < rows.kernel; kr++) {
    const vertical = reach(rows, kr);
    for (let kc = 0; kc < columns.kernel; kc++) {
      const { first, end } = reach(columns, kc);
      for (let image = 0; image < images; image++) {
        for (let i = vertical.first; i < vertical.end; i++) {
          const line = image * area + i * columns.output;
          const row = image * rows.size + i * rows.stride + kr * rows.dilation - rows.pad;
          let at = row * columns.size + first * columns.stride + kc * columns.dilation - columns.pad;
          for (let j = first; j < end; j++, at += columns.stride) {
            if ((x.data[at] as number) > (out[line + j] as number)) out[line + j] = x.data[at] as number;
          }
        }
      }
    }
  }
  return { dtype: x.dtype, dims: [...x.dims.slice(0, 2), ...spatial.map(({ output }) => output)], data: out };
}
