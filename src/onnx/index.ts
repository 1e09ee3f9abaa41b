/** The onnx room: bytes of an ONNX file ↔ `Graph`. */
import type { Graph } from '../artifact/graph.ts';
import type { Bindings } from './bindings.ts';
import { checkModel } from './check.ts';
import { defaultLimits, type ModelLimits } from './limits.ts';
import { parseModel } from './model.ts';
import { inferShapes } from './shape-inference.ts';
import { upgradeOpset } from './upgrade.ts';

export type { Bindings } from './bindings.ts';
export type { ModelLimits } from './limits.ts';
export { writeModel } from './writer.ts';

export type ReadOptions = {
  /** Overrides of single limits. */
  readonly limits?: Partial<ModelLimits>;
  /** Sizes of symbolic input dimensions; an unbound first dimension becomes 1. */
  readonly bindings?: Bindings;
};

/**
 * Reads, checks, sorts and shapes an ONNX model.
 *
 * Throws only `ProvennError`, whatever the bytes: `MODEL_MALFORMED`, `MODEL_INVALID`, `MODEL_UNSUPPORTED`,
 * `MODEL_EXTERNAL_DATA`, `RESOURCE_LIMIT`, and for the bindings `INPUT_MISMATCH` or `USAGE`. Operators without a shape
 * rule are not refused here: their outputs stay without type and shape.
 */
export function readModel(bytes: Uint8Array, options: ReadOptions = {}): Graph {
  const limits: ModelLimits = { ...defaultLimits, ...options.limits };
  return inferShapes(upgradeOpset(checkModel(parseModel(bytes, limits))), options.bindings ?? {}, limits);
}
