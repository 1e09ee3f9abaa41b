/** onnxruntime-node, loaded only when it is asked for: it is an optional dependency. */
import type { InferenceSession } from 'onnxruntime-node';
import { ProvennError } from '../errors.ts';

export type Onnxruntime = typeof import('onnxruntime-node');

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

/** Full optimisation on one CPU thread; `config` holds `session.*` entries. */
export function sessionOptions(config: Readonly<Record<string, string>>): InferenceSession.SessionOptions {
  return {
    graphOptimizationLevel: 'all',
    executionProviders: ['cpu'],
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
    extra: { session: config },
  };
}
