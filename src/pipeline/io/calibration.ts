/** Calibration data: arrays of samples for every input of a float model, and class labels when the file has them. */
import type { Graph, ValueInfo } from '../../artifact/graph.ts';
import { ProvennError } from '../../base/errors.ts';
import { type FileArray, firstNonFinite } from './array.ts';
import { imageDims, type Preprocessing, scalePixels } from './preprocess.ts';

/** Float values of one input for one sample. */
export type SampleArray = { readonly dims: readonly number[]; readonly data: Float32Array };

export type Calibration = {
  readonly samples: readonly ReadonlyMap<string, SampleArray>[];
  /** One class per sample; null when the file has none. */
  readonly labels: readonly number[] | null;
};

const labelNames = ['label', 'labels'];

function mismatch(where: string, message: string, next: string): ProvennError {
  return new ProvennError('INPUT_MISMATCH', message, { where, next });
}

/** All values of an array as floats; raw pixels go through the preprocessing. */
function toFloats(array: FileArray, preprocessing: Preprocessing | null, where: string): Float32Array {
  const bad = firstNonFinite(array.values);
  if (bad >= 0) throw mismatch(where, `Element ${bad} is ${array.values[bad]}.`, 'Use finite numbers only.');
  if (array.type !== 'uint8') return Float32Array.from(array.values);
  if (preprocessing === null) {
    const next = 'Name the file that says how pixels become inputs with --preprocess, or give float32 values.';
    throw mismatch(where, 'The array holds uint8 values; the model reads float32.', next);
  }
  const tail = imageDims(preprocessing).slice(1);
  if (array.dims === null || String(array.dims.slice(1)) !== String(tail)) {
    const message = `The pixels have shape [${array.dims?.join(',') ?? '?'}]; the preprocessing is for [N,${tail.join(',')}].`;
    throw mismatch(where, message, 'Give images of that size and layout.');
  }
  return scalePixels(array.values as Uint8Array, preprocessing);
}

/** Shape of one sample: that of the model's input, whose first dimension counts the batch. */
function sampleDims(input: ValueInfo, where: string): readonly number[] {
  const dims = input.dims;
  if (dims === undefined || dims.length === 0 || !dims.every((size) => typeof size === 'number')) {
    const next = 'Export the model with fixed shapes.';
    throw mismatch(where, `The shape of the model's input ${input.name} is not fixed.`, next);
  }
  return dims as readonly number[];
}

function split(input: ValueInfo, array: FileArray, preprocessing: Preprocessing | null, where: string): SampleArray[] {
  const dims = sampleDims(input, where);
  const shape = array.dims ?? [];
  if (shape.length !== dims.length || String(shape.slice(1)) !== String(dims.slice(1))) {
    const message = `The array for "${input.name}" has shape [${shape.join(',')}]; samples of [N,${dims.slice(1).join(',')}] are expected.`;
    throw mismatch(where, message, 'Stack the samples along the first dimension.');
  }
  const [batch = 1] = dims;
  const data = toFloats(array, preprocessing, `${where}, "${input.name}"`);
  const count = Math.floor((shape[0] ?? 0) / batch);
  const size = count === 0 ? 0 : (data.length / (shape[0] ?? 1)) * batch;
  return Array.from({ length: count }, (_, i) => ({ dims, data: data.subarray(i * size, (i + 1) * size) }));
}

function readLabels(
  arrays: readonly FileArray[],
  inputs: readonly ValueInfo[],
  count: number,
  where: string,
): readonly number[] | null {
  const isInput = (name: string): boolean => inputs.some((input) => input.name === name);
  const found = arrays.find(({ name }) => name !== null && labelNames.includes(name) && !isInput(name));
  if (found === undefined) return null;
  const labels = Array.from(found.values);
  if (labels.length !== count || !labels.every((label) => Number.isInteger(label) && label >= 0)) {
    throw mismatch(
      where,
      `"${found.name}" must hold one class number for each of the ${count} samples.`,
      'Correct it, or leave it out.',
    );
  }
  return labels;
}

/** The array of each input: by name, or the only one there is. */
function arrayOf(
  input: ValueInfo,
  arrays: readonly FileArray[],
  inputs: readonly ValueInfo[],
  where: string,
): FileArray {
  const named = arrays.find(({ name }) => name === input.name);
  const others = arrays.filter(({ name }) => name === null || !labelNames.includes(name));
  const only = inputs.length === 1 && others.length === 1 ? others[0] : undefined;
  const array = named ?? only;
  if (array !== undefined) return array;
  const names = arrays.map(({ name }) => `"${name ?? 'unnamed'}"`).join(', ');
  throw mismatch(where, `There is no array for the model's input "${input.name}".`, `The file holds ${names}.`);
}

/** Splits a file into samples for the inputs of a float model. Throws `INPUT_MISMATCH`. */
export function readCalibration(
  arrays: readonly FileArray[],
  graph: Graph,
  preprocessing: Preprocessing | null,
  where: string,
): Calibration {
  const columns = graph.inputs.map((input): [string, SampleArray[]] => [
    input.name,
    split(input, arrayOf(input, arrays, graph.inputs, where), preprocessing, where),
  ]);
  const count = columns[0]?.[1].length ?? 0;
  if (count === 0) throw mismatch(where, 'There is no sample.', 'Give a hundred or more typical inputs.');
  if (columns.some(([, samples]) => samples.length !== count)) {
    throw mismatch(where, 'The inputs have different numbers of samples.', 'Give as many of one as of the other.');
  }
  const samples = Array.from(
    { length: count },
    (_, i) => new Map(columns.map(([name, column]) => [name, column[i] as SampleArray])),
  );
  return { samples, labels: readLabels(arrays, graph.inputs, count, where) };
}
