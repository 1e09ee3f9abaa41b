import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodeCircuit, encodeCircuit } from '../artifact/circuit-codec.ts';
import { profile, type QuantGraph } from '../artifact/quant-graph.ts';
import { decodeQuantGraph, encodeQuantGraph } from '../artifact/quant-graph-codec.ts';
import { ProvennError } from '../base/errors.ts';
import type { IntTensor } from '../base/tensor.ts';
import { checkCircuit } from '../gadgets/check.ts';
import { readModel } from '../onnx/index.ts';
import { importQuantized } from '../quantize/index.ts';
import { buildCircuit } from './circuit.ts';

const models = new URL('../../test/fixtures/models/', import.meta.url);
const names = readdirSync(models).filter((name) => name.startsWith('tiny') && !name.includes('float'));

function graphOf(name: string): QuantGraph {
  return importQuantized(readModel(new Uint8Array(readFileSync(new URL(name, models)))));
}

function errorOf(graph: QuantGraph): ProvennError {
  try {
    buildCircuit(graph);
  } catch (error) {
    if (error instanceof ProvennError) return error;
    throw error;
  }
  throw new Error('a circuit was built');
}

describe.each(names)('the circuit of %s', (name) => {
  const graph = graphOf(name);
  const circuit = buildCircuit(graph);

  it('has the same bytes every time, and through every file format', () => {
    const bytes = encodeCircuit(circuit);
    expect(encodeCircuit(buildCircuit(graphOf(name)))).toEqual(bytes);
    expect(encodeCircuit(buildCircuit(decodeQuantGraph(encodeQuantGraph(graph))))).toEqual(bytes);
    expect(encodeCircuit(decodeCircuit(bytes))).toEqual(bytes);
  });

  it('is well formed, and names its model and its integers', () => {
    expect(() => checkCircuit(circuit)).not.toThrow();
    expect([circuit.name, circuit.profile]).toEqual([graph.name, profile]);
  });

  it('shows the graph’s ports on public wires, and nothing else', () => {
    expect(circuit.inputs.map(({ wire: _, ...port }) => port)).toEqual(graph.inputs);
    expect(circuit.outputs.map(({ wire: _, ...port }) => port)).toEqual(graph.outputs);
    const ports = new Set([...circuit.inputs, ...circuit.outputs].map(({ wire }) => wire));
    expect(circuit.wires.flatMap(({ role }, id) => (role === 'public' ? [id] : []))).toEqual(
      [...ports].sort((a, b) => a - b),
    );
  });
});

describe('buildCircuit', () => {
  const graph = graphOf('tiny-mlp.qop.onnx');
  const [input] = graph.inputs;
  const [output] = graph.outputs;
  if (input === undefined || output === undefined) throw new Error('no ports');

  it('two ports of one tensor share its wire', () => {
    const circuit = buildCircuit({ ...graph, outputs: [output, { ...output, name: 'again' }] });
    expect(circuit.outputs.map(({ name }) => name)).toEqual([output.name, 'again']);
    expect(circuit.outputs[0]?.wire).toBe(circuit.outputs[1]?.wire);
    expect(circuit.wires.length).toBe(buildCircuit(graph).wires.length);
  });

  it('an input shown as an output is copied to a public wire of its own', () => {
    const circuit = buildCircuit({ ...graph, outputs: [output, { ...input, name: 'echo' }] });
    const echo = circuit.outputs[1]?.wire as number;
    expect(echo).not.toBe(circuit.inputs[0]?.wire);
    expect(circuit.gadgets.at(-1)).toMatchObject({
      kind: 'linear',
      output: echo,
      input: { constant: 0, terms: [{ coefficient: 1, view: { wire: circuit.inputs[0]?.wire } }] },
    });
  });

  it('any inner tensor can be made public, without changing the relations', () => {
    const inner = graph.tensors.find(({ name }) => name !== input.tensor && name !== output.tensor);
    if (inner === undefined) throw new Error('no inner tensor');
    const port = { ...inner, tensor: inner.name, quantization: null };
    const circuit = buildCircuit({ ...graph, outputs: [output, port] });
    expect(circuit.gadgets).toEqual(buildCircuit(graph).gadgets);
    expect(circuit.wires[circuit.outputs[1]?.wire as number]).toMatchObject({ name: inner.name, role: 'public' });
  });

  it('refuses an output that depends on no input', () => {
    const [name] = graph.constants.keys();
    const error = errorOf({ ...graph, outputs: [{ ...output, tensor: name as string }] });
    expect([error.code, error.where]).toEqual(['MODEL_UNSUPPORTED', output.name]);
  });

  it('refuses a model whose sums could leave the field', () => {
    const constants = new Map<string, IntTensor>(
      [...graph.constants].map(([name, tensor]) => [
        name,
        tensor.dtype === 's32' ? { ...tensor, data: tensor.data.map(() => 2 ** 31 - 1) } : tensor,
      ]),
    );
    const error = errorOf({ ...graph, constants });
    expect(error.code).toBe('MODEL_UNSAFE');
    expect(error.next).toBeDefined();
  });

  it('an inconsistent graph is a broken invariant, not a circuit', () => {
    const [node] = graph.nodes;
    if (node === undefined) throw new Error('no node');
    const broken: readonly QuantGraph[] = [
      { ...graph, nodes: graph.nodes.slice(1) },
      { ...graph, nodes: [...graph.nodes].reverse() },
      { ...graph, tensors: graph.tensors.map((tensor) => ({ ...tensor, dims: [...tensor.dims, 1] })) },
      { ...graph, tensors: [] },
    ];
    for (const each of broken) expect(errorOf(each).code).toBe('INTERNAL');
  });
});
