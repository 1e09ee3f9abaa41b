/** The second line of defence: a circuit that is not the model's proves what it says, and the prover refuses to hand it out. */
import { describe, expect, it } from 'vitest';
import { fresh } from '../../test/support/fresh.ts';
import { profile, type QuantGraph } from '../artifact/quant-graph.ts';
import { makeKey } from '../backends/transparent/index.ts';
import { buildCircuit } from '../compile/circuit.ts';
import { allPublic, type Level } from '../compile/visibility.ts';
import { prepareProvingKey, proveFor, proveInference } from './prove.ts';

const table = Array.from({ length: 256 }, (_, i) => i);
const port = (name: string, tensor: string) => ({ name, tensor, dims: [4], dtype: 'u8' as const, quantization: null });

/** The bytes as they are, or reversed; the output is called the same. */
function graphOf(isReversed: boolean): QuantGraph {
  const names = isReversed ? ['x', 'h', 'y'] : ['x', 'h'];
  const attrs = { table, inputDtype: 'u8', outputDtype: 'u8', label: 'same' };
  const nodes = [
    { name: 'same', op: 'UnaryTable', inputs: ['x'], outputs: ['h'], attrs },
    { name: 'reverse', op: 'Select', inputs: ['h'], outputs: ['y'], attrs: { indices: [[3, 2, 1, 0]] } },
  ];
  return {
    name: 'bytes',
    profile,
    inputs: [port('x', 'x')],
    outputs: [port('y', isReversed ? 'y' : 'h')],
    tensors: names.map((name) => ({ name, dtype: 'u8', dims: [4] })),
    constants: new Map(),
    nodes: nodes.slice(0, names.length - 1),
  };
}

function prove(circuitOf: boolean, model: boolean, output: Level, bytes: readonly number[]) {
  const verifyingKey = makeKey(buildCircuit(graphOf(circuitOf), { ...allPublic, output }));
  const key = { verifyingKey, model: graphOf(model), material: new Uint8Array(0) };
  const inputs = new Map([['x', { dtype: 'u8' as const, dims: [4], data: Int32Array.from(bytes) }]]);
  const options = () => ({ ...fresh(), draw: () => fresh().randomness });
  return { now: () => proveInference(key, inputs, options()), later: () => proveFor(key, inputs, options()) };
}

describe.each(['public', 'private', 'committed'] as const)('an output that is %s', (output) => {
  it('is that of the model', async () => {
    for (const which of [false, true]) {
      const { now, later } = prove(which, which, output, [10, 20, 30, 40]);
      expect(now().claims.outputs.length + (await later()).claims.hidden.length).toBe(1);
    }
  });

  it('is refused when the circuit computes another, though the proof verifies, without a word about its integers', async () => {
    const { now, later } = prove(false, true, output, [10, 20, 30, 40]);
    const refusal = {
      code: 'PROOF_SELF_CHECK',
      message: 'The proof says something else of y than the model computed.',
    };
    expect(now).toThrow(expect.objectContaining(refusal));
    await expect(later()).rejects.toMatchObject(refusal);
    // On integers that read the same both ways it is a proof of what the model computed.
    expect(prove(false, true, output, [10, 20, 20, 10]).now).not.toThrow();
  });
});

describe('a prepared proving key', () => {
  const key = {
    verifyingKey: makeKey(buildCircuit(graphOf(false), allPublic)),
    model: graphOf(false),
    material: new Uint8Array(0),
  };
  const inputs = new Map([['x', { dtype: 'u8' as const, dims: [4], data: Int32Array.of(1, 2, 3, 4) }]]);
  const randomness = new Uint8Array(32).fill(5);

  it('makes the proofs of the key it was made of', async () => {
    const once = proveInference(key, inputs, { randomness }).proof;
    const prepared = prepareProvingKey(key);
    for (let i = 0; i < 2; i++) expect(proveInference(prepared, inputs, { randomness }).proof).toEqual(once);
    expect((await proveFor(prepared, inputs, { randomness })).proof).toEqual(once);
    expect((await proveFor(key, inputs, { randomness })).proof).toEqual(once);
  });

  it('is refused like the key', () => {
    const wrong = { ...key, verifyingKey: { ...key.verifyingKey, backend: 'nobody/1' } };
    const accepted = { ...prepareProvingKey(key).accepted, backend: 'groth16/1' };
    const refused = expect.objectContaining({ code: 'KEY_REFUSED' });
    expect(() => prepareProvingKey(wrong)).toThrow(refused);
    expect(() => proveInference({ provingKey: wrong, accepted }, inputs, { randomness })).toThrow(refused);
  });
});
