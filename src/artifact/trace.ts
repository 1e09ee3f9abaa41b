/** Trace: every tensor of one exact integer run, by name. */
import type { IntTensor } from '../base/tensor.ts';

export type Trace = {
  readonly tensors: ReadonlyMap<string, IntTensor>;
};
