/** The fastest kernels that run here. */
import { sharedWasm } from '../../../base/wasm.ts';
import type { Kernels } from './kernels.ts';
import { referenceKernels } from './reference.ts';
import { wasmKernels } from './wasm.ts';

let chosen: Kernels | null = null;

/** WebAssembly with SIMD, without, or plain TypeScript; made once, on first use. */
export function defaultKernels(): Kernels {
  if (chosen === null) {
    const wasm = sharedWasm();
    chosen = wasm === null ? referenceKernels : wasmKernels(wasm);
  }
  return chosen;
}
