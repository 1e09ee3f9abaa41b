/**
 * NumPy arrays (.npy), format versions 1 to 3, little-endian, C order.
 *
 * Source: NumPy Enhancement Proposal 1, "A Simple File Format for NumPy Arrays". The header is a Python literal; only the
 * dictionary that NumPy itself writes is read, everything else is refused.
 */
import { equalBytes, utf8 } from '../../base/bytes.ts';
import type { Shape } from '../../base/tensor.ts';
import { type ArrayType, type ArrayValues, boundedProduct, type FileArray, malformed } from './array.ts';

const magic = Uint8Array.of(0x93, ...utf8('NUMPY'));
const maximumHeader = 1 << 16;
const maximumRank = 32;

/** NumPy type descriptors that are read, with the bytes of one element. */
const descriptors: Readonly<Record<string, { readonly type: ArrayType; readonly width: number }>> = {
  '<f4': { type: 'float32', width: 4 },
  '<f8': { type: 'float64', width: 8 },
  '|u1': { type: 'uint8', width: 1 },
  '<u1': { type: 'uint8', width: 1 },
  '|i1': { type: 'int8', width: 1 },
  '<i1': { type: 'int8', width: 1 },
  '<i4': { type: 'int32', width: 4 },
  '<i8': { type: 'int64', width: 8 },
};

export function isNpy(bytes: Uint8Array): boolean {
  return bytes.length >= magic.length && equalBytes(bytes.subarray(0, magic.length), magic);
}

type Header = { readonly descriptor: string; readonly fortran: boolean; readonly dims: Shape; readonly end: number };

/** Length of the header text and where it starts; the width of the length field depends on the version. */
function headerSpan(bytes: Uint8Array, where: string): readonly [start: number, length: number] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = bytes[6];
  const wide = version === 2 || version === 3;
  if (version !== 1 && !wide) {
    throw malformed(where, `The .npy format version ${version ?? '?'} is unknown.`, 'Save it again with numpy.save.');
  }
  const start = wide ? 12 : 10;
  if (bytes.length < start) throw malformed(where, 'The .npy header is truncated.', 'Save the array again.');
  const length = wide ? view.getUint32(8, true) : view.getUint16(8, true);
  if (length > maximumHeader || start + length > bytes.length) {
    throw malformed(
      where,
      `The .npy header states ${length} bytes, which the file does not hold.`,
      'Save the array again.',
    );
  }
  return [start, length];
}

/** Reads `{'descr': '<f4', 'fortran_order': False, 'shape': (1, 28), }`, the keys in any order. */
function readHeader(bytes: Uint8Array, where: string): Header {
  const [start, length] = headerSpan(bytes, where);
  const text = new TextDecoder('utf-8').decode(bytes.subarray(start, start + length));
  const descriptor = /'descr'\s*:\s*'([^']{1,16})'/.exec(text)?.[1];
  const fortran = /'fortran_order'\s*:\s*(True|False)/.exec(text)?.[1];
  const shape = /'shape'\s*:\s*\(([\d, ]{0,600})\)/.exec(text)?.[1];
  if (descriptor === undefined || fortran === undefined || shape === undefined) {
    throw malformed(
      where,
      'The .npy header is not one of a plain array.',
      'Save a plain numeric array with numpy.save.',
    );
  }
  const dims = shape
    .split(',')
    .map((size) => size.trim())
    .filter((size) => size !== '')
    .map(Number);
  if (dims.length > maximumRank || !dims.every(Number.isSafeInteger)) {
    throw malformed(where, `The shape (${shape}) is not one of an array.`, 'Save the array again.');
  }
  return { descriptor, fortran: fortran === 'True', dims, end: start + length };
}

/** Copies little-endian cells into a typed array; int64 cells must be safe integers. */
function readCells(type: ArrayType, cells: Uint8Array, count: number, where: string): ArrayValues {
  const view = new DataView(cells.buffer, cells.byteOffset, cells.byteLength);
  switch (type) {
    case 'uint8':
      return cells.slice();
    case 'int8':
      return new Int8Array(cells.slice().buffer);
    case 'float32':
      return new Float32Array(count).map((_, i) => view.getFloat32(4 * i, true));
    case 'float64':
      return new Float64Array(count).map((_, i) => view.getFloat64(8 * i, true));
    case 'int32':
      return new Int32Array(count).map((_, i) => view.getInt32(4 * i, true));
    case 'int64':
      return new Float64Array(count).map((_, i) => {
        const value = view.getBigInt64(8 * i, true);
        if (value > BigInt(Number.MAX_SAFE_INTEGER) || value < BigInt(Number.MIN_SAFE_INTEGER)) {
          throw malformed(where, `Element ${i} is ${value}, beyond 2^53.`, 'Use numbers of the range the model reads.');
        }
        return Number(value);
      });
  }
}

/** Decodes one array. Throws `FILE_MALFORMED` or `RESOURCE_LIMIT`. */
export function decodeNpy(bytes: Uint8Array, where: string, name: string | null = null): FileArray {
  if (!isNpy(bytes)) throw malformed(where, 'The file is not a NumPy array.', 'Save it with numpy.save.');
  const header = readHeader(bytes, where);
  const known = Object.hasOwn(descriptors, header.descriptor) ? descriptors[header.descriptor] : undefined;
  if (known === undefined) {
    const next = 'Convert it first, for instance with array.astype(numpy.float32).';
    const readable = 'float32, float64, uint8, int8, int32 and int64, little-endian';
    throw malformed(where, `The element type '${header.descriptor}' is not read; ${readable} are.`, next);
  }
  if (header.fortran && header.dims.length > 1) {
    throw malformed(where, 'The array is stored in Fortran order.', 'Save numpy.ascontiguousarray(array) instead.');
  }
  const count = boundedProduct(header.dims, where);
  const cells = bytes.subarray(header.end);
  if (cells.length !== count * known.width) {
    const stated = `shape [${header.dims.join(',')}] of ${known.type} needs ${count * known.width} bytes`;
    throw malformed(
      where,
      `The ${stated}; the file holds ${cells.length}.`,
      'The file is truncated or has a tail: save it again.',
    );
  }
  const values = readCells(known.type, cells, count, where);
  return { name, dims: header.dims, type: known.type, quantized: false, values };
}
