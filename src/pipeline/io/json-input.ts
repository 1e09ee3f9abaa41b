/**
 * Inputs as JSON, in two spellings:
 *
 *   {"inputs": {"NAME": {"dims": [1, 3], "type": "float32", "data": [0.5, 1, 2]}}}
 *   {"input_data": [[0.5, 1, 2]]}                                   one flat list per model input, as ezkl writes it
 *
 * The first one also reads `outputs` of a result that provenn wrote, so that results can be checked against proofs.
 */
import { ProvennError } from '../../base/errors.ts';
import {
  type ArrayType,
  type ArrayValues,
  arrayTypes,
  boundedProduct,
  type FileArray,
  firstNonFinite,
  firstOutside,
  isFloat,
  malformed,
  maximumElements,
} from './array.ts';
import { isObject, type JsonObject, own, unknownKey } from './bounded-json.ts';

const arrayKeys = ['dims', 'type', 'data', 'quantized', 'integers', 'quantization'];
const form = 'Write {"inputs":{"NAME":{"dims":[…],"type":"float32","data":[…]}}}, or {"input_data":[[…]]}.';

function readDims(value: unknown, where: string): readonly number[] {
  const good = (size: unknown): boolean => typeof size === 'number' && Number.isSafeInteger(size) && size >= 0;
  if (!Array.isArray(value) || value.length > 32 || !value.every(good)) {
    throw malformed(where, '"dims" must be a list of non-negative integers.', form);
  }
  return value as number[];
}

function readType(value: unknown, where: string): ArrayType {
  const type = arrayTypes.find((known) => known === value);
  if (type === undefined) throw malformed(where, `"type" must be one of ${arrayTypes.join(', ')}.`, form);
  return type;
}

/** A flat list of finite numbers. */
function readNumbers(value: unknown, where: string): readonly number[] {
  if (!Array.isArray(value)) throw malformed(where, 'A flat list of numbers is expected.', form);
  if (value.length > maximumElements) {
    throw new ProvennError('RESOURCE_LIMIT', `A list of ${value.length} numbers is too long.`, { where });
  }
  const bad = value.findIndex((item) => typeof item !== 'number');
  if (bad >= 0) {
    const found = value[bad] === null ? 'null' : Array.isArray(value[bad]) ? 'a list' : `a ${typeof value[bad]}`;
    throw malformed(
      where,
      `Element ${bad} is ${found}, not a number.`,
      'Write all values as one flat list of numbers.',
    );
  }
  const huge = firstNonFinite(value);
  if (huge >= 0) throw malformed(where, `Element ${huge} is too large for a number.`, 'Use finite numbers.');
  return value;
}

function toValues(type: ArrayType | null, numbers: readonly number[], where: string): ArrayValues {
  if (type === null || type === 'float64') return Float64Array.from(numbers);
  if (isFloat(type)) return Float32Array.from(numbers);
  const bad = firstOutside(type, numbers);
  if (bad >= 0)
    throw malformed(where, `Element ${bad} is ${numbers[bad]}, which is not a ${type}.`, 'Correct it, or its "type".');
  if (type === 'int64') return Float64Array.from(numbers);
  return type === 'uint8'
    ? Uint8Array.from(numbers)
    : type === 'int8'
      ? Int8Array.from(numbers)
      : Int32Array.from(numbers);
}

function readArray(name: string, value: unknown, file: string): FileArray {
  const where = `${file}, "${name}"`;
  if (!isObject(value)) throw malformed(where, 'An object with dims, type and data is expected.', form);
  const extra = unknownKey(value, arrayKeys);
  if (extra !== undefined) throw malformed(where, `The key "${extra}" is unknown.`, form);
  const dims = readDims(own(value, 'dims'), where);
  const type = readType(own(value, 'type'), where);
  const numbers = readNumbers(own(value, 'data'), where);
  const count = boundedProduct(dims, where);
  if (count !== numbers.length) {
    throw malformed(
      where,
      `Shape [${dims.join(',')}] needs ${count} values; "data" has ${numbers.length}.`,
      'Correct one of them.',
    );
  }
  const quantized = own(value, 'quantized') ?? false;
  if (typeof quantized !== 'boolean') throw malformed(where, '"quantized" must be true or false.', form);
  if (quantized && isFloat(type)) {
    throw malformed(
      where,
      '"quantized": true says that the data are integers, but "type" is a float.',
      'Correct one of them.',
    );
  }
  return { name, dims, type, quantized, values: toValues(type, numbers, where) };
}

function readNamed(named: unknown, file: string): FileArray[] {
  if (!isObject(named)) throw malformed(file, '"inputs" must be an object of arrays by name.', form);
  return Object.entries(named).map(([name, value]) => readArray(name, value, file));
}

function readListed(listed: unknown, file: string): FileArray[] {
  if (!Array.isArray(listed)) throw malformed(file, '"input_data" must be a list of flat lists.', form);
  return listed.map((list: unknown, index) => {
    const where = `${file}, input_data[${index}]`;
    return {
      name: null,
      dims: null,
      type: null,
      quantized: false,
      values: toValues(null, readNumbers(list, where), where),
    };
  });
}

/** Arrays of a parsed JSON document. `member` is the key that holds them by name. Throws `FILE_MALFORMED`. */
export function decodeJsonArrays(document: unknown, file: string, member: 'inputs' | 'outputs'): FileArray[] {
  if (!isObject(document)) throw malformed(file, 'The JSON is not an object.', form);
  const object: JsonObject = document;
  const named = own(object, member);
  const listed = member === 'inputs' ? own(object, 'input_data') : own(object, 'output_data');
  if (named !== undefined) return readNamed(named, file);
  if (listed !== undefined) return readListed(listed, file);
  throw malformed(file, `The JSON has no "${member}".`, form);
}
