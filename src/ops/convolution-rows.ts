/** Convolutions as products of rows: every window of the image laid out as one row, every filter as another. */
import { dotRows } from '../base/dot-rows.ts';
import { product } from '../base/tensor.ts';
import type { Plane } from './planes.ts';

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

/** A dimension with margins as wide as its windows reach beyond the image, so that no tap needs to ask where it is. */
function framed({ size, kernel, output, stride, dilation, pad }: Plane): number {
  return Math.max(pad + size, stride * (output - 1) + dilation * (kernel - 1) + 1);
}

/** The channels of one group of one image, between margins of zeros. */
function frameOf(of: RowConvolution, image: number): Int16Array {
  const { activations, planes, channels, groups } = of;
  const [depth, rows, columns] = planes;
  const [high, wide] = [framed(rows), framed(columns)];
  const out = new Int16Array((channels / groups) * framed(depth) * high * wide);
  for (let c = 0, from = image; c < channels / groups; c++)
    for (let z = 0; z < depth.size; z++)
      for (let y = 0; y < rows.size; y++, from += columns.size) {
        const at = ((c * framed(depth) + depth.pad + z) * high + rows.pad + y) * wide + columns.pad;
        out.set(activations.subarray(from, from + columns.size), at);
      }
  return out;
}

/** Places in a frame of the first tap of every window at output lines [first, end) of the depth and row planes together. */
function windowPlaces([depth, rows, columns]: RowConvolution['planes'], first: number, end: number): Int32Array {
  const out = new Int32Array((end - first) * columns.output);
  const [high, wide] = [framed(rows), framed(columns)];
  for (let line = first, cell = 0; line < end; line++) {
    const z = Math.floor(line / rows.output) * depth.stride;
    const from = (z * high + (line % rows.output) * rows.stride) * wide;
    for (let x = 0; x < columns.output; x++) out[cell++] = from + x * columns.stride;
  }
  return out;
}

/** Places of the taps of a window, relative to the first. */
function tapPlaces([depth, rows, columns]: RowConvolution['planes'], channels: number): Int32Array {
  const out = new Int32Array(channels * depth.kernel * rows.kernel * columns.kernel);
  const [high, wide] = [framed(rows), framed(columns)];
  for (let c = 0, tap = 0; c < channels; c++)
    for (let kd = 0; kd < depth.kernel; kd++)
      for (let kr = 0; kr < rows.kernel; kr++) {
        const from = ((c * framed(depth) + kd * depth.dilation) * high + kr * rows.dilation) * wide;
        for (let kc = 0; kc < columns.kernel; kc++) out[tap++] = from + kc * columns.dilation;
      }
  return out;
}

/** Row numbers of all pairs of a window and a filter, filter by filter. */
function allPairs(windows: number, filters: number): readonly [ofWindow: Uint32Array, ofFilter: Uint32Array] {
  const [ofWindow, ofFilter] = [new Uint32Array(windows * filters), new Uint32Array(windows * filters)];
  for (let m = 0, at = 0; m < filters; m++)
    for (let cell = 0; cell < windows; cell++, at++) {
      ofWindow[at] = cell;
      ofFilter[at] = m;
    }
  return [ofWindow, ofFilter];
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
  const reduces = tapPlaces(planes, perGroup);
  const out = new Float64Array(batch * filters * area);
  for (let n = 0; n < batch; n++) {
    for (let g = 0; g < groups; g++) {
      const cells = frameOf(of, (n * channels + g * perGroup) * depth.size * rows.size * columns.size);
      const own = weights.subarray(g * filtersPerGroup * taps, (g + 1) * filtersPerGroup * taps);
      const b = { data: own, rows: filtersPerGroup, size: taps, most: largestDifference };
      for (let first = 0; first < lines; first += step) {
        const outputs = windowPlaces(planes, first, Math.min(lines, first + step));
        const [ofWindow, ofFilter] = allPairs(outputs.length, filtersPerGroup);
        const a = { cells, outputs, reduces, most: largestDifference };
        const sums = dotRows(a, ofWindow, b, ofFilter);
        for (let m = 0; m < filtersPerGroup; m++) {
          const at = (n * filters + g * filtersPerGroup + m) * area + first * columns.output;
          out.set(sums.subarray(m * outputs.length, (m + 1) * outputs.length), at);
        }
      }
    }
  }
  return out;
}
