/** The fastest kernels that run here. */
import { sharedWasm, type Wasm } from '../../../base/wasm.ts';
import type { Kernels } from './kernels.ts';
import { referenceKernels } from './reference.ts';
import { wasmKernels } from './wasm.ts';

const made = new WeakMap<Wasm, Kernels>();

/** On the instance that everything uses now: WebAssembly with SIMD, without, or on several threads; else plain TypeScript. */
export function defaultKernels(): Kernels {
  const wasm = sharedWasm();
  if (wasm === null) return referenceKernels;
  const known = made.get(wasm) ?? wasmKernels(wasm);
  made.set(wasm, known);
  return known;
}
