/** Sliding windows over spatial dimensions, with fewer dimensions than three seen as three by first ones of size 1. */
import type { AxisMap, View } from '../artifact/circuit.ts';
import type { Shape } from '../base/tensor.ts';
import { windowGeometry } from '../base/window.ts';

/** The window attributes convolution and pooling share: one entry per spatial dimension, `pads` is [begin…, end…]. */
export type WindowAttrs = {
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly pads: readonly number[];
};

/** One spatial dimension: sizes of image, kernel and output, then stride, dilation and padding before the image. */
export type Plane = {
  readonly size: number;
  readonly kernel: number;
  readonly output: number;
  readonly stride: number;
  readonly dilation: number;
  readonly pad: number;
};

/** True when the attribute lists fit `rank` spatial dimensions. */
export function fitsRank(attrs: WindowAttrs, rank: number): boolean {
  return attrs.strides.length === rank && attrs.dilations.length === rank && attrs.pads.length === 2 * rank;
}

/** Every spatial dimension; `output` is below 1 where the window does not fit. */
export function planesOf(spatial: Shape, kernel: Shape, attrs: WindowAttrs, ceilMode = false): Plane[] {
  return spatial.map((size, i) => {
    const axis = {
      kernel: kernel[i] as number,
      stride: attrs.strides[i] as number,
      dilation: attrs.dilations[i] as number,
    };
    const padBegin = attrs.pads[i] as number;
    const padEnd = attrs.pads[spatial.length + i] as number;
    const { output } = windowGeometry({ ...axis, input: size, padBegin, padEnd, autoPad: 'NOTSET', ceilMode });
    return { ...axis, size, output, pad: padBegin };
  });
}

const flat: Plane = { size: 1, kernel: 1, output: 1, stride: 1, dilation: 1, pad: 0 };

/** Depth, rows and columns. */
export function threePlanes(planes: readonly Plane[]): readonly [depth: Plane, rows: Plane, columns: Plane] {
  return [flat, flat, ...planes].slice(-3) as [Plane, Plane, Plane];
}

/** The outputs whose tap k lies inside the image: from `first` up to, not including, `end`. */
export function reach({ size, output, stride, dilation, pad }: Plane, k: number): { first: number; end: number } {
  const at = k * dilation - pad;
  const first = Math.max(0, Math.ceil(-at / stride));
  const end = Math.min(output, Math.floor((size - 1 - at) / stride) + 1);
  return { first, end };
}

/** An image of size 1 with one output: the only tap that meets it, or −1; null for any other plane. */
export function soleTap(plane: Plane): number | null {
  if (plane.size !== 1 || plane.output !== 1) return null;
  const tap = plane.pad / plane.dilation;
  return Number.isInteger(tap) && tap < plane.kernel ? tap : -1;
}

/** True when some tap of some window lies outside the image. */
export function isPadded(plane: Plane): boolean {
  const last = plane.stride * (plane.output - 1) + plane.dilation * (plane.kernel - 1) - plane.pad;
  return plane.pad > 0 || last >= plane.size;
}

/** The view that reads tap k of every window along `axis`. */
export function tapView({ wire, map }: View, axis: number, plane: Plane, k: number): View {
  const shift = k * plane.dilation - plane.pad;
  const moved = map.map((entry): AxisMap => {
    if (entry.kind !== 'axis' || entry.axis !== axis) return entry;
    return { ...entry, stride: entry.stride * plane.stride, offset: entry.offset + entry.stride * shift };
  });
  return { wire, map: moved };
}
