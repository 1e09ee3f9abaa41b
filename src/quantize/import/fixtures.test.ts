import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fixtureNames as names } from '../../../test/support/network-fixtures.ts';
import { readModel } from '../../onnx/index.ts';
import { execute } from '../../runtime/execute.ts';
import { dequantizeOutput, quantizeInput } from '../../runtime/ports.ts';
import { compareWithOnnxruntime, hasOnnxruntime } from '../laws.ts';
import { importQuantized } from './import-quantized.ts';

const fixtures = new URL('../../../test/fixtures/', import.meta.url);

function model(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`models/${name}.onnx`, fixtures)));
}

type Recorded = {
  readonly input: { readonly name: string; readonly data?: readonly number[] };
  readonly tensors: Readonly<
    Record<string, { readonly type: string; readonly dims: readonly number[]; readonly data: readonly number[] }>
  >;
};

function recorded(name: string): Recorded {
  return JSON.parse(readFileSync(new URL(`ort/${name}.json`, fixtures), 'utf8')) as Recorded;
}

describe("models written by onnxruntime's quantizer", () => {
  it('are eight LeNets, six networks in five flavours and at least ten tiny ones', () => {
    expect(names.filter((name) => name.startsWith('lenet5'))).toHaveLength(8);
    expect(names.filter((name) => /[.](channel|tensor)[.]/.test(name))).toHaveLength(8 + 30);
    expect(names.length).toBeGreaterThanOrEqual(48);
  });

  it.skipIf(!hasOnnxruntime).each(names)('%s runs as in onnxruntime, every integer', async (name) => {
    const { mismatch, tensors, quant } = await compareWithOnnxruntime(model(name), name.startsWith('lenet5') ? 4 : 20);
    expect(mismatch).toBeNull();
    // Every integer tensor but those between two float operators exists in the file; the output counts once more.
    const named = quant.tensors.filter((tensor) => !/[/]quantized([.]\d+)?$/.test(tensor.name));
    expect(tensors).toBe(named.length + quant.outputs.length);
  });

  it.each(names.filter((name) => name.startsWith('tiny')))('%s gives the recorded integers', (name) => {
    const { input, tensors } = recorded(name);
    const quant = importQuantized(readModel(model(name)));
    const [port] = quant.inputs;
    const [output] = quant.outputs;
    if (port === undefined || output === undefined) throw new Error('no ports');
    const trace = execute(quant, new Map([[port.name, quantizeInput(port, input.data ?? [])]]));
    for (const [tensor, { type, dims, data }] of Object.entries(tensors)) {
      const ours = trace.tensors.get(tensor);
      if (type !== 'float32' && ours !== undefined) expect([ours.dims, [...ours.data]]).toEqual([dims, data]);
    }
    const floats = tensors[output.name]?.data ?? [];
    const integers = trace.tensors.get(output.tensor);
    if (integers === undefined) throw new Error('no output');
    expect([...dequantizeOutput(output, integers)]).toEqual(floats.map(Math.fround));
    expect(Object.keys(tensors).filter((tensor) => trace.tensors.has(tensor)).length).toBeGreaterThan(1);
  });

  it('agree on the integers in both spellings', () => {
    const integers = (spelling: string): number[][] => {
      const quant = importQuantized(readModel(model(`lenet5.${spelling}.channel.u8s8`)));
      return [...quant.constants.values()].filter((tensor) => tensor.dtype === 's8').map((tensor) => [...tensor.data]);
    };
    expect(integers('qdq')).toEqual(integers('qop'));
  });
});
