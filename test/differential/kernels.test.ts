/** One proof, whichever kernels made it, and a verifier that needs none of them. */
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { wasmKernels } from '../../src/backends/transparent/kernels/wasm.ts';
import { instantiateWasm } from '../../src/base/wasm.ts';
import { everyGadget } from '../support/circuits.ts';

const model = readFileSync(new URL('../fixtures/models/tiny-cnn.qdq.onnx', import.meta.url));
type Engine = {
  readonly validate: (bytes: Uint8Array) => boolean;
  readonly Module: unknown;
  readonly Instance: unknown;
};

const randomness = new Uint8Array(32).fill(5);

/** The same run with everything loaded anew, so that what the modules found out about the engine is forgotten. */
async function proveAnew(): Promise<{ readonly proof: Uint8Array; readonly accepted: boolean }> {
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
  const proof = encodeProof(proveInference(provingKey, inputs, { randomness }).proof);
  return { proof, accepted: verify(encodeVerifyingKey(verifyingKey), proof).ok };
}

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

describe('the proof bytes', () => {
  it('are the same with SIMD, without SIMD and without WebAssembly', async () => {
    const simd = await proveAnew();
    expect(simd.accepted).toBe(true);
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
  });
});
