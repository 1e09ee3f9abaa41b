/**
 * What proofs of a few networks cost, counted: rows, cells, bytes, rounds, multiplications. A change that makes proofs dearer
 * shows here without a clock; one that means to change the costs records them: PROVENN_RECORD=1 npx vitest run test/costs
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { encodeVerifyingKey } from '../../src/artifact/keys.ts';
import { acceptKey, keyFacts, makeKey, proveWitness } from '../../src/backends/transparent/index.ts';
import { defaultKernels } from '../../src/backends/transparent/kernels/choose.ts';
import { dtypeRange, type IntTensor, product } from '../../src/base/tensor.ts';
import { buildCircuit } from '../../src/compile/circuit.ts';
import { assignWitness } from '../../src/compile/witness.ts';
import { seededUniform } from '../../src/pipeline/bench/network-builder.ts';
import { importModel } from '../../src/pipeline/index.ts';
import { execute } from '../../src/runtime/execute.ts';
import { prepareKey, verifyProof } from '../../src/verify/index.ts';
import { type Counts, countingKernels } from '../support/counting-kernels.ts';

const root = new URL('../../', import.meta.url);
const record = new URL('docs/data/costs.json', root);

const networks: Readonly<Record<string, string>> = {
  'digits MLP': 'artifacts/digits-mlp/digits-mlp.int8.onnx',
  'LeNet-5, mixed': 'artifacts/lenet5/lenet5.int8.onnx',
  'small LeNet-5, per tensor': 'test/fixtures/models/lenet5.qdq.tensor.u8s8.onnx',
  'small residual, per channel': 'test/fixtures/models/residual.qdq.channel.u8s8.onnx',
};

function costsOf(path: string): Counts {
  const { model } = importModel(readFileSync(new URL(path, root)));
  const uniform = seededUniform(5);
  const inputs = new Map(
    model.inputs.map(({ name, dtype, dims }): [string, IntTensor] => {
      const [low, high] = dtypeRange[dtype];
      const data = new Int32Array(product(dims)).map(() => Math.floor(low + ((uniform() + 1) / 2) * (high - low + 1)));
      return [name, { dtype, dims, data }];
    }),
  );
  const circuit = buildCircuit(model);
  const key = makeKey(circuit);
  const accepted = acceptKey(key);
  const { lookups, tableRows, committedCells, storedCells } = keyFacts(accepted);
  const { kernels, counts } = countingKernels(defaultKernels());
  const witness = assignWitness(circuit, execute(model, inputs));
  const randomness = crypto.getRandomValues(new Uint8Array(32));
  const proof = proveWitness(accepted, witness, new Uint8Array(0), { randomness, kernels });
  expect(verifyProof(prepareKey(key), proof).ok).toBe(true);
  return {
    ...{ lookups, tableRows, committedCells, storedCells, keyBytes: encodeVerifyingKey(key).length },
    ...counts,
  };
}

const measured = Object.fromEntries(Object.entries(networks).map(([name, path]) => [name, costsOf(path)]));

it('costs as recorded', () => {
  if (process.env['PROVENN_RECORD'] === '1') writeFileSync(record, `${JSON.stringify(measured, null, 2)}\n`);
  expect(measured).toEqual(JSON.parse(readFileSync(record, 'utf8')));
});

it('does not depend on the randomness of the proof', () => {
  const [name, path] = Object.entries(networks)[0] as [string, string];
  expect(costsOf(path)).toEqual(measured[name]);
});
