/** Convolutions as products of rows: every window of the image laid out as one row, every filter as another. */
import { dotRows, paddedRow } from '../base/dot-rows.ts';
import { product } from '../base/tensor.ts';
import { type Plane, reach } from './planes.ts';

/** A byte minus a byte of its type. */
const largestDifference = 255;

export type RowConvolution = {
  /** Differences to the zero points: the image [batch, channels, …], the filters [filters, channels per group, …]. */
  readonly activations: Int32Array;
  readonly weights: Int32Array;
  readonly batch: number;
  readonly channels: number;
  readonly filters: number;
  readonly groups: number;
  readonly planes: readonly [depth: Plane, rows: Plane, columns: Plane];
};

/** Cells of windows that are laid out at a time. */
const windowCells = 2 ** 22;

/** True when windows are long and shared by enough filters to be worth laying out. */
export function suitsRows({
  channels,
  filters,
  groups,
  planes,
}: Omit<RowConvolution, 'activations' | 'weights'>): boolean {
  return (channels / groups) * product(planes.map(({ kernel }) => kernel)) >= 8 && filters / groups >= 4;
}

/** Rows of the windows at output rows [first, end) of the depth and row planes together, over the channels from `channel`. */
function windows(of: RowConvolution, image: number, first: number, end: number): Int16Array {
  const { activations, planes, channels, groups } = of;
  const [depth, rows, columns] = planes;
  const perGroup = channels / groups;
  const taps = perGroup * depth.kernel * rows.kernel * columns.kernel;
  const stride = paddedRow(taps);
  const out = new Int16Array((end - first) * columns.output * stride);
  for (let line = first; line < end; line++) {
    const [d, r] = [Math.floor(line / rows.output), line % rows.output];
    for (let c = 0, tap = 0; c < perGroup; c++) {
      for (let kd = 0; kd < depth.kernel; kd++) {
        for (let kr = 0; kr < rows.kernel; kr++, tap += columns.kernel) {
          const z = d * depth.stride + kd * depth.dilation - depth.pad;
          const y = r * rows.stride + kr * rows.dilation - rows.pad;
          if (z < 0 || z >= depth.size || y < 0 || y >= rows.size) continue;
          const from = image + ((c * depth.size + z) * rows.size + y) * columns.size - columns.pad;
          for (let kc = 0; kc < columns.kernel; kc++) {
            const { first: left, end: right } = reach(columns, kc);
            let at = ((line - first) * columns.output + left) * stride + tap + kc;
            for (let x = left; x < right; x++, at += stride)
              out[at] = activations[from + x * columns.stride + kc * columns.dilation] as number;
          }
        }
      }
    }
  }
  return out;
}

/** Σ activation·weight for every [batch, filter, output cell]. */
export function convolvedRows(of: RowConvolution): Float64Array {
  const { weights, batch, channels, filters, groups, planes } = of;
  const [depth, rows, columns] = planes;
  const [perGroup, filtersPerGroup] = [channels / groups, filters / groups];
  const taps = weights.length / filters;
  const lines = depth.output * rows.output;
  const area = lines * columns.output;
  const step = Math.max(1, Math.floor(windowCells / (columns.output * taps)));
  const out = new Float64Array(batch * filters * area);
  for (let first = 0; first < lines; first += step) {
    const end = Math.min(lines, first + step);
    const cells = (end - first) * columns.output;
    const ofWindow = new Uint32Array(filtersPerGroup * cells).map((_, i) => i % cells);
    const ofFilter = new Uint32Array(filtersPerGroup * cells).map((_, i) => Math.floor(i / cells));
    for (let n = 0; n < batch; n++) {
      for (let g = 0; g < groups; g++) {
        const image = (n * channels + g * perGroup) * depth.size * rows.size * columns.size;
        const own = weights.subarray(g * filtersPerGroup * taps, (g + 1) * filtersPerGroup * taps);
        const a = { data: windows(of, image, first, end), rows: cells, size: taps, most: largestDifference };
        const sums = dotRows(
          a,
          ofWindow,
          { data: own, rows: filtersPerGroup, size: taps, most: largestDifference },
          ofFilter,
        );
        for (let m = 0; m < filtersPerGroup; m++) {
          const at = (n * filters + g * filtersPerGroup + m) * area + first * columns.output;
          out.set(sums.subarray(m * cells, (m + 1) * cells), at);
        }
      }
    }
  }
  return out;
}
