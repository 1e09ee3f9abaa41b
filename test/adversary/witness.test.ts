import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import type { Trace } from '../../src/artifact/trace.ts';
import type { Cells } from '../../src/backends/transparent/assign.ts';
import { assign } from '../../src/backends/transparent/index.ts';
import { dtypeRange, type IntTensor, product } from '../../src/base/tensor.ts';
import { buildCircuit } from '../../src/compile/circuit.ts';
import { assignWitness } from '../../src/compile/witness.ts';
import { violations } from '../../src/gadgets/evaluate.ts';
import { importModel } from '../../src/pipeline/index.ts';
import { execute } from '../../src/runtime/execute.ts';
import { complete, everyGadget, seeded } from '../support/circuits.ts';
import { forge, judgeCells, judgeWitness, keyWithoutWork } from '../support/malicious.ts';

const p = 2130706433;
const count = { forged: 0, rejected: 0 };

afterAll(() => console.log(`malicious witness: ${count.forged} forged cells, ${count.rejected} rejected`));

function expectRejected(ok: boolean): void {
  count.forged += 1;
  if (!ok) count.rejected += 1;
  expect(ok).toBe(false);
}

describe('a prover that changes one wire cell and is honest from there', () => {
  const { circuit, inputs } = everyGadget();
  const key = keyWithoutWork(circuit);
  const witness = complete(circuit, inputs);
  const determined = circuit.gadgets.flatMap((gadget) => ('output' in gadget ? [gadget.output] : []));
  const changes: readonly (readonly [string, (x: number) => number])[] = [
    ['+1', (x) => x + 1],
    ['−1', (x) => x - 1],
    ['+p/2', (x) => x + (p - 1) / 2],
    ['+p, the same residue', (x) => x + p],
    ['to another byte', (x) => (x + 77) % 256],
  ];

  test('is accepted when it changes nothing', () => {
    expect(violations(circuit, witness)).toEqual([]);
    expect(judgeWitness(key, witness).ok).toBe(true);
  });

  test.each(determined.map((wire) => [circuit.wires[wire]?.name as string, wire] as const))(
    'is rejected on %s',
    (name, wire) => {
      const random = seeded(wire);
      const cells = product(circuit.wires[wire]?.sizes as number[]);
      for (const [, change] of changes) {
        for (const cell of [0, cells - 1, random(0, cells - 1)]) {
          const forged = forge(witness, wire, cell, change);
          expect(violations(circuit, forged).length, name).toBeGreaterThan(0);
          expectRejected(judgeWitness(key, forged).ok);
        }
      }
    },
  );

  test('is rejected when it forges offsets, widths, multiplicities or accumulators', () => {
    const honest = assign(key.system, witness);
    const random = seeded(9);
    const helpers = key.system.tensors.flatMap((tensor, id) =>
      id >= circuit.wires.length ? [[id, product(tensor.sizes)] as const] : [],
    );
    expect(helpers.length).toBeGreaterThan(4);
    for (const [id, cells] of helpers) {
      for (const delta of [1, -1, 128]) {
        const tensors = honest.tensors.map((values) => Float64Array.from(values));
        const cell = random(0, cells - 1);
        (tensors[id] as Float64Array)[cell] = ((tensors[id] as Float64Array)[cell] as number) + delta;
        const forged: Cells = { tensors, accumulators: honest.accumulators };
        expectRejected(judgeCells(key, forged).ok);
      }
    }
    honest.accumulators.forEach((values, id) => {
      const accumulators = honest.accumulators.map((x) => Float64Array.from(x));
      (accumulators[id] as Float64Array)[random(0, values.length - 1)]! += 1;
      expectRejected(judgeCells(key, { tensors: honest.tensors, accumulators }).ok);
    });
  });
});

/** The models between them use every operator of the registry. */
const models = [
  'tiny-cnn.qop',
  'tiny-cnn.u8s8.qdq',
  'tiny-cnn.symmetric.qdq',
  'tiny-stride.qop',
  'tiny-mlp.qdq',
  'tiny-matmul.qdq',
];

describe.each(models)('a forged activation of %s', (name) => {
  const { model } = importModel(readFileSync(new URL(`../fixtures/models/${name}.onnx`, import.meta.url)));
  const random = seeded(name.length);
  const inputs = new Map(
    model.inputs.map((port): [string, IntTensor] => {
      const [low, high] = dtypeRange[port.dtype];
      const data = Int32Array.from({ length: product(port.dims) }, () => random(low, high));
      return [port.name, { dtype: port.dtype, dims: port.dims, data }];
    }),
  );
  const circuit = buildCircuit(model);
  const key = keyWithoutWork(circuit);
  const trace = execute(model, inputs);
  const held = new Set(circuit.wires.map((wire) => wire.name));
  const outputs = model.nodes.flatMap((node) => node.outputs).filter((tensor) => held.has(tensor));

  test('is rejected at every node, and the honest run is accepted', () => {
    expect(judgeWitness(key, assignWitness(circuit, trace)).ok).toBe(true);
    expect(outputs.length).toBeGreaterThan(0);
    const deltas = name.includes('matmul') ? [1] : [1, -1];
    for (const tensor of outputs) {
      const known = trace.tensors.get(tensor) as IntTensor;
      for (const delta of deltas) {
        const data = Int32Array.from(known.data);
        data[random(0, data.length - 1)]! += delta;
        const forged: Trace = { tensors: new Map([...trace.tensors, [tensor, { ...known, data }]]) };
        expectRejected(judgeWitness(key, assignWitness(circuit, forged)).ok);
      }
    }
  });
});
