/** onnxruntime-node, loaded only when a command needs it: it is an optional dependency. */
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { ProvennError } from '../../base/errors.ts';

type Onnxruntime = typeof import('onnxruntime-node');

/** Values of one model input: row-major float32. */
export type FloatArray = { readonly dims: readonly number[]; readonly data: Float32Array };

/** One sample or batch, by input name. */
export type FloatInputs = ReadonlyMap<string, FloatArray>;

export async function loadOnnxruntime(): Promise<Onnxruntime> {
  try {
    return await import('onnxruntime-node');
  } catch (cause) {
    throw new ProvennError('DEPENDENCY_MISSING', 'onnxruntime-node is not installed', {
      next: 'Install it with: npm install onnxruntime-node --onnxruntime-node-install=skip',
      cause,
    });
  }
}

/** A model ready to run; results are copies and stay valid. */
export type Runner = {
  run(inputs: FloatInputs): Promise<ReadonlyMap<string, Tensor>>;
  close(): Promise<void>;
};

/** Opens a model on one CPU thread. `integer` sets the options under which int8 groups run exactly as integers. */
export async function openModel(bytes: Uint8Array, config: Readonly<Record<string, string>>): Promise<Runner> {
  const ort = await loadOnnxruntime();
  const options: InferenceSession.SessionOptions = {
    graphOptimizationLevel: 'all',
    executionProviders: ['cpu'],
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
    extra: { session: config },
  };
  const session = await ort.InferenceSession.create(bytes, options);
  return {
    run: async (inputs) => {
      const feeds = new Map([...inputs].map(([name, { dims, data }]) => [name, new ort.Tensor('float32', data, dims)]));
      return new Map(Object.entries(await session.run(Object.fromEntries(feeds))));
    },
    close: () => session.release(),
  };
}
