/** One proof, whichever kernels made it, and a verifier that needs none of them. */
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { wasmKernels } from '../../src/backends/transparent/kernels/wasm.ts';
import { openNodeThreads } from '../../src/base/threads/node/threads.ts';
import { instantiateWasm } from '../../src/base/wasm.ts';
import { everyGadget } from '../support/circuits.ts';

const model = readFileSync(new URL('../fixtures/models/tiny-cnn.qdq.onnx', import.meta.url));
type Engine = {
  readonly validate: (bytes: Uint8Array) => boolean;
  readonly Module: unknown;
  readonly Instance: unknown;
};

const randomness = new Uint8Array(32).fill(5);

type Made = { readonly proof: Uint8Array; readonly accepted: boolean; readonly onThreads: readonly Uint8Array[] };

/** The same run with everything loaded anew, so that what the modules found out about the engine is forgotten. */
async function proveAnew(counts: readonly number[] = []): Promise<Made> {
  vi.resetModules();
  const { compileModel, importModel, proveInference } = await import('../../src/pipeline/index.ts');
  const { encodeProof } = await import('../../src/artifact/proof.ts');
  const { verify } = await import('../../src/verify/index.ts');
  const { encodeVerifyingKey } = await import('../../src/artifact/keys.ts');
  const imported = importModel(model).model;
  const { provingKey, verifyingKey } = compileModel(imported);
  const inputs = new Map(
    imported.inputs.map(({ name, dtype, dims }) => {
      const cells = dims.reduce((total, size) => total * size, 1);
      return [name, { dtype, dims, data: Int32Array.from({ length: cells }, (_, i) => (37 * i) % 100) }];
    }),
  );
  const { openNodeThreads } = await import('../../src/base/threads/node/threads.ts');
  const proof = encodeProof(proveInference(provingKey, inputs, { randomness }).proof);
  const onThreads = counts.map((count) => {
    const threads = openNodeThreads(count, { quantum: 200 });
    if (threads === null) throw new Error('threads are not to be had here');
    const made = encodeProof(proveInference(provingKey, inputs, { randomness, threads }).proof);
    threads.close();
    return made;
  });
  return { proof, onThreads, accepted: verify(encodeVerifyingKey(verifyingKey), proof).ok };
}

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

describe('the proof bytes', () => {
  it('are the same with SIMD, on two and three threads, without SIMD and without WebAssembly', async () => {
    const simd = await proveAnew([2, 3]);
    expect(simd.accepted).toBe(true);
    expect(simd.onThreads).toEqual([simd.proof, simd.proof]);
    const real: Engine = Reflect.get(globalThis, 'WebAssembly');
    // Only the larger module has SIMD: an engine without it refuses just that one.
    const texts = await import('../../src/base/generated/kernels.ts');
    const simdBytes = Buffer.from(texts.simd, 'base64').length;
    const refused = vi.fn((bytes: Uint8Array) => bytes.length !== simdBytes && real.validate(bytes));
    vi.stubGlobal('WebAssembly', { validate: refused, Module: real.Module, Instance: real.Instance });
    const scalar = await proveAnew();
    expect(refused).toHaveBeenCalledTimes(2);
    vi.stubGlobal('WebAssembly', undefined);
    const plain = await proveAnew();
    expect([scalar.accepted, plain.accepted]).toEqual([true, true]);
    expect(scalar.proof).toEqual(simd.proof);
    expect(plain.proof).toEqual(simd.proof);
  });

  it('are the same for every gadget, with kernels given one by one', async () => {
    const { acceptKey, assign, makeKey, proveCells } = await import('../../src/backends/transparent/index.ts');
    const { referenceKernels } = await import('../../src/backends/transparent/kernels/reference.ts');
    const { complete } = await import('../support/circuits.ts');
    const { circuit, inputs } = everyGadget();
    const key = acceptKey(makeKey(circuit));
    const cells = assign(key.system, complete(circuit, inputs));
    const context = new Uint8Array(0);
    const expected = proveCells(key, cells, context, { randomness, kernels: referenceKernels });
    for (const flavour of ['simd', 'scalar'] as const) {
      const wasm = instantiateWasm(flavour);
      if (wasm === null) throw new Error(`${flavour} does not run here`);
      expect(proveCells(key, cells, context, { randomness, kernels: wasmKernels(wasm) })).toEqual(expected);
    }
    // Pieces of any size: most calls are cut, and three threads cut elsewhere than two.
    for (const count of [1, 2, 3]) {
      const threads = openNodeThreads(count, { quantum: 50 });
      if (threads === null) throw new Error('threads are not to be had here');
      expect(proveCells(key, cells, context, { randomness, kernels: wasmKernels(threads.wasm) })).toEqual(expected);
      threads.close();
    }
  });
});
