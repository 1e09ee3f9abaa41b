/**
 * TensorProto → GraphTensor.
 *
 * Two passes over the message: the first reads everything but the numbers, so that shape, type and limits are judged
 * before a typed array is allocated; the second decodes the numbers into it.
 */
import type { ElementType, GraphTensor } from '../artifact/graph.ts';
import { ProvennError } from '../base/errors.ts';
import { elementCount, type ModelLimits } from './limits.ts';
import { elementTypeOf, tensorField, typeName } from './schema.ts';
import { type FieldHandler, store, type WireReader } from './wire.ts';

/** What one TensorProto says besides its numbers. */
type Header = {
  name: string;
  dims: number[];
  dataType: number;
  external: boolean;
  segmented: boolean;
  raw: Uint8Array | null;
  /** Typed fields (`float_data`, …) that occur. */
  readonly typed: Set<number>;
};

/** The typed field that holds a type's elements when `raw_data` does not. */
const typedField: Readonly<Record<ElementType, number>> = {
  float32: tensorField.floatData,
  float64: tensorField.doubleData,
  int64: tensorField.int64Data,
  int32: tensorField.int32Data,
  uint8: tensorField.int32Data,
  int8: tensorField.int32Data,
  bool: tensorField.int32Data,
};

const typedFields = [
  tensorField.floatData,
  tensorField.int32Data,
  tensorField.stringData,
  tensorField.int64Data,
  tensorField.doubleData,
  tensorField.uint64Data,
];

export const elementBytes: Readonly<Record<ElementType, number>> = {
  float32: 4,
  float64: 8,
  uint8: 1,
  bool: 1,
  int8: 1,
  int32: 4,
  int64: 8,
};

const integerRange = {
  uint8: [0, 255],
  bool: [0, 1],
  int8: [-128, 127],
  int32: [-(2 ** 31), 2 ** 31 - 1],
} as const;

export type NamedTensor = { readonly name: string; readonly tensor: GraphTensor };

/**
 * Reads a TensorProto given as one or more message bodies (protobuf merges a singular message that occurs twice).
 * `owner` names the tensor in refusals when it has no name of its own.
 *
 * Throws `MODEL_EXTERNAL_DATA`, `MODEL_UNSUPPORTED` (element type), `MODEL_MALFORMED` (numbers that do not fit the
 * shape) or `RESOURCE_LIMIT`.
 */
export function readTensor(parts: readonly WireReader[], limits: ModelLimits, owner: string | null): NamedTensor {
  const header = readHeader(parts, limits);
  const name = owner ?? header.name;
  const type = checkedType(header, name);
  const count = elementCount(header.dims, limits, `Tensor '${name}'`);
  const raw = header.raw !== null && header.raw.length > 0 ? header.raw : null;
  for (const field of header.typed) {
    if (raw !== null || field !== typedField[type]) {
      throw malformed(name, `it is ${type} but also keeps numbers in the fields of another type`);
    }
  }
  const tensor =
    raw === null ? fromTyped(parts, type, header.dims, count, name) : fromRaw(raw, type, header.dims, count, name);
  return { name, tensor };
}

function readHeader(parts: readonly WireReader[], limits: ModelLimits): Header {
  const header: Header = {
    name: '',
    dims: [],
    dataType: 0,
    external: false,
    segmented: false,
    raw: null,
    typed: new Set(),
  };
  const handlers = new Map<number, FieldHandler>([
    [tensorField.dims, (r) => r.ints((size) => pushDimension(header.dims, size, limits, r))],
    [tensorField.dataType, store(header, 'dataType', (r) => r.int32())],
    [tensorField.name, store(header, 'name', (r) => r.text(limits.maxNameBytes))],
    [tensorField.rawData, store(header, 'raw', (r) => r.blob())],
    [tensorField.dataLocation, store(header, 'external', (r) => r.int32() === 1)],
    [
      tensorField.segment,
      (r) => {
        header.segmented = true;
        r.skip();
      },
    ],
  ]);
  for (const field of typedFields) {
    handlers.set(field, (r) => {
      header.typed.add(field);
      r.skip();
    });
  }
  for (const part of parts) part.clone().fields(handlers);
  return header;
}

/** Appends one size of a shape that a file declares. */
export function pushDimension(dims: number[], size: number, limits: ModelLimits, reader: WireReader): void {
  if (size < 0) throw reader.fault(`a dimension is ${size}`);
  if (dims.length >= limits.maxRank) throw reader.fault(`a tensor has more than ${limits.maxRank} dimensions`);
  dims.push(size);
}

function checkedType(header: Header, name: string): ElementType {
  if (header.external) {
    throw new ProvennError('MODEL_EXTERNAL_DATA', `Tensor '${name}' keeps its data in another file.`, {
      where: name,
      next: 'Embed the weights: onnx.save(onnx.load("model.onnx"), "embedded.onnx", save_as_external_data=False).',
    });
  }
  const type = elementTypeOf(header.dataType);
  if (type === undefined || header.segmented) {
    const what = header.segmented ? 'is split into segments' : `has element type ${typeName(header.dataType)}`;
    throw new ProvennError('MODEL_UNSUPPORTED', `Tensor '${name}' ${what}.`, {
      where: name,
      next: `Supported element types are ${Object.keys(typedField).join(', ')}.`,
    });
  }
  return type;
}

function malformed(name: string, why: string): ProvennError {
  return new ProvennError('MODEL_MALFORMED', `Tensor '${name}' is malformed: ${why}.`, {
    where: name,
    next: 'Export the model again, or check that the file was copied completely.',
  });
}

/** The one place where a typed array meets its type tag. */
function tagged(type: ElementType, dims: readonly number[], buffer: ArrayBuffer): GraphTensor {
  if (type === 'int64') return { type, dims, data: new BigInt64Array(buffer) };
  if (type === 'float64') return { type, dims, data: new Float64Array(buffer) };
  if (type === 'float32') return { type, dims, data: new Float32Array(buffer) };
  if (type === 'int32') return { type, dims, data: new Int32Array(buffer) };
  if (type === 'int8') return { type, dims, data: new Int8Array(buffer) };
  return { type, dims, data: new Uint8Array(buffer) };
}

/** `raw_data` is little-endian, as are the processors JavaScript engines run on. */
function fromRaw(
  raw: Uint8Array,
  type: ElementType,
  dims: readonly number[],
  count: number,
  name: string,
): GraphTensor {
  const expected = count * elementBytes[type];
  if (raw.length !== expected) {
    throw malformed(name, `${type}[${dims.join(', ')}] takes ${expected} bytes, the file has ${raw.length}`);
  }
  const copy = new Uint8Array(expected);
  copy.set(raw);
  if (type === 'bool' && copy.some((byte) => byte > 1)) throw malformed(name, 'a bool is neither 0 nor 1');
  return tagged(type, dims, copy.buffer);
}

function fromTyped(
  parts: readonly WireReader[],
  type: ElementType,
  dims: readonly number[],
  count: number,
  name: string,
): GraphTensor {
  const held = parts.reduce((sum, part) => sum + part.remaining, 0);
  // Every element takes at least one byte of the file (floats all of theirs), so `count` cannot allocate at will.
  const least = type === 'float32' || type === 'float64' ? elementBytes[type] : 1;
  if (count * least > held) throw malformed(name, `${type}[${dims.join(', ')}] has more elements than the file holds`);
  const tensor = tagged(type, dims, new ArrayBuffer(count * elementBytes[type]));
  let filled = 0;
  const next = (): number => {
    if (filled >= count) throw malformed(name, `it holds more than the ${count} elements of [${dims.join(', ')}]`);
    return filled++;
  };
  const handlers = new Map([[typedField[type], elementHandler(tensor, next, name)]]);
  for (const part of parts) part.clone().fields(handlers);
  if (filled !== count) throw malformed(name, `it holds ${filled} elements, [${dims.join(', ')}] has ${count}`);
  return tensor;
}

function elementHandler(tensor: GraphTensor, next: () => number, name: string): FieldHandler {
  const { type, data } = tensor;
  if (type === 'int64') return (r) => r.bigInts(write(data, next));
  if (type === 'float32') return (r) => r.floats(write(data, next));
  if (type === 'float64') return (r) => r.doubles(write(data, next));
  const put = write(data, next);
  const [low, high] = integerRange[type];
  return (r) =>
    r.int32s((value) => {
      if (value < low || value > high) throw malformed(name, `${value} is not a ${type}`);
      put(value);
    });
}

function write<T>(data: { [index: number]: T }, next: () => number): (value: T) => void {
  return (value) => {
    data[next()] = value;
  };
}
