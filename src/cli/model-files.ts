/** Loads what commands work on: models and folders of models, their preprocessing, and inputs. */
import { dirname, join } from 'node:path';
import type { DataSet } from '../artifact/data-set.ts';
import type { Port } from '../artifact/quant-graph.ts';
import { ProvennError } from '../base/errors.ts';
import type { IntTensor } from '../base/tensor.ts';
import type { ImportedModel } from '../pipeline/import.ts';
import type { FileArray } from '../pipeline/io/array.ts';
import { bindInputs } from '../pipeline/io/bind.ts';
import { decodeInputFile } from '../pipeline/io/input-file.ts';
import { decodePreprocessing, type Preprocessing } from '../pipeline/io/preprocess.ts';
import { isFolder, readFile, readFileIfPresent } from '../pipeline/node/files.ts';
import { modelFile, modelFolder } from '../pipeline/node/folder.ts';
import { located } from './located.ts';

/** A preprocess.json and the bytes it came from. */
export type LoadedPreprocessing = { readonly bytes: Uint8Array; readonly preprocessing: Preprocessing };

/** The named file, or a preprocess.json beside `neighbour` when there is one. */
export function loadPreprocessing(named: string | undefined, neighbour: string): LoadedPreprocessing | null {
  const path = named ?? join(dirname(neighbour), modelFolder.preprocessing);
  const bytes = named === undefined ? readFileIfPresent(path) : readFile(path);
  return bytes === null ? null : { bytes, preprocessing: decodePreprocessing(bytes, path) };
}

export type LoadedModel = {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly imported: ImportedModel;
  readonly preprocessing: Preprocessing | null;
};

/** The ONNX file a MODEL or DIR argument means. */
export function modelPath(target: string): string {
  return isFolder(target) ? modelFile(target, modelFolder.model) : target;
}

/** An int8 model from an ONNX file or from a folder that `compile` wrote. */
export async function loadModel(target: string, preprocess: string | undefined): Promise<LoadedModel> {
  const path = modelPath(target);
  const bytes = readFile(path);
  // Loaded here: commands that read keys and proofs do without ONNX.
  const { importModel } = await import('../pipeline/import.ts');
  const imported = await located(path, () => importModel(bytes));
  const neighbour = isFolder(target) ? join(target, modelFolder.model) : path;
  return { path, bytes, imported, preprocessing: loadPreprocessing(preprocess, neighbour)?.preprocessing ?? null };
}

export function readArrays(
  path: string,
  preprocessing: Preprocessing | null,
  member: 'inputs' | 'outputs' = 'inputs',
): FileArray[] {
  return decodeInputFile(readFile(path), { where: path, preprocessing, member });
}

/** The integers of every input port, from a file of any supported format. */
export function readInputs(
  path: string,
  ports: readonly Port[],
  preprocessing: Preprocessing | null,
): Map<string, IntTensor> {
  return bindInputs(readArrays(path, preprocessing), ports, path);
}

/**
 * The integers of every data set, by matrix. Samples lie along the first axis; where the model's own first dimension is 1, it
 * may be left out, as files of many samples do.
 */
export function readSamples(path: string, dataSets: readonly DataSet[]): Map<string, IntTensor> {
  if (dataSets.length === 0) {
    throw new ProvennError('USAGE', 'The network reads no sample of a data set.', {
      next: 'Compile it with --visibility input=committed --samples N.',
    });
  }
  const stacks = dataSets.map(({ port, samples }): Port => ({ ...port, dims: [samples, ...port.dims] }));
  const arrays = readArrays(path, null).map((array, index) => {
    const stack = array.name === null ? stacks[index] : stacks.find(({ name }) => name === array.name);
    const [samples, first, ...rest] = stack?.dims ?? [];
    const isShort = first === 1 && array.dims?.join() === [samples, ...rest].join();
    return isShort && stack !== undefined ? { ...array, dims: stack.dims } : array;
  });
  const values = bindInputs(arrays, stacks, path);
  return new Map(dataSets.map(({ matrix, port }) => [matrix, values.get(port.name) as IntTensor]));
}

/** A file of a compiled model; an absent folder and a folder of something else each get their own advice. */
export function readModelFile(folder: string, name: string): Uint8Array {
  const path = modelFile(folder, name);
  if (isFolder(folder)) {
    const bytes = readFileIfPresent(path);
    if (bytes !== null) return bytes;
    throw new ProvennError('FILE_NOT_FOUND', `The folder has no ${name}: it is not a compiled model.`, {
      where: folder,
      next: 'Make one with: provenn compile MODEL.onnx -o DIR',
    });
  }
  throw new ProvennError('FILE_NOT_FOUND', 'A folder made by provenn compile is expected here.', {
    where: folder,
    next: 'Make one with: provenn compile MODEL.onnx -o DIR',
  });
}
