/** The Poseidon commitment: circom's own Poseidon and circomlibjs agree, and every input of the definition matters. */
// @ts-expect-error: circomlibjs comes without types
import { buildPoseidon } from 'circomlibjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { reduce } from '../../src/backends/groth16/prime-field.ts';
import { brokenConstraint } from '../../src/backends/groth16/r1cs.ts';
import { setupTimeout } from '../support/backend-laws.ts';
import { around, forged, honest, looseWires, type System, signedValue, systemOf } from '../support/circom.ts';

type Poseidon = ((inputs: readonly bigint[]) => Uint8Array) & { readonly F: { toObject(x: Uint8Array): bigint } };

const [domain, low, width, perElement] = [77n, -128n, 8, 31];
const weights = Array.from({ length: 40 }, (_, i) => BigInt(((i * 97) % 256) - 128));
const salt = 123456789012345678901234567890n;
const inputs = { in: weights.map(String), salt: String(salt) };

let system: System;
let poseidon: Poseidon;

/** The definition, in circomlibjs. */
function commit(cells: readonly bigint[], salting: bigint, use = domain): bigint {
  const hash = (values: readonly bigint[]): bigint => poseidon.F.toObject(poseidon(values));
  const elements: bigint[] = [];
  for (let at = 0; at < cells.length; at += perElement)
    elements.push(
      cells.slice(at, at + perElement).reduce((sum, cell, i) => sum + ((cell - low) << BigInt(width * i)), 0n),
    );
  while (elements.length % 15 !== 0) elements.push(0n);
  let state = hash([use, BigInt(cells.length), salting]);
  for (let at = 0; at < elements.length; at += 15) state = hash([state, ...elements.slice(at, at + 15)]);
  return state;
}

beforeAll(async () => {
  poseidon = (await buildPoseidon()) as Poseidon;
  system = await systemOf(
    around(
      'commit',
      'in, salt',
      `Commitment(40, ${domain}, [${weights.map(() => low)}], [${weights.map(() => width)}])`,
    ),
  );
}, setupTimeout);

describe('Commitment', () => {
  test('is the same in circom and in circomlibjs', async () => {
    const values = await honest(system, inputs);
    expect(brokenConstraint(system.r1cs, values)).toBe(-1);
    expect(reduce(signedValue(system, values, 'out'))).toBe(commit(weights, salt));
    expect(system.r1cs.constraints.length).toBe(3099);
  });

  test('depends on every cell, on their number, on the use and on the salt', () => {
    const honestRoot = commit(weights, salt);
    const others = [
      commit(
        weights.map((x, i) => (i === 39 ? x ^ 1n : x)),
        salt,
      ),
      commit([...weights, low], salt),
      commit(weights.slice(1), salt),
      commit(weights, salt + 1n),
      commit(weights, salt, domain + 1n),
    ];
    expect(new Set([honestRoot, ...others]).size).toBe(6);
  });

  test('its equations pin every wire', async () => {
    expect(looseWires(system, await honest(system, inputs))).toEqual([]);
  });

  test('its equations reject other weights, cells that trade a unit, another salt and another commitment', async () => {
    const values = await honest(system, inputs);
    const [first, second] = [signedValue(system, values, 'in[0]'), signedValue(system, values, 'in[1]')];
    for (const changes of [
      { 'in[0]': first + 1n },
      { 'in[0]': first + 256n, 'in[1]': second - 1n },
      { salt: salt + 1n },
      { out: 5n },
    ])
      expect(brokenConstraint(system.r1cs, forged(system, values, changes))).toBeGreaterThanOrEqual(0);
  });
});
