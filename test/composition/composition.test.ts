/** What operators state in random company: the ports of a circuit show the integers of the model, and relations determine every cell. */
import { describe, expect, it } from 'vitest';
import type { Circuit } from '../../src/artifact/circuit.ts';
import { ProvennError } from '../../src/base/errors.ts';
import { type Built, buildWithSecrets } from '../../src/compile/circuit.ts';
import { allPublic, type Level, levelOf, type Visibility } from '../../src/compile/visibility.ts';
import { assignWitness } from '../../src/compile/witness.ts';
import { violations } from '../../src/gadgets/evaluate.ts';
import { pairTableVectors } from '../../src/ops/pair-table/vectors.ts';
import type { Random } from '../../src/ops/vectors.ts';
import { execute } from '../../src/runtime/execute.ts';
import { operatorVectors } from '../support/operator-cases.ts';
import { RandomNetwork } from './random-network.ts';

const levels: readonly Level[] = ['public', 'private', 'committed'];

function randomVisibility(random: Random, outputs: readonly string[]): Visibility {
  const level = (): Level => (random.chance(0.5) ? 'public' : random.pick(levels));
  const ports = new Map(outputs.filter(() => random.chance(0.3)).map((name) => [`output:${name}`, level()]));
  return { input: level(), output: level(), weights: random.chance(0.3) ? 'committed' : 'public', ports };
}

/** The wires that relations write, each once. */
function writtenBy({ gadgets }: Circuit): number[] {
  const written = gadgets.flatMap((gadget) => ('output' in gadget ? [gadget.output] : []));
  expect(new Set(written).size).toBe(written.length);
  return written;
}

/** Names of wires that no relation writes, other than inputs, constants and the cell that stands for no lookup. */
function loose({ wires, inputs }: Circuit, written: readonly number[]): string[] {
  const given = new Set([...written, ...inputs.map(({ wire }) => wire)]);
  return wires.flatMap(({ name, role, matrix }, id) =>
    given.has(id) || role === 'constant' || matrix === 'weights' || name === 'nothing' ? [] : [name],
  );
}

/** What is wrong with the wires of an honest run: nothing. */
function differences({ circuit, secrets }: Built, network: RandomNetwork, visibility: Visibility): string[] {
  const { random } = network;
  const trace = execute(network.graph, network.integers());
  const { wires } = assignWitness(circuit, trace, secrets);
  const shows = (id: number, tensor: string): boolean => wires[id]?.join() === trace.tensors.get(tensor)?.data.join();
  const out = violations(circuit, { wires }).map(({ gadget, cell }) => `${gadget} is broken at ${cell}`);
  for (const { wire, tensor, name } of [...circuit.inputs, ...circuit.outputs])
    if (!shows(wire, tensor)) out.push(`port ${name} does not show ${tensor}`);
  for (const { wire, name } of circuit.outputs) {
    const level = levelOf(visibility, 'output', name);
    if (circuit.wires[wire]?.role !== (level === 'private' ? 'witness' : level)) out.push(`${name} is not ${level}`);
  }
  circuit.wires.forEach(({ name, interval: [low, high] }, id) => {
    if (trace.tensors.has(name) && !shows(id, name)) out.push(`wire ${name} is not its tensor`);
    if (!wires[id]?.every((value) => value >= low && value <= high)) out.push(`wire ${name} leaves its interval`);
  });
  const written = writtenBy(circuit);
  out.push(...loose(circuit, written).map((name) => `nothing writes ${name}`));
  for (const id of random.list(3, () => random.pick(written))) {
    const changed = Float64Array.from(wires[id] as Float64Array);
    const cell = random.integer(0, changed.length - 1);
    changed[cell] = (changed[cell] as number) + random.pick([-1, 1, 7, 256]);
    const forged = wires.map((wire, i) => (i === id ? changed : wire));
    if (violations(circuit, { wires: forged }).length === 0) out.push(`${circuit.wires[id]?.name} may be changed`);
  }
  return out;
}

/** Everything wrong with one random network; null when it is refused by name. */
function examine(seed: number): string[] | null {
  const network = new RandomNetwork(seed);
  const { random } = network;
  for (let left = random.integer(1, 6); left > 0; left--) network.add(random.pick(operatorVectors));
  const { graph } = network;
  const names = graph.outputs.map(({ name }) => name);
  const visibility = randomVisibility(random, names);
  try {
    return differences(buildWithSecrets(graph, visibility), network, visibility);
  } catch (error) {
    if (error instanceof ProvennError && error.code === 'MODEL_UNSUPPORTED') return null;
    throw error;
  }
}

describe('networks of all operators in any company', () => {
  it('show the integers of the model, at the level chosen, and determine every cell', () => {
    let compared = 0;
    for (let seed = 1; seed <= 200; seed++) {
      const found = examine(seed);
      if (found === null) continue;
      expect(found, `seed ${seed}`).toEqual([]);
      compared++;
    }
    expect(compared).toBeGreaterThan(130);
  });

  it('refuse to hide the classes of a table by name, instead of listing all pairs of integers', () => {
    const visibility: Visibility = { ...allPublic, weights: 'committed' };
    let refused = 0;
    for (let seed = 1; seed <= 100; seed++) {
      const network = new RandomNetwork(seed);
      network.add(pairTableVectors);
      const { graph } = network;
      if (![...graph.constants.values()].some(({ dtype }) => dtype === 's32')) continue;
      expect(() => buildWithSecrets(graph, visibility)).toThrow(/cannot be committed: its table depends on them/);
      refused++;
    }
    expect(refused).toBeGreaterThan(3);
  });
});
