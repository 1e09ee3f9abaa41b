/** Hidden inputs and weights: what the equations pin, what the key fixes, and what neither key nor proof may tell. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import type { ProvingKey } from '../../src/artifact/keys.ts';
import { encodeVerifyingKey } from '../../src/artifact/keys.ts';
import type { Proof } from '../../src/artifact/proof.ts';
import type { QuantGraph } from '../../src/artifact/quant-graph.ts';
import { committedOf, rootOf } from '../../src/backends/groth16/commitment.ts';
import { groth16 } from '../../src/backends/groth16/index.ts';
import { lower } from '../../src/backends/groth16/lower.ts';
import { decodeMaterial, encodeMaterial } from '../../src/backends/groth16/material.ts';
import type { InputSignals } from '../../src/backends/groth16/node/snarkjs-prove.ts';
import { brokenConstraint } from '../../src/backends/groth16/r1cs.ts';
import { signalsOf } from '../../src/backends/groth16/signals.ts';
import { buildWithSecrets } from '../../src/compile/circuit.ts';
import { allPublic } from '../../src/compile/visibility.ts';
import { assignWitness } from '../../src/compile/witness.ts';
import { importModel } from '../../src/pipeline/index.ts';
import { execute } from '../../src/runtime/execute.ts';
import { prepareKey, verifyProof } from '../../src/verify/index.ts';
import { fixture } from '../cli/cli.ts';
import { anyInputs, setupTimeout } from '../support/backend-laws.ts';
import { forged, honest, looseWires, systemOf } from '../support/circom.ts';
import { deploy } from '../support/evm.ts';

const { model } = importModel(new Uint8Array(readFileSync(fixture('models/tiny-mlp.qop.onnx'))));
const visibility = { ...allPublic, input: 'private', weights: 'committed' } as const;
const built = buildWithSecrets(model, visibility);
const trace = execute(model, anyInputs(model, 3));
let turn = 0;
const draw = (): Uint8Array => new Uint8Array(32).fill(++turn);

/** The same architecture with one weight more by one. */
function neighbour(): QuantGraph {
  const constants = [...model.constants].map(([name, tensor], i) => {
    const data = Int32Array.from(tensor.data);
    if (i === 0) data[0] = (data[0] as number) === 127 ? 126 : (data[0] as number) + 1;
    return [name, { ...tensor, data }] as const;
  });
  return { ...model, constants: new Map(constants) };
}

let key: ProvingKey;
let other: ProvingKey;
let proof: Proof;

async function keyOf(graph: QuantGraph): Promise<ProvingKey> {
  const { circuit, secrets } = buildWithSecrets(graph, visibility);
  const options = { setup: { kind: 'development' as const }, secrets: { cells: secrets, draw }, onProgress: () => {} };
  const { verifyingKey, material } = await groth16.makeKey(circuit, options);
  return { verifyingKey, model: graph, material };
}

beforeAll(async () => {
  key = await keyOf(model);
  other = await keyOf(neighbour());
  const witness = assignWitness(built.circuit, trace, groth16.heldCells(key));
  proof = await groth16.prove(key, witness, new Uint8Array(0), { randomness: new Uint8Array(32), onStage: () => {} });
}, setupTimeout);

describe('hidden inputs and weights', () => {
  test('are proven under a key that fixes the weights by a commitment', () => {
    const verdict = verifyProof(prepareKey(key.verifyingKey), proof, { allowInsecureSetup: true });
    expect(verdict).toMatchObject({ ok: true, claims: { inputs: [], zeroKnowledge: true } });
    if (!verdict.ok) return;
    expect(verdict.claims.outputs[0]?.integers).toEqual(trace.tensors.get(model.outputs[0]?.tensor as string)?.data);
    expect(verdict.claims.hidden.map(({ side, commitment }) => [side, commitment])).toEqual([['input', null]]);
    expect(verdict.claims.weights).toHaveLength(1);
  });

  test('another model of the same architecture is another model', () => {
    const moved = prepareKey(other.verifyingKey);
    expect(moved.accepted.circuitDigest).toEqual(prepareKey(key.verifyingKey).accepted.circuitDigest);
    expect(verifyProof(moved, proof, { allowInsecureSetup: true })).toMatchObject({
      ok: false,
      reason: { code: 'model' },
    });
    const { modelDigest, keyDigest } = moved.accepted;
    const claimed = { ...proof, statement: { ...proof.statement, modelDigest, keyDigest } };
    expect(verifyProof(moved, claimed, { allowInsecureSetup: true })).toMatchObject({
      ok: false,
      reason: { code: 'relation' },
    });
  });

  test(
    'other weights than the committed ones make no proof',
    async () => {
      const cells = new Map([...groth16.heldCells(key)].map(([wire, data]) => [wire, Int32Array.from(data)]));
      const [first] = cells.values();
      if (first === undefined) throw new Error('no weights');
      first[0] = (first[0] as number) === 127 ? 126 : (first[0] as number) + 1;
      const witness = assignWitness(built.circuit, trace, cells);
      const attempt = groth16.prove(key, witness, new Uint8Array(0), {
        randomness: new Uint8Array(32),
        onStage: () => {},
      });
      await expect(attempt).rejects.toThrow('does not satisfy');
    },
    setupTimeout,
  );

  test(
    'the contract of a key accepts its proofs, and no proof of other weights under the same setup',
    async () => {
      const { contract } = groth16;
      if (contract === null) throw new Error('no contract');
      const deployed = await deploy(contract.source(key.verifyingKey));
      const accepts = async (verifyingKey: ProvingKey['verifyingKey'], made: Proof): Promise<boolean> => {
        const { data } = await deployed.call(contract.call(verifyingKey, made).calldata);
        return data?.at(-1) === 1;
      };
      expect(await accepts(key.verifyingKey, proof)).toBe(true);
      const { secrets } = decodeMaterial(other.material);
      const replaced: ProvingKey = {
        model: other.model,
        verifyingKey: { ...key.verifyingKey, commitments: other.verifyingKey.commitments },
        material: encodeMaterial({ ...decodeMaterial(key.material), secrets }),
      };
      const run = execute(other.model, anyInputs(other.model, 3));
      const witness = assignWitness(built.circuit, run, groth16.heldCells(replaced));
      const options = { randomness: new Uint8Array(32), onStage: () => {} };
      const made = await groth16.prove(replaced, witness, new Uint8Array(0), options);
      expect(verifyProof(prepareKey(replaced.verifyingKey), made, { allowInsecureSetup: true }).ok).toBe(true);
      expect(await accepts(replaced.verifyingKey, made)).toBe(false);
    },
    setupTimeout,
  );

  test(
    'two commitments to the same weights differ, and neither key holds a weight',
    async () => {
      const again = await keyOf(model);
      const roots = [key, again].map(({ verifyingKey }) => rootOf(verifyingKey.commitments[0]?.root as Uint8Array));
      expect(roots[0]).not.toBe(roots[1]);
      const { circuit } = key.verifyingKey;
      expect(circuit).toEqual(other.verifyingKey.circuit);
      expect(encodeVerifyingKey(key.verifyingKey).length).toBe(encodeVerifyingKey(other.verifyingKey).length);
    },
    setupTimeout,
  );

  test('keys with other commitments, evidence or roots than their circuit allows are refused', () => {
    const { verifyingKey } = key;
    const [held] = verifyingKey.commitments;
    if (held === undefined) throw new Error('no commitment');
    const refused = (commitments: typeof verifyingKey.commitments) => () =>
      prepareKey({ ...verifyingKey, commitments });
    expect(refused([])).toThrow('other commitments');
    expect(refused([held, held])).toThrow('other commitments');
    expect(refused([{ ...held, matrix: 'others' }])).toThrow('not those of the circuit');
    expect(refused([{ ...held, evidence: { kind: 'range', proof: Uint8Array.of(1) } }])).toThrow('evidence');
    expect(refused([{ ...held, root: new Uint8Array(32).fill(255) }])).toThrow('not canonical');
  });
});

describe('the equations of a circuit with hidden weights', () => {
  test(
    'pin every wire, and reject every weight, input and salt changed',
    async () => {
      const { circuit } = built;
      const system = await systemOf(lower(circuit).main);
      const witness = assignWitness(circuit, trace, groth16.heldCells(key));
      const [binding, ...others] = signalsOf(key.verifyingKey, proof.statement).map(String);
      const cells = lower(circuit).inputs.map(({ signal, wire }) => [
        signal,
        Array.from(witness.wires[wire] as Float64Array, String),
      ]);
      const { salts } = decodeMaterial(key.material).secrets;
      const inputs = {
        binding,
        statement: others.slice(0, -1),
        commitment: others.slice(-1),
        salt: salts.map(String),
        ...Object.fromEntries(cells),
      } as InputSignals;
      const values = await honest(system, inputs);
      expect(brokenConstraint(system.r1cs, values)).toBe(-1);
      const { publics } = system.r1cs;
      expect(looseWires(system, values, publics)).toEqual([]);
      const [committed] = committedOf(circuit);
      for (const { wire, cell } of (committed?.cells ?? []).filter((_, i) => i % 7 === 0)) {
        const name = `w${wire}[${cell}]`;
        const wireValue = values[system.names.get(name) as number] as bigint;
        expect(brokenConstraint(system.r1cs, forged(system, values, { [name]: wireValue + 1n }))).toBeGreaterThan(-1);
      }
    },
    setupTimeout,
  );
});
