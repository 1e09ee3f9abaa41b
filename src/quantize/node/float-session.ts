/** Float models run through onnxruntime: what calibration and the error report need of it. */
import type { Tensor } from 'onnxruntime-node';
import { loadOnnxruntime, sessionOptions } from '../../base/node/onnxruntime.ts';

/** Values of one model input: row-major float32. */
export type FloatArray = { readonly dims: readonly number[]; readonly data: Float32Array };

/** One sample or batch, by input name. */
export type FloatInputs = ReadonlyMap<string, FloatArray>;

/** A model ready to run; results are copies and stay valid. */
export type Runner = {
  run(inputs: FloatInputs): Promise<ReadonlyMap<string, Tensor>>;
  close(): Promise<void>;
};

/** Opens a model on one CPU thread. `integer` sets the options under which int8 groups run exactly as integers. */
export async function openModel(bytes: Uint8Array, config: Readonly<Record<string, string>>): Promise<Runner> {
  const ort = await loadOnnxruntime();
  const session = await ort.InferenceSession.create(bytes, sessionOptions(config));
  return {
    run: async (inputs) => {
      const feeds = new Map([...inputs].map(([name, { dims, data }]) => [name, new ort.Tensor('float32', data, dims)]));
      return new Map(Object.entries(await session.run(Object.fromEntries(feeds))));
    },
    close: () => session.release(),
  };
}
