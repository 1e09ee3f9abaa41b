import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { seeded } from '../../test/support/circuits.ts';
import type { QuantGraph } from '../artifact/quant-graph.ts';
import type { Trace } from '../artifact/trace.ts';
import { dtypeRange, intTensor, product } from '../base/tensor.ts';
import { violations } from '../gadgets/evaluate.ts';
import { readModel } from '../onnx/index.ts';
import { importQuantized } from '../quantize/index.ts';
import { execute } from '../runtime/execute.ts';
import { buildCircuit } from './circuit.ts';
import { assignWitness } from './witness.ts';

const models = new URL('../../test/fixtures/models/', import.meta.url);
const names = readdirSync(models).filter((name) => name.startsWith('tiny') && !name.includes('float'));

function graphOf(name: string): QuantGraph {
  return importQuantized(readModel(new Uint8Array(readFileSync(new URL(name, models)))));
}

/** A run on uniform integers: they reach the ends of every range far more often than images do. */
function run(graph: QuantGraph, seed: number): Trace {
  const random = seeded(seed);
  const inputs = graph.inputs.map(({ name, dtype, dims }) => {
    const [low, high] = dtypeRange[dtype];
    return [
      name,
      intTensor(
        dtype,
        dims,
        Array.from({ length: product(dims) }, () => random(low, high)),
      ),
    ] as const;
  });
  return execute(graph, new Map(inputs));
}

describe.each(names)('the witness of %s', (name) => {
  const graph = graphOf(name);
  const circuit = buildCircuit(graph);

  it('satisfies every relation, whatever the input', () => {
    for (let seed = 1; seed <= 4; seed++)
      expect(violations(circuit, assignWitness(circuit, run(graph, seed)))).toEqual([]);
  });

  it('holds the trace in the wires named after its tensors, and has integers for all others', () => {
    const trace = run(graph, 7);
    const { wires } = assignWitness(circuit, trace);
    const named = circuit.wires.filter((wire) => trace.tensors.has(wire.name));
    expect(named.length).toBeGreaterThanOrEqual(2);
    circuit.wires.forEach((wire, id) => {
      const values = Array.from(wires[id] as Float64Array);
      expect(values.length).toBe(product(wire.sizes));
      expect(values.every((value) => value >= wire.interval[0] && value <= wire.interval[1])).toBe(true);
      if (wire.data !== null) expect(values).toEqual(Array.from(wire.data));
      const tensor = trace.tensors.get(wire.name);
      if (tensor !== undefined) expect(values).toEqual(Array.from(tensor.data));
    });
  });

  it('shows the trace’s outputs at the ports', () => {
    const trace = run(graph, 8);
    const { wires } = assignWitness(circuit, trace);
    for (const { tensor, wire } of [...circuit.inputs, ...circuit.outputs])
      expect(Array.from(wires[wire] as Float64Array)).toEqual(Array.from(trace.tensors.get(tensor)?.data ?? []));
  });
});

describe('assignWitness', () => {
  const graph = graphOf('tiny-cnn.qop.onnx');
  const circuit = buildCircuit(graph);
  const trace = run(graph, 1);

  it('takes a forged trace at its word, and the relations then say no', () => {
    const inner = graph.tensors.filter(({ name }) => circuit.wires.some((wire) => wire.name === name)).slice(1);
    expect(inner.length).toBeGreaterThan(0);
    for (const { name } of inner) {
      const tensor = trace.tensors.get(name);
      if (tensor === undefined) throw new Error('no tensor');
      const forged = { ...tensor, data: tensor.data.map((value, i) => (i === 0 ? value ^ 1 : value)) };
      const witness = assignWitness(circuit, { tensors: new Map([...trace.tensors, [name, forged]]) });
      const wire = circuit.wires.findIndex((each) => each.name === name);
      expect(witness.wires[wire]?.[0]).toBe(forged.data[0]);
      expect(violations(circuit, witness).length).toBeGreaterThan(0);
    }
  });

  it('computes what a trace leaves out', () => {
    const only = new Map([...trace.tensors].filter(([name]) => graph.inputs.some(({ tensor }) => tensor === name)));
    expect(assignWitness(circuit, { tensors: only })).toEqual(assignWitness(circuit, trace));
  });
});
