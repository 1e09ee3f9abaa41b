/** Dense integer tensors: row-major, last dimension fastest. */
import { invariant } from './errors.ts';

export type Shape = readonly number[];

/** Inclusive integer interval. */
export type Interval = readonly [low: number, high: number];

export type Dtype = 'u8' | 's8' | 's32' | 's64';

/** Integer element types that occur in a quantized network, with their inclusive ranges. */
export const dtypeRange: Readonly<Record<Dtype, Interval>> = {
  u8: [0, 255],
  s8: [-128, 127],
  s32: [-2147483648, 2147483647],
  s64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
};

/** `data` holds `product(dims)` exact integers. Accumulators and activations fit int32, hence Int32Array. */
export type IntTensor = { readonly dtype: Dtype; readonly dims: Shape; readonly data: Int32Array };

export function product(dims: Shape): number {
  return dims.reduce((total, size) => total * size, 1);
}

export function intTensor(dtype: Dtype, dims: Shape, data: ArrayLike<number>): IntTensor {
  invariant(data.length === product(dims), `a tensor of shape [${dims.join(',')}] cannot hold ${data.length} elements`);
  return { dtype, dims, data: data instanceof Int32Array ? data : Int32Array.from(data) };
}

/** Row-major strides, in elements. */
export function strides(dims: Shape): number[] {
  const out = new Array<number>(dims.length).fill(1);
  for (let i = dims.length - 2; i >= 0; i--) out[i] = (out[i + 1] as number) * (dims[i + 1] as number);
  return out;
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, i) => size === b[i]);
}

/** Smallest and largest element of a non-empty array. */
export function extent(data: ArrayLike<number>): Interval {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < data.length; i++) {
    const value = data[i] as number;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}
