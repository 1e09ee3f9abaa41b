import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { IntTensor } from '../../base/tensor.ts';
import { readModel, writeModel } from '../../onnx/index.ts';
import { importQuantized } from '../../quantize/index.ts';
import { execute } from '../execute.ts';
import { checkAgainstOnnxruntime, exposableTensors, type OracleRequest } from './oracle.ts';
import { probeOnnxruntime } from './probe.ts';

const hasOnnxruntime = await import('onnxruntime-node').then(
  () => true,
  () => false,
);

function request(name: string): OracleRequest & { readonly inputs: ReadonlyMap<string, IntTensor> } {
  const path = new URL(`../../../test/fixtures/models/${name}.onnx`, import.meta.url);
  const model = new Uint8Array(readFileSync(path));
  const graph = readModel(model);
  const quant = importQuantized(graph);
  const inputs = new Map(
    quant.inputs.map(({ name: port, dims, dtype }) => {
      const size = dims.reduce((a, b) => a * b, 1);
      const low = dtype === 'u8' ? 0 : -128;
      return [port, { dtype, dims, data: Int32Array.from({ length: size }, (_, i) => low + ((i * 89 + 13) % 256)) }];
    }),
  );
  const exposedModel = writeModel(graph, { extraOutputs: exposableTensors(graph, quant) });
  return { model, exposedModel, quant, inputs, trace: execute(quant, inputs) };
}

describe.skipIf(!hasOnnxruntime)('checkAgainstOnnxruntime', () => {
  it('takes the integers behind the ports and agrees', async () => {
    const report = await checkAgainstOnnxruntime(request('tiny-cnn.u8s8.qdq'));
    expect(report).toMatchObject({ mismatch: null, tensors: 6 });
    expect(report.elements).toBe(36 + 72 + 18 + 18 + 3 + 3);
    expect(report.version).toMatch(/^\d+[.]\d+[.]\d+$/);
  });

  it('names the first tensor, index and values that differ', async () => {
    const honest = request('tiny-cnn.qdq');
    const name = 'pool1_QuantizeLinear_Output';
    const tensor = honest.trace.tensors.get(name) as IntTensor;
    const data = Int32Array.from(tensor.data);
    data[5] = (data[5] as number) + 1;
    const trace = { tensors: new Map([...honest.trace.tensors, [name, { ...tensor, data }]]) };
    const report = await checkAgainstOnnxruntime({ ...honest, trace });
    expect(report.mismatch).toEqual({ tensor: name, index: 5, expected: tensor.data[5], actual: data[5] });
  });

  it('notices when the model as it is returns something else than the exposed one', async () => {
    const honest = request('tiny-mlp.qdq');
    const other = request('tiny-mlp.qop');
    const report = await checkAgainstOnnxruntime({ ...honest, model: changedOutputScale(other.model) });
    expect(report.mismatch?.tensor).toBe('output');
  });

  it('says when onnxruntime does not load the model', async () => {
    const honest = request('tiny-mlp.qdq');
    const broken = { ...honest, exposedModel: honest.exposedModel.slice(0, 100) };
    await expect(checkAgainstOnnxruntime(broken)).rejects.toMatchObject({ code: 'ORACLE_MISMATCH' });
  });

  it('tells which kind of kernels this machine has', async () => {
    const kind = await probeOnnxruntime();
    expect(typeof kind.saturates).toBe('boolean');
    expect(await probeOnnxruntime()).toEqual(kind);
  });
});

/** The same model with a doubled output scale. */
function changedOutputScale(model: Uint8Array): Uint8Array {
  const graph = readModel(model);
  const scale = graph.initializers.get('output_scale');
  if (scale?.type !== 'float32') throw new Error('no output_scale');
  const initializers = new Map(graph.initializers);
  initializers.set('output_scale', { ...scale, data: scale.data.map((value) => 2 * value) });
  return writeModel({ ...graph, initializers });
}
