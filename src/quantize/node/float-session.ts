/** Float models run through onnxruntime: what calibration and the error report need of it. */
import type { Tensor } from 'onnxruntime-node';
import { ProvennError } from '../../base/errors.ts';
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

/** Opens a model on one CPU thread, with entries of the session configuration. Throws `MODEL_INVALID` when onnxruntime refuses it. */
export async function openModel(bytes: Uint8Array, config: Readonly<Record<string, string>>): Promise<Runner> {
  const ort = await loadOnnxruntime();
  const session = await ort.InferenceSession.create(bytes, sessionOptions(config)).catch((cause: unknown) => {
    throw refused('load the model', cause);
  });
  return {
    run: async (inputs) => {
      const feeds = new Map([...inputs].map(([name, { dims, data }]) => [name, new ort.Tensor('float32', data, dims)]));
      const results = await session.run(Object.fromEntries(feeds)).catch((cause: unknown) => {
        throw refused('run the model', cause);
      });
      return new Map(Object.entries(results));
    },
    close: () => session.release(),
  };
}

function refused(what: string, cause: unknown): ProvennError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new ProvennError('MODEL_INVALID', `onnxruntime does not ${what}: ${why}`, {
    next: 'Check the model with onnx.checker, or run it in onnxruntime.',
    cause,
  });
}
