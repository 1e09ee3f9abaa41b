/** The compiled sources, for scripts: `npm run build` first. */
const dist = new URL('../../dist/src/', import.meta.url);

export const { defaultLimits } = await import(new URL('onnx/limits.js', dist));
export const { readModel, writeModel } = await import(new URL('onnx/index.js', dist));
export const { readTensor } = await import(new URL('onnx/tensor.js', dist));
export const { WireReader } = await import(new URL('onnx/wire.js', dist));
export const { ProvennError } = await import(new URL('base/errors.js', dist));
export const { importQuantized, quantizeModel } = await import(new URL('quantize/index.js', dist));
export const { calibrate } = await import(new URL('quantize/node/calibrate.js', dist));
export const { execute } = await import(new URL('runtime/execute.js', dist));
export const { dequantizeOutput, quantizeInput } = await import(new URL('runtime/ports.js', dist));
export const { checkAgainstOnnxruntime, exposableTensors } = await import(new URL('runtime/node/oracle.js', dist));
export const { compileModel, proveInference } = await import(new URL('pipeline/index.js', dist));
export const { encodeProof } = await import(new URL('artifact/proof.js', dist));
