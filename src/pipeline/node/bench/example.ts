/** The trained LeNet-5 that comes with provenn, with one image of it: what peers and the command line are timed on. */
import { join } from 'node:path';
import { ProvennError } from '../../../base/errors.ts';
import type { IntTensor } from '../../../base/tensor.ts';
import { readModel } from '../../../onnx/index.ts';
import { type FloatInputs, openModel } from '../../../quantize/node/float-session.ts';
import { importModel } from '../../import.ts';
import { bindInputs } from '../../io/bind.ts';
import { readCalibration } from '../../io/calibration.ts';
import { decodeInputFile } from '../../io/input-file.ts';
import { decodePreprocessing } from '../../io/preprocess.ts';
import { outputsOf, runModel } from '../../run.ts';
import { readFile } from '../files.ts';
import { packageRoot } from '../platform.ts';

export type Example = {
  readonly root: string;
  /** Paths of the float model, the int8 model and the image. */
  readonly float: string;
  readonly int8: string;
  readonly image: string;
  /** The image as each model reads it. */
  readonly sample: FloatInputs;
  readonly integers: ReadonlyMap<string, IntTensor>;
  readonly calibration: readonly FloatInputs[];
};

/** Throws `FILE_NOT_FOUND` where the package is not on disk as a whole. */
export function exampleLenet(): Example {
  const root = packageRoot();
  if (root === null) {
    throw new ProvennError('FILE_NOT_FOUND', 'The example model is not part of this installation.', {
      next: 'Use provenn from its source folder or from the npm package.',
    });
  }
  const folder = join(root, 'artifacts', 'lenet5');
  const float = join(folder, 'lenet5.onnx');
  const int8 = join(folder, 'lenet5.int8.onnx');
  const image = join(folder, 'images', '9-ankle-boot.png');
  const preprocessing = decodePreprocessing(readFile(join(folder, 'preprocess.json')), folder);
  const graph = readModel(readFile(float));
  const arrays = (path: string) =>
    decodeInputFile(readFile(path), { where: path, preprocessing, member: 'inputs' as const });
  const samples = (path: string) => readCalibration(arrays(path), graph, preprocessing, path).samples;
  return {
    root,
    float,
    int8,
    image,
    sample: samples(image)[0] as FloatInputs,
    integers: bindInputs(arrays(image), importModel(readFile(int8)).model.inputs, image),
    calibration: samples(join(folder, 'calibration.npz')),
  };
}

/** What onnxruntime answers in float, and what provenn proves. */
export async function answersOf(example: Example): Promise<{ readonly float: number[]; readonly int8: number[] }> {
  const runner = await openModel(readFile(example.float), {});
  try {
    const [output] = (await runner.run(example.sample)).values();
    const { model } = importModel(readFile(example.int8));
    const [proven] = outputsOf(model, runModel(model, example.integers));
    return { float: Array.from(output?.data as Float32Array), int8: Array.from(proven?.values ?? []) };
  } finally {
    await runner.close();
  }
}
