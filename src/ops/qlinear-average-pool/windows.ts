/** Windows of an average pool: how many cells of the image each one meets, and what it divides by. */
import { product } from '../../base/tensor.ts';
import { type Plane, planesOf } from '../planes.ts';
import type { QLinearAveragePoolAttrs } from './attrs.ts';

export function averagePlanes(dims: readonly number[], attrs: QLinearAveragePoolAttrs): Plane[] {
  const spatial = dims.slice(2);
  return planesOf(spatial, attrs.kernel, { ...attrs, dilations: spatial.map(() => 1) }, attrs.ceilMode);
}

/** First cell and end (exclusive) of window `o` inside the image. */
export function span({ stride, pad, kernel, size }: Plane, o: number): readonly [first: number, end: number] {
  const start = o * stride - pad;
  return [Math.max(0, start), Math.min(size, start + kernel)];
}

/** Cells of the image that each window along one dimension meets. */
export function metCells(plane: Plane): number[] {
  return Array.from({ length: plane.output }, (_, o) => {
    const [first, end] = span(plane, o);
    return Math.max(0, end - first);
  });
}

/** The number of cells each window meets, row-major over the spatial outputs of all planes. */
export function metCounts(planes: readonly Plane[]): number[] {
  return planes.reduce<number[]>(
    (counts, plane) => {
      const cells = metCells(plane);
      return counts.flatMap((count) => cells.map((more) => count * more));
    },
    [1],
  );
}

/** What a window that meets `cells` cells of the image divides by. */
export function divisor(cells: number, attrs: QLinearAveragePoolAttrs): number {
  return attrs.countIncludePad ? product(attrs.kernel) : cells;
}
