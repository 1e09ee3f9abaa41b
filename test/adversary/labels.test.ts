/** Wrong labels: every index but the right one, with all that a liar can do about the wires behind it. */
import { afterAll, describe, expect, test } from 'vitest';
import { profile, type QuantGraph } from '../../src/artifact/quant-graph.ts';
import type { Cells } from '../../src/backends/transparent/assign.ts';
import { type AcceptedKey, assign } from '../../src/backends/transparent/index.ts';
import { intTensor } from '../../src/base/tensor.ts';
import { buildCircuit } from '../../src/compile/circuit.ts';
import { assignWitness } from '../../src/compile/witness.ts';
import { execute } from '../../src/runtime/execute.ts';
import { coverUps, judgeCells, keyWithoutWork, withCell } from '../support/malicious.ts';
import { brokenRelation } from '../support/oracle.ts';
import { Tally } from '../support/tally.ts';

const tally = new Tally();
afterAll(() => tally.print('wrong labels'));

type Scores = { readonly key: AcceptedKey; readonly honest: Cells; readonly label: number; readonly before: number };

/** The label of five scores, the first or the last of the largest; 200 is the largest and stands twice. */
function labelled(last: boolean): Scores {
  const graph: QuantGraph = {
    name: 'label',
    profile,
    inputs: [{ name: 'x', tensor: 'x', dims: [1, 5], dtype: 'u8', quantization: null }],
    outputs: [{ name: 'label', tensor: 'label', dims: [1, 1], dtype: 's64', quantization: null }],
    tensors: [
      { name: 'x', dtype: 'u8', dims: [1, 5] },
      { name: 'label', dtype: 's64', dims: [1, 1] },
    ],
    constants: new Map(),
    nodes: [
      {
        name: 'n',
        op: 'ArgExtreme',
        inputs: ['x'],
        outputs: ['label'],
        attrs: { axis: 1, smallest: false, last },
      },
    ],
  };
  const circuit = buildCircuit(graph);
  const key = keyWithoutWork(circuit);
  const inputs = new Map([['x', intTensor('u8', [1, 5], [7, 200, 199, 200, 3])]]);
  const honest = assign(key.system, assignWitness(circuit, execute(graph, inputs)));
  const wire = (name: string): number => circuit.wires.findIndex((each) => each.name === name);
  return { key, honest, label: wire('label'), before: wire('label:before') };
}

/** The label changed, and the bits behind it so that they add up to it where bits can. */
function consistent({ honest, label, before }: Scores, last: boolean, index: number): Cells {
  let cells = withCell(honest, label, 0, index);
  for (let j = 0; j < 4; j++) cells = withCell(cells, before, j, j < (last ? 4 - index : index) ? 1 : 0);
  return cells;
}

describe.each([
  ['the first of equal scores', false, 1],
  ['the last of equal scores', true, 3],
] as const)('%s', (_, last, right) => {
  const scores = labelled(last);

  test('is accepted', () => {
    expect(scores.honest.tensors[scores.label]?.[0]).toBe(right);
    expect(brokenRelation(scores.key.system, scores.honest)).toBeNull();
    const verdict = judgeCells(scores.key, scores.honest);
    tally.add('honest accepted');
    expect(verdict.ok && [...(verdict.claims.outputs[0]?.integers ?? [])]).toEqual([right]);
  });

  test.each([
    ['the second-best score', 2],
    ['the other of the equal scores', last ? 1 : 3],
    ['the first score', 0],
    ['the last score', 4],
    ['an index beyond the last', 5],
    ['a negative index', -1],
    ['a far index', 2 ** 20],
  ])('%s is no label', (where, index) => {
    const { key, honest, label } = scores;
    for (const forged of [withCell(honest, label, 0, index), consistent(scores, last, index)]) {
      for (const [how, cover] of coverUps) {
        const cells = cover(key.system, forged);
        expect(brokenRelation(key.system, cells), `${where}, ${how}`).not.toBeNull();
        tally.reject(judgeCells(key, cells), `${where}, ${how}`);
      }
    }
  });

  test('a larger score that nobody gave, or a largest one left out, is caught with every label it would make', () => {
    const { key, honest, label } = scores;
    const maxima = key.system.circuit.wires.flatMap(({ name }, id) => (name.includes(':first') ? [id] : []));
    expect(maxima.length).toBe(3);
    for (const wire of maxima) {
      for (let cell = 0; cell < 5; cell++) {
        for (const value of [255, 199, 0]) {
          if (honest.tensors[wire]?.[cell] === value) continue;
          const forged = withCell(withCell(honest, wire, cell, value), label, 0, (right + 1) % 5);
          for (const [how, cover] of coverUps)
            tally.reject(judgeCells(key, cover(key.system, forged)), `${wire}[${cell}] = ${value}, ${how}`);
        }
      }
    }
  });

  test('nothing false was accepted', () => {
    expect(tally.count('accepted')).toBe(0);
    expect(tally.count('rejected')).toBeGreaterThan(100);
  });
});
