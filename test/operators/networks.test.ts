/** Whole networks: every tensor onnxruntime recorded for the fixture models, against the exact run. */
import { readdirSync, readFileSync } from 'node:fs';
import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { readModel } from '../../src/onnx/index.ts';
import { importQuantized } from '../../src/quantize/index.ts';
import { execute } from '../../src/runtime/execute.ts';
import { dequantizeOutput, quantizeInput } from '../../src/runtime/ports.ts';

const fixtures = new URL('../fixtures/', import.meta.url);
const images = new URL('../../artifacts/lenet5/images/', import.meta.url);

/** What `scripts/make-fixtures.py` writes: the input as floats or as images, the tensors over the whole batch. */
type Recording = {
  readonly model: string;
  readonly input: {
    readonly dims: readonly number[];
    readonly data?: readonly number[];
    readonly images?: readonly string[];
  };
  readonly tensors: Readonly<Record<string, { readonly data: readonly number[] }>>;
};

function inputRows({ dims, data, images: names }: Recording['input']): number[][] {
  if (names !== undefined) {
    return names.map((name) =>
      Array.from(decode(readFileSync(new URL(name, images))).data, (pixel) => Math.fround(pixel * (1 / 255))),
    );
  }
  const batch = dims[0] as number;
  const cells = (data?.length ?? 0) / batch;
  return Array.from({ length: batch }, (_, b) => (data ?? []).slice(b * cells, (b + 1) * cells));
}

const recordings = readdirSync(new URL('ort/', fixtures));

describe.each(recordings)('%s', (file) => {
  it('equals onnxruntime in every recorded tensor', () => {
    const recording = JSON.parse(readFileSync(new URL(`ort/${file}`, fixtures), 'utf8')) as Recording;
    const graph = importQuantized(readModel(readFileSync(new URL(`models/${recording.model}`, fixtures))));
    const rows = inputRows(recording.input);
    const found = new Map(Object.keys(recording.tensors).map((name) => [name, [] as number[]]));
    for (const row of rows) {
      const [input] = graph.inputs;
      if (input === undefined) throw new Error('no input');
      const { tensors } = execute(graph, new Map([[input.name, quantizeInput(input, row)]]));
      for (const [name, values] of found) {
        const port = graph.outputs.find((output) => output.name === name);
        const tensor = tensors.get(port?.tensor ?? name);
        if (tensor === undefined) throw new Error(`no tensor ${name}`);
        values.push(...(port === undefined ? tensor.data : dequantizeOutput(port, tensor)));
      }
    }
    for (const [name, values] of found) {
      expect(values, name).toEqual(recording.tensors[name]?.data.map((value) => Math.fround(value)));
    }
  });
});
