/** Circuits that hide inputs, outputs or weights: what they say, and that they say nothing else. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { seeded } from '../../test/support/circuits.ts';
import { encodeCircuit } from '../artifact/circuit-codec.ts';
import { matricesOf } from '../artifact/matrices.ts';
import type { QuantGraph } from '../artifact/quant-graph.ts';
import { ProvennError } from '../base/errors.ts';
import { dtypeRange, type IntTensor, intTensor, product } from '../base/tensor.ts';
import { violations } from '../gadgets/evaluate.ts';
import { readModel } from '../onnx/index.ts';
import { hiddenBias } from '../ops/hidden.ts';
import { importQuantized } from '../quantize/index.ts';
import { execute } from '../runtime/execute.ts';
import { buildCircuit, buildWithSecrets } from './circuit.ts';
import { allPublic, type Visibility } from './visibility.ts';
import { assignWitness } from './witness.ts';

const models = new URL('../../test/fixtures/models/', import.meta.url);
const names = readdirSync(models).filter((name) => name.startsWith('tiny') && !name.includes('float'));

function graphOf(name: string): QuantGraph {
  return importQuantized(readModel(new Uint8Array(readFileSync(new URL(name, models)))));
}

const hidden: Visibility = { ...allPublic, input: 'private', weights: 'committed' };

/** Other constants of the same types: bytes over their whole range, biases small. */
function otherWeights(graph: QuantGraph, seed: number): QuantGraph {
  const random = seeded(seed);
  const constants = [...graph.constants].map(([name, { dtype, dims }]) => {
    const [low, high] = dtype === 's32' ? [-100_000, 100_000] : dtypeRange[dtype];
    return [
      name,
      intTensor(
        dtype,
        dims,
        Array.from({ length: product(dims) }, () => random(low, high)),
      ),
    ] as const;
  });
  return { ...graph, constants: new Map(constants) };
}

function inputsOf(graph: QuantGraph, seed: number): Map<string, IntTensor> {
  const random = seeded(seed);
  return new Map(
    graph.inputs.map(({ name, dtype, dims }) => {
      const [low, high] = dtypeRange[dtype];
      return [
        name,
        intTensor(
          dtype,
          dims,
          Array.from({ length: product(dims) }, () => random(low, high)),
        ),
      ] as const;
    }),
  );
}

function errorOf(run: () => unknown): ProvennError {
  try {
    run();
  } catch (error) {
    if (error instanceof ProvennError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe.each(names)('hidden weights of %s', (name) => {
  const graph = graphOf(name);
  const { circuit, secrets } = buildWithSecrets(graph, hidden);

  it('other weights of the same types give the same bytes', () => {
    for (const seed of [1, 2])
      expect(encodeCircuit(buildCircuit(otherWeights(graph, seed), hidden))).toEqual(encodeCircuit(circuit));
  });

  it('are held by one matrix that the circuit itself does not confine, and nothing else is', () => {
    const [matrix, ...others] = matricesOf(circuit);
    expect(others).toEqual([]);
    expect(matrix).toEqual({ name: 'weights', wires: [...secrets.keys()], imported: true });
    for (const [wire, data] of secrets) expect(data.length).toBe(product(circuit.wires[wire]?.sizes ?? []));
  });

  it('satisfy every relation, with the weights they were built from and with others', () => {
    for (const each of [graph, otherWeights(graph, 3)]) {
      const built = buildWithSecrets(each, hidden);
      const witness = assignWitness(built.circuit, execute(each, inputsOf(each, 5)), built.secrets);
      expect(violations(built.circuit, witness)).toEqual([]);
      built.circuit.wires.forEach(({ interval }, wire) => {
        for (const value of witness.wires[wire] ?? []) {
          expect(value).toBeGreaterThanOrEqual(interval[0]);
          expect(value).toBeLessThanOrEqual(interval[1]);
        }
      });
    }
  });
});

describe('visibility', () => {
  const graph = graphOf('tiny-mlp.qop.onnx');
  const [input] = graph.inputs;
  const [output] = graph.outputs;
  if (input === undefined || output === undefined) throw new Error('no ports');
  const rolesOf = (visibility: Visibility, of: QuantGraph = graph): unknown[] => {
    const circuit = buildCircuit(of, visibility);
    return [...circuit.inputs, ...circuit.outputs].map(({ wire }) => {
      const { role, matrix } = circuit.wires[wire] ?? { role: 'none' };
      return matrix === undefined ? role : `${role} in ${matrix}`;
    });
  };

  it('decides the role of every port', () => {
    expect(rolesOf(allPublic)).toEqual(['public', 'public']);
    expect(rolesOf({ ...allPublic, input: 'private' })).toEqual(['witness', 'public']);
    expect(rolesOf({ ...allPublic, output: 'private' })).toEqual(['public', 'witness']);
    expect(rolesOf({ ...allPublic, input: 'committed', output: 'committed' })).toEqual([
      `committed in input:${input.name}`,
      `committed in output:${output.name}`,
    ]);
  });

  it('may be chosen for one port', () => {
    const ports = new Map([[`input:${input.name}`, 'committed' as const]]);
    expect(rolesOf({ ...allPublic, input: 'private', ports })).toEqual([`committed in input:${input.name}`, 'public']);
  });

  it('looks up every cell of a hidden input in the range of its type', () => {
    for (const level of ['private', 'committed'] as const) {
      const circuit = buildCircuit(graph, { ...allPublic, input: level });
      const [low, high] = dtypeRange[input.dtype];
      expect(circuit.gadgets[0]).toMatchObject({ kind: 'range', wire: circuit.inputs[0]?.wire, low, high });
      expect(matricesOf(circuit).every(({ imported }) => !imported)).toBe(true);
    }
  });

  it('gives one tensor shown at several levels a wire for each', () => {
    const more = { ...graph, outputs: [output, { ...output, name: 'again' }, { ...output, name: 'third' }] };
    const ports = new Map([
      ['output:again', 'committed' as const],
      ['output:third', 'committed' as const],
    ]);
    expect(rolesOf({ ...allPublic, ports }, more)).toEqual([
      'public',
      'public',
      'committed in output:again',
      'committed in output:third',
    ]);
  });

  it('a private input shown as a public output stays private: the output is a copy', () => {
    const echo = { ...graph, outputs: [output, { ...input, name: 'echo' }] };
    expect(rolesOf({ ...allPublic, input: 'private' }, echo)).toEqual(['witness', 'public', 'public']);
  });
});

describe('what cannot be hidden', () => {
  const graph = graphOf('tiny-mlp.qop.onnx');

  it('a bias beyond the declared bound', () => {
    const constants = [...graph.constants].map(([name, tensor]) => {
      const data = tensor.dtype === 's32' ? tensor.data.map(() => hiddenBias[1] + 1) : tensor.data;
      return [name, { ...tensor, data }] as const;
    });
    const error = errorOf(() => buildCircuit({ ...graph, constants: new Map(constants) }, hidden));
    expect([error.code, error.next]).toEqual(['MODEL_UNSAFE', expect.stringContaining('weights=public')]);
  });

  it('weights with several zero points, by the name of the node', () => {
    const nodes = graph.nodes.map((node, i) => {
      if (i !== 0) return node;
      const attrs = node.attrs as { readonly [key: string]: unknown };
      const key = 'bZero' in attrs ? 'bZero' : 'wZero';
      const columns = product(graph.tensors.find(({ name }) => name === node.outputs[0])?.dims ?? []);
      return { ...node, attrs: { ...attrs, [key]: Array.from({ length: columns }, (_, column) => column % 2) } };
    });
    const error = errorOf(() => buildCircuit({ ...graph, nodes: nodes as QuantGraph['nodes'] }, hidden));
    expect([error.code, error.where]).toEqual(['MODEL_UNSUPPORTED', expect.any(String)]);
    expect(error.message).toMatch(/cannot be committed/);
  });
});
