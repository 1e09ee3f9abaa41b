/** The fastest kernels that run here, and what they are called. */
import type { Kernels } from './kernels.ts';
import { referenceKernels } from './reference.ts';
import { wasmKernels } from './wasm.ts';

let chosen: Kernels | null = null;

/** WebAssembly with SIMD, without, or plain TypeScript; made once, on first use. */
export function defaultKernels(): Kernels {
  chosen ??= wasmKernels('simd') ?? wasmKernels('scalar') ?? referenceKernels;
  return chosen;
}
