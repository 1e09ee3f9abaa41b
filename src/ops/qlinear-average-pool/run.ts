/** QLinearAveragePool: the float32 running sum of each window, in row-major order, averaged and quantized. */
import { f32 } from '../../base/rounding.ts';
import { dtypeRange, type IntTensor, product } from '../../base/tensor.ts';
import { shifted } from '../accumulate.ts';
import { threePlanes } from '../planes.ts';
import type { QLinearAveragePoolAttrs } from './attrs.ts';
import { addends, averaged } from './formula.ts';
import { averagePlanes, divisor, span } from './windows.ts';

export function runQLinearAveragePool(x: IntTensor, attrs: QLinearAveragePoolAttrs): IntTensor {
  const spatial = averagePlanes(x.dims, attrs);
  const [deep, rows, columns] = threePlanes(spatial);
  const images = (x.dims[0] as number) * (x.dims[1] as number);
  const lowest = dtypeRange[x.dtype][0];
  const terms = addends(attrs.xScale, shifted(dtypeRange[x.dtype], attrs.xZero, false));
  const data = new Int32Array(images * product(spatial.map(({ output }) => output)));
  let at = 0;
  for (let image = 0; image < images; image++) {
    for (let od = 0; od < deep.output; od++) {
      const [d0, d1] = span(deep, od);
      for (let or = 0; or < rows.output; or++) {
        const [r0, r1] = span(rows, or);
        for (let oc = 0; oc < columns.output; oc++) {
          const [c0, c1] = span(columns, oc);
          let sum = 0;
          for (let d = d0; d < d1; d++) {
            for (let r = r0; r < r1; r++) {
              const line = ((image * deep.size + d) * rows.size + r) * columns.size;
              for (let c = c0; c < c1; c++) sum = f32(sum + (terms[(x.data[line + c] as number) - lowest] as number));
            }
          }
          const count = divisor((d1 - d0) * (r1 - r0) * (c1 - c0), attrs);
          data[at++] = averaged(sum, count, attrs);
        }
      }
    }
  }
  return { dtype: attrs.yType, dims: [...x.dims.slice(0, 2), ...spatial.map(({ output }) => output)], data };
}
