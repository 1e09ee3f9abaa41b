/** The digits MLP from end to end: the statement, the setup's mark, the equations of the whole circuit, and a contract. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { encodeVerifyingKey } from '../../src/artifact/keys.ts';
import { encodeProof } from '../../src/artifact/proof.ts';
import { lower } from '../../src/backends/groth16/lower.ts';
import { decodeMaterial, encodeMaterial } from '../../src/backends/groth16/material.ts';
import type { InputSignals } from '../../src/backends/groth16/node/snarkjs-prove.ts';
import { R } from '../../src/backends/groth16/prime-field.ts';
import { brokenConstraint } from '../../src/backends/groth16/r1cs.ts';
import { readSections, writeSections } from '../../src/backends/groth16/sections.ts';
import { signalsOf } from '../../src/backends/groth16/signals.ts';
import { equalBytes } from '../../src/base/bytes.ts';
import { assignWitness } from '../../src/compile/witness.ts';
import { contractCallOf, exportSolidity, importModel, proveFor } from '../../src/pipeline/index.ts';
import { verify } from '../../src/verify/index.ts';
import { root } from '../cli/cli.ts';
import { anyInputs, setupTimeout, type Work, workOf } from '../support/backend-laws.ts';
import { honest, looseWires, systemOf } from '../support/circom.ts';
import { type Deployed, deploy, intrinsicGas } from '../support/evm.ts';

const path = join(root, 'artifacts/digits-mlp/digits-mlp.int8.onnx');
const { model } = importModel(new Uint8Array(readFileSync(path)));
let work: Work;

beforeAll(async () => {
  work = await workOf({ backend: 'groth16', setup: { kind: 'development' } }, model, anyInputs(model, 5));
}, setupTimeout);

describe('a key of a development setup', () => {
  test('is refused unless it is allowed, and the verdict says what it is', () => {
    const [key, proof] = [encodeVerifyingKey(work.compilation.verifyingKey), encodeProof(work.proven.proof)];
    expect(verify(key, proof)).toMatchObject({ ok: false, reason: { code: 'setup' } });
    expect(verify(key, proof, { allowInsecureSetup: true })).toMatchObject({
      ok: true,
      claims: { setup: 'insecure', zeroKnowledge: true },
    });
  });

  test('cannot lose its mark: without it, it is another key, for which the proof is none', () => {
    const { verifyingKey } = work.compilation;
    const parameters = Uint8Array.from(verifyingKey.parameters);
    expect(parameters[0]).toBe(1);
    parameters[0] = 0;
    parameters.fill(1, 33, 65); // some transcript
    const unmarked = encodeVerifyingKey({ ...verifyingKey, parameters });
    expect(verify(unmarked, encodeProof(work.proven.proof))).toMatchObject({ ok: false, reason: { code: 'key' } });
  });

  test('gives proofs below 1 kB', () => {
    expect(encodeProof(work.proven.proof).length).toBeLessThan(1024);
  });
});

test('two proofs of the same run differ: the prover draws fresh randomness', async () => {
  const again = await proveFor(work.compilation.provingKey, anyInputs(model, 5), {
    randomness: new Uint8Array(32).fill(7),
    context: work.proven.proof.statement.context,
  });
  expect(again.proof.statement).toEqual(work.proven.proof.statement);
  expect(equalBytes(again.proof.body, work.proven.proof.body)).toBe(false);
});

test('a key whose maker left out the blinding of snarkjs gives proofs that hide the witness all the same', async () => {
  const { provingKey } = work.compilation;
  const material = decodeMaterial(provingKey.material);
  const points = 2 * (4 + 32) + 3 * 4;
  const sections = readSections(material.zkey, 'zkey').map(({ type, data }) => {
    const changed = Uint8Array.from(data);
    // β and δ of the first group, and what blinds C: all at infinity.
    if (type === 2) changed.fill(0, points + 64, points + 128).fill(0, points + 384, points + 448);
    return { type, data: type === 6 ? changed.fill(0) : changed };
  });
  const hostile = {
    ...provingKey,
    material: encodeMaterial({ ...material, zkey: writeSections('zkey', 1, sections) }),
  };
  const firstPoints: string[] = [];
  for (const fill of [1, 2]) {
    // Both verify: proving ends with a check of the proof.
    const { proof } = await proveFor(hostile, anyInputs(model, 5), { randomness: new Uint8Array(32).fill(fill) });
    firstPoints.push(proof.body.subarray(0, 64).join());
  }
  expect(firstPoints[0]).not.toBe(firstPoints[1]);
});

test('the proving key holds a generator and a key of snarkjs', () => {
  const { wasm, zkey } = decodeMaterial(work.compilation.provingKey.material);
  expect([wasm.length > 1000, new TextDecoder().decode(zkey.subarray(0, 4))]).toEqual([true, 'zkey']);
});

describe('the contract', () => {
  let contract: Deployed;
  const accepted = async (data: Uint8Array): Promise<boolean> => {
    const { data: result } = await contract.call(data);
    return result !== null && result.length === 32 && result[31] === 1;
  };

  beforeAll(async () => {
    contract = await deploy(await exportSolidity(work.compilation.verifyingKey, true));
  }, setupTimeout);

  test('is not written for a key that can be forged, unless that is allowed', async () => {
    await expect(exportSolidity(work.compilation.verifyingKey, false)).rejects.toThrow('development setup');
  });

  test('accepts the proof, for little gas', async () => {
    const { calldata, signals } = await contractCallOf(work.compilation.verifyingKey, work.proven.proof);
    expect(await accepted(calldata)).toBe(true);
    const { gas } = await contract.call(calldata);
    const total = gas + intrinsicGas(calldata);
    console.log(
      `digits MLP on chain: ${gas} gas to verify, ${total} with the transaction; ${signals.length} signals, ${contract.codeBytes} bytes of code`,
    );
    expect(total).toBeLessThan(300_000n);
  });

  test('rejects every signal and every word of the proof changed', async () => {
    const { calldata, signals } = await contractCallOf(work.compilation.verifyingKey, work.proven.proof);
    const words = (calldata.length - 4) / 32;
    const lengthWord = 1 + signals.length;
    for (let word = 1; word < words; word++) {
      if (word === lengthWord) continue;
      const changed = Uint8Array.from(calldata);
      const last = 4 + 32 * word + 31;
      changed[last] = (changed[last] as number) ^ 1;
      expect(await accepted(changed), `word ${word}`).toBe(false);
    }
  });

  test('rejects a signal that is the same residue, short proofs and points at infinity', async () => {
    const { calldata, signals } = await contractCallOf(work.compilation.verifyingKey, work.proven.proof);
    const aliased = Uint8Array.from(calldata);
    let rest = (signals[0] as bigint) + R;
    for (let i = 0; i < 32; i++, rest >>= 8n) aliased[4 + 32 + 31 - i] = Number(rest & 255n);
    expect(await accepted(aliased)).toBe(false);
    const at = 4 + 32 * (2 + signals.length);
    const short = Uint8Array.from(calldata);
    short[at - 2] = 0; // 256 → 0
    expect(await accepted(short)).toBe(false);
    for (const [from, length] of [
      [0, 64],
      [64, 128],
      [192, 64],
    ] as const)
      expect(await accepted(Uint8Array.from(calldata).fill(0, at + from, at + from + length))).toBe(false);
  });
});

test(
  'the equations of the whole circuit pin every wire, and every output of the network',
  async () => {
    const circuit = work.compilation.circuit;
    const { main, inputs } = lower(circuit);
    const system = await systemOf(main);
    const witness = assignWitness(circuit, work.proven.trace);
    const [binding, ...statement] = signalsOf(work.compilation.verifyingKey, work.proven.proof.statement).map(String);
    const cells = inputs.map(({ signal, wire }) => [signal, Array.from(witness.wires[wire] as Float64Array, String)]);
    const values = await honest(system, { binding, statement, ...Object.fromEntries(cells) } as InputSignals);
    expect(brokenConstraint(system.r1cs, values)).toBe(-1);
    // Only the public signals are given: the equations pin the private cells of the input as well.
    expect(looseWires(system, values, system.r1cs.publics)).toEqual([]);
    expect(system.r1cs.constraints.length).toBe(3827);
  },
  setupTimeout,
);
