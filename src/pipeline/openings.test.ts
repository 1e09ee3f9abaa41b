/** What an opening may be used for: its own budget holds under every key, whatever that key says. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fresh } from '../../test/support/fresh.ts';
import type { Opening } from '../artifact/commitment.ts';
import type { VerifyingKey } from '../artifact/keys.ts';
import { profile, type QuantGraph } from '../artifact/quant-graph.ts';
import { decodeParameters, encodeParameters, type Parameters } from '../backends/transparent/config.ts';
import { acceptKey, makeKey } from '../backends/transparent/index.ts';
import { ProvennError } from '../base/errors.ts';
import { buildCircuit } from '../compile/circuit.ts';
import { allPublic } from '../compile/visibility.ts';
import { readModel } from '../onnx/index.ts';
import { importQuantized } from '../quantize/index.ts';
import { compileHidden } from './compile.ts';
import { commitPorts } from './openings.ts';
import { proveInference } from './prove.ts';
import { rekey } from './rekey.ts';

const tinyModel = new URL('../../test/fixtures/models/tiny-mlp.qop.onnx', import.meta.url);
const draw = () => fresh().randomness;

/** One table over a committed input of eight bytes. */
function graphOf(dtype: 'u8' | 's8'): QuantGraph {
  const port = (name: string) => ({ name, tensor: name, dims: [8], dtype, quantization: null });
  const table = Array.from({ length: 256 }, (_, i) => (dtype === 'u8' ? i : i - 128));
  const attrs = { table, inputDtype: dtype, outputDtype: dtype, label: 'identity' };
  return {
    name: 'bytes',
    profile,
    inputs: [port('x')],
    outputs: [port('y')],
    tensors: ['x', 'y'].map((name) => ({ name, dtype, dims: [8] })),
    constants: new Map(),
    nodes: [{ name: 'node', op: 'UnaryTable', inputs: ['x'], outputs: ['y'], attrs }],
  };
}

const graph = graphOf('u8');
const keyOf = (of: QuantGraph): VerifyingKey => makeKey(buildCircuit(of, { ...allPublic, input: 'committed' }));
const key = keyOf(graph);
const parameters = decodeParameters(key.parameters);
const withParameters = (change: Partial<Parameters>): VerifyingKey => ({
  ...key,
  parameters: encodeParameters({ ...parameters, ...change }),
});
const data = Int32Array.of(101, 3, 77, 110, 9, 127, 0, 42);
const values = new Map([['input:x', { dtype: 'u8' as const, dims: [8], data }]]);
const [opening] = commitPorts(key, values, '', draw) as [Opening];

/** The code of what proving throws, and how many uses were claimed by then. */
function outcome(verifyingKey: VerifyingKey, given: Opening, model = graph): [string, number] {
  let claimed = 0;
  const dtype = model.inputs[0]?.dtype ?? 'u8';
  const inputs = new Map([['x', { dtype, dims: [8], data }]]);
  const openings = [{ opening: given, claim: () => void claimed++ }];
  try {
    proveInference({ verifyingKey, model, material: new Uint8Array(0) }, inputs, { ...fresh(), openings });
  } catch (error) {
    if (error instanceof ProvennError) return [error.code, claimed];
    throw error;
  }
  return ['proven', claimed];
}

const changed = (change: Partial<Opening['commitment']>): Opening => ({
  ...opening,
  commitment: { ...opening.commitment, ...change },
});

describe('an opening', () => {
  it('serves the key that it was made with, one use for a proof', () => {
    expect(opening.commitment.budget).toBe(8);
    expect(outcome(key, opening)).toEqual(['proven', 1]);
  });

  it('is not shown to a key that opens all it hides at once, or a little more than its share', () => {
    for (const [budget, queries] of [
      [1, parameters.tail],
      [7, Math.floor(parameters.tail / 7)],
    ] as const) {
      const greedy = withParameters({ budget, queries });
      // By itself the key is fine: what is committed under it may be opened that often.
      expect(acceptKey(greedy).parameters.queries).toBe(queries);
      expect(outcome(greedy, opening)).toEqual(['KEY_REFUSED', 0]);
    }
  });

  it('serves a key that opens less, whatever budget that key names', () => {
    expect(outcome(withParameters({ budget: 2 }), opening)).toEqual(['proven', 1]);
  });

  it('of a budget that its random coefficients do not hide is not used', () => {
    expect(outcome(key, changed({ budget: 9 }))).toEqual(['KEY_REFUSED', 0]);
    expect(outcome(key, changed({ budget: 1000 }))).toEqual(['KEY_REFUSED', 0]);
    expect(outcome(key, changed({ budget: 0 }))).toEqual(['INPUT_MISMATCH', 0]);
  });

  it('of other rows, sizes, intervals or another system is not one for the network', () => {
    const { format, tensors } = opening.commitment;
    const tensor = tensors[0] as (typeof tensors)[number];
    for (const change of [
      { format: { ...format, logRow: format.logRow + 1 } },
      { format: { ...format, logBlowup: format.logBlowup + 1 } },
      { format: { ...format, tail: format.tail + 1 } },
      { tensors: [{ ...tensor, sizes: [4, 2] }] },
      { tensors: [{ ...tensor, interval: [0, 254] as const }] },
      { tensors: [tensor, tensor] },
      { backend: 'groth16/1' },
    ])
      expect(outcome(key, changed(change)), JSON.stringify(change)).toEqual(['INPUT_MISMATCH', 0]);
    // The same sizes and integers, of signed bytes.
    const signed = graphOf('s8');
    expect(outcome(keyOf(signed), opening, signed)).toEqual(['INPUT_MISMATCH', 0]);
  });

  it('is not made with a key that nobody should accept', () => {
    const refused = withParameters({ budget: 1000 });
    expect(() => commitPorts(refused, values, '', draw)).toThrow(expect.objectContaining({ code: 'KEY_REFUSED' }));
  });

  it('of other integers than those of the run is refused without a word about any of them', () => {
    const other = commitPorts(
      key,
      new Map([['input:x', { dtype: 'u8', dims: [8], data: data.map((x) => x ^ 64) }]]),
      '',
      draw,
    );
    const inputs = new Map([['x', { dtype: 'u8' as const, dims: [8], data }]]);
    const openings = other.map((each) => ({ opening: each, claim: () => expect.unreachable() }));
    const prove = () =>
      proveInference({ verifyingKey: key, model: graph, material: new Uint8Array(0) }, inputs, {
        ...fresh(),
        openings,
      });
    expect(prove).toThrow('The opening of "input:x" holds other integers than this run.');
  });

  it('of hidden weights is not re-keyed from when its budget is not hidden', () => {
    const model = importQuantized(readModel(new Uint8Array(readFileSync(tinyModel))));
    const { provingKey, openings } = compileHidden(model, { ...allPublic, weights: 'committed' }, draw);
    const [weights] = openings as [Opening];
    const claim = () => expect.unreachable();
    const greedy = { ...weights, commitment: { ...weights.commitment, budget: 9 } };
    expect(() => rekey(provingKey, { opening: greedy, claim }, draw)).toThrow(
      expect.objectContaining({ code: 'KEY_REFUSED' }),
    );
  });
});
