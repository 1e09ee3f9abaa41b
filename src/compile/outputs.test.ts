import { describe, expect, it } from 'vitest';
import { seeded } from '../../test/support/circuits.ts';
import { profile, type QuantGraph, type QuantNode, type QuantTensor } from '../artifact/quant-graph.ts';
import type { Json } from '../base/canonical-json.ts';
import { ProvennError } from '../base/errors.ts';
import { product, type Shape } from '../base/tensor.ts';
import { violations } from '../gadgets/evaluate.ts';
import { execute } from '../runtime/execute.ts';
import { buildCircuit } from './circuit.ts';
import { allPublic, type Level } from './visibility.ts';
import { assignWitness } from './witness.ts';

const same = {
  table: Array.from({ length: 256 }, (_, i) => i),
  inputDtype: 'u8',
  outputDtype: 'u8',
  label: 'same',
};

type Move = { readonly op: string; readonly attrs: Json; readonly dims: Shape };

/** What an output says of a chain of movements behind a byte function: public integers and the model's, or null if refused. */
function outcome(first: Shape, moves: readonly Move[], level: Level, data: Int32Array): [number[], number[]] | null {
  const tensors: QuantTensor[] = ['x', 't0'].map((name) => ({ name, dtype: 'u8', dims: first }));
  const nodes: QuantNode[] = [{ name: 'n', op: 'UnaryTable', inputs: ['x'], outputs: ['t0'], attrs: same }];
  moves.forEach(({ op, attrs, dims }, i) => {
    nodes.push({ name: `n${i}`, op, inputs: [`t${i}`], outputs: [`t${i + 1}`], attrs });
    tensors.push({ name: `t${i + 1}`, dtype: 'u8', dims });
  });
  const last = tensors.at(-1) as QuantTensor;
  const port = ({ name, dims }: QuantTensor) => ({
    name,
    tensor: name,
    dims,
    dtype: 'u8' as const,
    quantization: null,
  });
  const inputs = [port(tensors[0] as QuantTensor)];
  const graph: QuantGraph = { name: 'm', profile, inputs, outputs: [port(last)], tensors, constants: new Map(), nodes };
  let circuit: ReturnType<typeof buildCircuit>;
  try {
    circuit = buildCircuit(graph, { ...allPublic, output: level });
  } catch (error) {
    // A chain whose padding or empty selection leaves nothing of the input.
    if (error instanceof ProvennError && error.code === 'MODEL_UNSUPPORTED') return null;
    throw error;
  }
  const trace = execute(graph, new Map([['x', { dtype: 'u8', dims: first, data }]]));
  const witness = assignWitness(circuit, trace);
  expect(violations(circuit, witness)).toEqual([]);
  const wire = circuit.outputs[0]?.wire as number;
  return [Array.from(witness.wires[wire] as Float64Array), Array.from(trace.tensors.get(last.name)?.data ?? [])];
}

function randomMove(random: (low: number, high: number) => number, dims: Shape): Move {
  switch (random(0, 3)) {
    case 0: {
      const indices = dims.map((size) =>
        random(0, 1) === 0 ? null : Array.from({ length: random(1, 5) }, () => random(0, size - 1)),
      );
      return { op: 'Select', attrs: { indices }, dims: dims.map((size, dim) => indices[dim]?.length ?? size) };
    }
    case 1: {
      const begins = dims.map(() => random(0, 1));
      const ends = dims.map(() => random(0, 1));
      const padded = dims.map((size, dim) => size + (begins[dim] as number) + (ends[dim] as number));
      return { op: 'Pad', attrs: { begins, ends, value: 5 * random(0, 1) }, dims: padded };
    }
    case 2: {
      const cells = product(dims);
      const divisors = Array.from({ length: cells }, (_, i) => i + 1).filter((n) => cells % n === 0);
      const rows = divisors[random(0, divisors.length - 1)] as number;
      return { op: 'Reshape', attrs: { dims: [rows, cells / rows] }, dims: [rows, cells / rows] };
    }
    default: {
      const perm = dims.map((_, dim) => dims.length - 1 - dim);
      return { op: 'Transpose', attrs: { perm }, dims: perm.map((dim) => dims[dim] as number) };
    }
  }
}

describe('an output behind movements', () => {
  const ten = Int32Array.of(10, 20, 30, 40);
  const select = (indices: (number[] | null)[], dims: Shape): Move => ({ op: 'Select', attrs: { indices }, dims });

  it.each<readonly [string, Shape, readonly Move[], readonly number[]]>([
    ['reversed', [4], [select([[3, 2, 1, 0]], [4])], [40, 30, 20, 10]],
    ['permuted', [4], [select([[2, 0, 3, 1]], [4])], [30, 10, 40, 20]],
    [
      'cut and repeated',
      [4, 1],
      [
        select(
          [
            [0, 1],
            [0, 0],
          ],
          [2, 2],
        ),
      ],
      [10, 10, 20, 20],
    ],
  ])('shows the integers of the model: %s', (_name, first, moves, expected) => {
    for (const level of ['public', 'private', 'committed'] as const) {
      const [shown, model] = outcome(first, moves, level, ten) as [number[], number[]];
      expect(model).toEqual(expected);
      expect(shown).toEqual(expected);
    }
  });

  it('shows the integers of the model: random chains', () => {
    let compared = 0;
    for (let seed = 1; seed <= 600; seed++) {
      const random = seeded(seed);
      const first = Array.from({ length: random(1, 3) }, () => random(1, 4));
      const moves: Move[] = [];
      for (let dims: Shape = first; moves.length < random(1, 4); ) {
        const move = randomMove(random, dims);
        if (product(move.dims) > 200) break;
        moves.push(move);
        dims = move.dims;
      }
      const data = Int32Array.from({ length: product(first) }, () => random(1, 255));
      const level = (['public', 'private', 'committed'] as const)[seed % 3] as Level;
      const found = outcome(first, moves, level, data);
      if (found === null) continue;
      expect(found[0], `seed ${seed}`).toEqual(found[1]);
      compared++;
    }
    expect(compared).toBeGreaterThan(500);
  });
});
