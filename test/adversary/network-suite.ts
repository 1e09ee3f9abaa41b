/** The malicious witness in whole networks: one activation changed in the trace, everything after it assigned from there. */
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import type { Trace } from '../../src/artifact/trace.ts';
import { dtypeRange, type IntTensor, product } from '../../src/base/tensor.ts';
import { buildCircuit } from '../../src/compile/circuit.ts';
import { assignWitness } from '../../src/compile/witness.ts';
import { violations } from '../../src/gadgets/evaluate.ts';
import { importModel } from '../../src/pipeline/index.ts';
import { execute } from '../../src/runtime/execute.ts';
import { seeded } from '../support/circuits.ts';
import { judgeWitness, keyWithoutWork } from '../support/malicious.ts';
import { Tally } from '../support/tally.ts';

/** Fixtures written by onnxruntime's quantizer: convolutions, poolings, dense layers, both signs, both spellings. */
const tinyModels: readonly string[] = [
  'tiny-cnn.qop',
  'tiny-cnn.u8s8.qdq',
  'tiny-cnn.symmetric.qdq',
  'tiny-stride.qop',
  'tiny-mlp.qdq',
  'tiny-matmul.qdq',
];

function fixture(name: string) {
  return importModel(readFileSync(new URL(`../fixtures/models/${name}.onnx`, import.meta.url))).model;
}

/** Registers the suite: `cells` forged cells of every tensor that a node produces and a wire holds. */
export function networkSuite(cells: number, models: readonly string[] = tinyModels): void {
  const tally = new Tally();
  afterAll(() => tally.print('malicious witness, networks'));

  describe.each(models)('%s', (name) => {
    const model = fixture(name);
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
    const produced = model.nodes.flatMap((node) => node.outputs).filter((tensor) => held.has(tensor));

    test('the honest run is accepted, a forged activation of any node rejected', () => {
      expect(judgeWitness(key, assignWitness(circuit, trace)).ok).toBe(true);
      expect(produced.length).toBeGreaterThan(0);
      for (const tensor of produced) {
        const known = trace.tensors.get(tensor) as IntTensor;
        for (let i = 0; i < Math.min(cells, known.data.length); i++) {
          const data = known.data.slice();
          const cell = random(0, data.length - 1);
          data[cell] = (data[cell] as number) + (random(0, 1) === 0 ? -1 : 1);
          const forged: Trace = { tensors: new Map([...trace.tensors, [tensor, { ...known, data }]]) };
          const witness = assignWitness(circuit, forged);
          expect(violations(circuit, witness).length).toBeGreaterThan(0);
          tally.reject(judgeWitness(key, witness), `${tensor}[${cell}]`);
        }
      }
    });
  });

  test('nothing false was accepted', () => {
    expect(tally.count('accepted')).toBe(0);
    expect(tally.count('rejected')).toBeGreaterThan(models.length);
  });
}
