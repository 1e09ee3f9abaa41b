/** Numeric arrays as input files carry them, before anybody asks whether they fit a model. */
import { ProvennError } from '../../base/errors.ts';
import type { Shape } from '../../base/tensor.ts';

/** Element types of input files. int64 values are held as exact float64 integers. */
export const arrayTypes = ['float32', 'float64', 'uint8', 'int8', 'int32', 'int64'] as const;

export type ArrayType = (typeof arrayTypes)[number];

export type ArrayValues = Float32Array | Float64Array | Uint8Array | Int8Array | Int32Array;

/** One array of an input file, row-major. */
export type FileArray = {
  /** null when the file does not name it: then arrays are taken in the order of the model's ports. */
  readonly name: string | null;
  /** null when the file gives no shape, only values in row-major order. */
  readonly dims: Shape | null;
  /** null when the file gives no type (ezkl-style JSON). */
  readonly type: ArrayType | null;
  /** True when the integers are already those of the quantized network. */
  readonly quantized: boolean;
  readonly values: ArrayValues;
};

/** Largest number of elements of one array. */
export const maximumElements: number = 1 << 28;

/** Number of elements of a shape read from a file. Throws `RESOURCE_LIMIT` before anything of that size is made. */
export function boundedProduct(dims: Shape, where: string): number {
  let total = 1;
  for (const size of dims) {
    total *= size;
    if (total > maximumElements) {
      throw new ProvennError(
        'RESOURCE_LIMIT',
        `An array of shape [${dims.join(',')}] has more than ${maximumElements} elements.`,
        { where, next: 'Split the data into smaller files.' },
      );
    }
  }
  return total;
}

/** The error of every malformed input file. */
export function malformed(where: string, message: string, next: string): ProvennError {
  return new ProvennError('FILE_MALFORMED', message, { where, next });
}

type IntegerType = Exclude<ArrayType, 'float32' | 'float64'>;

const integerRanges: Readonly<Record<IntegerType, readonly [low: number, high: number]>> = {
  uint8: [0, 255],
  int8: [-128, 127],
  int32: [-2147483648, 2147483647],
  int64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
};

export function isFloat(type: ArrayType): type is 'float32' | 'float64' {
  return type === 'float32' || type === 'float64';
}

/** Index of the first value that is not an integer of `type`, or −1. */
export function firstOutside(type: IntegerType, values: ArrayLike<number>): number {
  const [low, high] = integerRanges[type];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (!Number.isInteger(value) || value < low || value > high) return i;
  }
  return -1;
}

/** Index of the first NaN or infinity, or −1. */
export function firstNonFinite(values: ArrayLike<number>): number {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return i;
  return -1;
}
