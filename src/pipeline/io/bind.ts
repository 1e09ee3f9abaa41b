/** Fits the arrays of a file to the ports of a model: names, shapes, element types and ranges, all checked here. */
import type { Port } from '../../artifact/quant-graph.ts';
import { ProvennError } from '../../base/errors.ts';
import { type Dtype, type IntTensor, intTensor, product, sameShape } from '../../base/tensor.ts';
import { quantizeInput } from '../../runtime/ports.ts';
import { type ArrayType, type FileArray, firstNonFinite, firstOutside, isFloat } from './array.ts';

/** What a port receives: float values still to be quantized, or the integers themselves. */
export type PortValue =
  | { readonly kind: 'floats'; readonly values: Float32Array }
  | { readonly kind: 'integers'; readonly tensor: IntTensor };

const typeOfDtype: Readonly<Record<Dtype, ArrayType>> = { u8: 'uint8', s8: 'int8', s32: 'int32', s64: 'int64' };

/** Element type of a port as input files spell it. */
export function portType(port: Port): ArrayType {
  return port.quantization === null ? typeOfDtype[port.dtype] : 'float32';
}

function mismatch(where: string, message: string, next: string): ProvennError {
  return new ProvennError('INPUT_MISMATCH', message, { where, next });
}

function describe(port: Port): string {
  return `"${port.name}" (${portType(port)} [${port.dims.join(',')}])`;
}

/** Pairs arrays with ports: by name when the file names them, in order otherwise. */
function pair(arrays: readonly FileArray[], ports: readonly Port[], where: string): ReadonlyMap<Port, FileArray> {
  const expected = `The model has ${ports.map(describe).join(', ')}.`;
  const pairs = new Map<Port, FileArray>();
  arrays.forEach((array, index) => {
    const port = array.name === null ? ports[index] : ports.find((candidate) => candidate.name === array.name);
    if (port === undefined) {
      const found = array.name === null ? `The file holds ${arrays.length} arrays` : `The model has no "${array.name}"`;
      throw mismatch(where, `${found}.`, expected);
    }
    pairs.set(port, array);
  });
  const missing = ports.find((port) => !pairs.has(port));
  if (missing !== undefined) throw mismatch(where, `Nothing is given for ${describe(missing)}.`, expected);
  return pairs;
}

function checkShape(port: Port, array: FileArray, where: string): void {
  const fits = array.dims === null ? array.values.length === product(port.dims) : sameShape(array.dims, port.dims);
  if (fits) return;
  const found = array.dims === null ? `${array.values.length} values` : `shape [${array.dims.join(',')}]`;
  throw mismatch(where, `The array for ${describe(port)} has ${found}.`, 'Give it the shape the model reads.');
}

function integersOf(port: Port, array: FileArray, where: string): PortValue {
  const type = typeOfDtype[port.dtype];
  if (array.quantized && array.type !== type) {
    throw mismatch(
      where,
      `Quantized data for "${port.name}" must be ${type}, not ${array.type}.`,
      'Correct its "type".',
    );
  }
  if (array.type !== null && isFloat(array.type)) {
    throw mismatch(
      where,
      `"${port.name}" reads ${type}; the file holds ${array.type}.`,
      `Convert the data to ${type}.`,
    );
  }
  const bad = type === 'int64' || type === 'int32' ? firstOutside('int32', array.values) : -1;
  const outside = bad >= 0 ? bad : type === 'uint8' || type === 'int8' ? firstOutside(type, array.values) : -1;
  if (outside >= 0) {
    throw mismatch(
      where,
      `Element ${outside} for "${port.name}" is ${array.values[outside]}, not a ${type}.`,
      'Correct it.',
    );
  }
  return { kind: 'integers', tensor: intTensor(port.dtype, port.dims, Int32Array.from(array.values)) };
}

function floatsOf(port: Port, array: FileArray, where: string): PortValue {
  if (array.type !== null && !isFloat(array.type)) {
    const next =
      'Convert the values to float32 as the model was trained on them; ' +
      'or, if they are the already quantized integers, use JSON with "quantized": true.';
    throw mismatch(where, `"${port.name}" reads float32; the file holds ${array.type}.`, next);
  }
  const bad = firstNonFinite(array.values);
  if (bad >= 0) {
    throw mismatch(where, `Element ${bad} for "${port.name}" is ${array.values[bad]}.`, 'Use finite numbers only.');
  }
  const values = Float32Array.from(array.values);
  const huge = firstNonFinite(values);
  if (huge >= 0) {
    throw mismatch(
      where,
      `Element ${huge} for "${port.name}" is ${array.values[huge]}, beyond float32.`,
      'Use smaller numbers.',
    );
  }
  return { kind: 'floats', values };
}

/** Values for every port, by port name. Throws `INPUT_MISMATCH`. */
export function bindArrays(
  arrays: readonly FileArray[],
  ports: readonly Port[],
  where: string,
): Map<string, PortValue> {
  const out = new Map<string, PortValue>();
  for (const [port, array] of pair(arrays, ports, where)) {
    checkShape(port, array, where);
    const integers = port.quantization === null || array.quantized;
    out.set(port.name, integers ? integersOf(port, array, where) : floatsOf(port, array, where));
  }
  return out;
}

/** The integers of every port, by port name: float values are quantized as the model does it. Throws `INPUT_MISMATCH`. */
export function bindInputs(
  arrays: readonly FileArray[],
  ports: readonly Port[],
  where: string,
): Map<string, IntTensor> {
  const values = bindArrays(arrays, ports, where);
  const out = new Map<string, IntTensor>();
  for (const port of ports) {
    const value = values.get(port.name) as PortValue;
    out.set(port.name, value.kind === 'integers' ? value.tensor : quantizeInput(port, value.values));
  }
  return out;
}
