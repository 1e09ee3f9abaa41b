/** Networks quantized by onnxruntime, proven whole: the claims are onnxruntime's recorded outputs, another output is refused. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { encodeVerifyingKey } from '../../src/artifact/keys.ts';
import { encodeProof, type Proof } from '../../src/artifact/proof.ts';
import { compileModel, importModel, proveInference } from '../../src/pipeline/index.ts';
import { quantizeInput } from '../../src/runtime/ports.ts';
import { fresh } from '../support/fresh.ts';
import { verify } from '../support/judged.ts';

const fixtures = new URL('../fixtures/', import.meta.url);

type Recording = {
  readonly input: { readonly dims: readonly number[]; readonly data: readonly number[] };
  readonly tensors: Readonly<Record<string, { readonly data: readonly number[] }>>;
};

/** The same proof with one integer of its output moved by one. */
function withOtherOutput(proof: Proof): Proof {
  const publics = proof.statement.publics.map((values) => values.slice());
  const output = publics.at(-1) as Int32Array;
  output[0] = (output[0] as number) + ((output[0] as number) > 0 ? -1 : 1);
  return { ...proof, statement: { ...proof.statement, publics } };
}

export function proveNetworks(names: readonly string[]): void {
  test.each(names)(
    '%s is proven with the output of onnxruntime',
    (name) => {
      const { model } = importModel(readFileSync(new URL(`models/${name}.onnx`, fixtures)));
      const recording = JSON.parse(readFileSync(new URL(`ort/${name}.json`, fixtures), 'utf8')) as Recording;
      const [port] = model.inputs;
      if (port === undefined) throw new Error('no input');
      const { data, dims } = recording.input;
      const first = data.slice(0, data.length / (dims[0] as number));
      const { provingKey, verifyingKey } = compileModel(model);
      const inputs = new Map([[port.name, quantizeInput(port, first)]]);
      const { proof } = proveInference(provingKey, inputs, fresh());
      const key = encodeVerifyingKey(verifyingKey);
      const verdict = verify(key, encodeProof(proof));
      const values = verdict.ok ? verdict.claims.outputs.map((output) => [...(output.values ?? [])]) : verdict.reason;
      const expected = recording.tensors['output']?.data.slice(0, 5).map(Math.fround);
      expect(values).toEqual([expected]);
      expect(verify(key, encodeProof(withOtherOutput(proof))).ok).toBe(false);
    },
    120_000,
  );
}
