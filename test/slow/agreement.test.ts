/** Two verifiers that share no code, on what neither was written for: random networks, and keys changed at random. */
import { afterAll, expect, test } from 'vitest';
import { decodeVerifyingKey, encodeVerifyingKey, type VerifyingKey } from '../../src/artifact/keys.ts';
import { encodeProof } from '../../src/artifact/proof.ts';
import { makeKey } from '../../src/backends/transparent/index.ts';
import { ProvennError } from '../../src/base/errors.ts';
import type { Level, Visibility } from '../../src/compile/visibility.ts';
import { compileHidden, proveInference } from '../../src/pipeline/index.ts';
import { freshRandomness } from '../../src/pipeline/node/randomness.ts';
import { prepareKey } from '../../src/verify/index.ts';
import { RandomNetwork } from '../composition/random-network.ts';
import { everyGadget, seeded } from '../support/circuits.ts';
import { allGadgets } from '../support/gadget-circuits.ts';
import { judgedByBoth, judgeKey, verify } from '../support/judged.ts';
import { operatorVectors } from '../support/operator-cases.ts';

afterAll(() => console.log(judgedByBoth()));

/** Some networks are refused by name: too large a range, nothing to look up. */
function ifPossible<T>(make: () => T): T | null {
  try {
    return make();
  } catch (error) {
    if (error instanceof ProvennError && error.code !== 'INTERNAL') return null;
    throw error;
  }
}

test('proofs of random networks, and the same with another public integer', () => {
  let proven = 0;
  for (let seed = 1; proven < 40; seed++) {
    const network = new RandomNetwork(seed);
    const { random } = network;
    for (let i = random.integer(1, 3); i > 0; i--) network.add(random.pick(operatorVectors));
    const level = (): Level => random.pick(['public', 'private']);
    const weights = random.chance(0.2) ? 'committed' : 'public';
    const visibility: Visibility = { input: level(), output: level(), weights, ports: new Map() };
    const compilation = ifPossible(() => compileHidden(network.graph, visibility, freshRandomness));
    if (compilation === null) continue;
    const openings = compilation.openings.map((opening) => ({ opening, claim: (): void => {} }));
    const options = { randomness: freshRandomness(), openings, draw: freshRandomness };
    const { proof } = proveInference(compilation.provingKey, network.integers(), options);
    const key = encodeVerifyingKey(compilation.verifyingKey);
    expect(verify(key, encodeProof(proof)).ok, `network ${seed}`).toBe(true);
    const { statement } = proof;
    const publics = statement.publics.map((values) => values.map((value, i) => (i === 0 ? value ^ 1 : value)));
    if (publics.length > 0)
      expect(verify(key, encodeProof({ ...proof, statement: { ...statement, publics } })).ok).toBe(false);
    proven++;
  }
});

type Bag = Record<string | number, unknown>;

/** Where numbers and lists stand in a value. */
function places(value: unknown, path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof value === 'number') return [path];
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return [];
  const keys = Object.keys(value);
  const inside = value instanceof Int32Array ? keys.slice(0, 3) : keys;
  const below = inside.flatMap((key) => places((value as Bag)[key], [...path, key]));
  return Array.isArray(value) ? [path, ...below] : below;
}

const odd = [0, 1, -1, 2, 8, 255, 256, 2 ** 20, 2 ** 27, 2 ** 28, 1065353215, 1065353216, 2 ** 31 - 1, -(2 ** 31)];

/** One number or one list of a circuit changed. */
function changed(key: VerifyingKey, random: (low: number, high: number) => number): VerifyingKey {
  const copy = structuredClone(key);
  const all = places(copy.circuit);
  const path = all[random(0, all.length - 1)] as readonly (string | number)[];
  const holder = path.slice(0, -1).reduce<unknown>((value, step) => (value as Bag)[step], copy.circuit) as Bag;
  const last = path.at(-1) as string;
  const value = holder[last];
  if (typeof value === 'number') {
    const ways = [value + 1, value - 1, -value, value * 2, odd[random(0, odd.length - 1)] as number];
    holder[last] = ways[random(0, ways.length - 1)];
  } else if (Array.isArray(value) && value.length > 0) {
    const [i, j] = [random(0, value.length - 1), random(0, value.length - 1)];
    if (random(0, 1) === 0) value.splice(i, 1);
    else [value[i], value[j]] = [value[j], value[i]];
  }
  return copy;
}

test('keys whose circuits were changed at random', () => {
  const random = seeded(11);
  const keys = [makeKey(everyGadget().circuit), makeKey(allGadgets.circuit)];
  let judged = 0;
  let refused = 0;
  while (judged < 2000) {
    const key = changed(keys[judged % 2] as VerifyingKey, random);
    const readable = ifPossible(() => decodeVerifyingKey(encodeVerifyingKey(key)));
    const accepted = readable !== null && ifPossible(() => prepareKey(readable)) !== null;
    judgeKey(key, accepted);
    judged++;
    if (!accepted) refused++;
  }
  expect(refused).toBeGreaterThan(600);
  expect(refused).toBeLessThan(1900);
});
