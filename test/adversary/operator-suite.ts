/** The malicious witness, operator by operator: cells of every wire that an operator's relations determine, changed by one. */
import { afterAll, describe, expect, test } from 'vitest';
import { assign } from '../../src/backends/transparent/index.ts';
import { operators } from '../../src/ops/registry.ts';
import { seeded } from '../support/circuits.ts';
import { judgeCells, keyWithoutWork, recounted, rederived, withCell } from '../support/malicious.ts';
import { type OperatorCase, operatorCase, operatorVectors } from '../support/operator-cases.ts';
import { brokenRelation } from '../support/oracle.ts';
import { Tally } from '../support/tally.ts';

/** Forges `cells` cells of each determined wire, by ±1, once with everything derived again and once with counts alone. */
function attack({ circuit, witness }: OperatorCase, cells: number, seed: number, tally: Tally): void {
  const key = keyWithoutWork(circuit);
  const random = seeded(seed);
  const honest = assign(key.system, witness);
  expect(brokenRelation(key.system, honest)).toBeNull();
  expect(judgeCells(key, honest).ok).toBe(true);
  const determined = circuit.gadgets.flatMap((gadget) => ('output' in gadget ? [gadget.output] : []));
  for (const wire of determined) {
    const values = honest.tensors[wire] as Float64Array;
    for (let i = 0; i < Math.min(cells, values.length); i++) {
      const cell = random(0, values.length - 1);
      const delta = random(0, 1) === 0 ? -1 : 1;
      const changed = withCell(honest, wire, cell, (values[cell] as number) + delta);
      const forged = (random(0, 1) === 0 ? recounted : rederived)(key.system, changed);
      const where = `${circuit.wires[wire]?.name}[${cell}] ${delta}`;
      expect(brokenRelation(key.system, forged), where).not.toBeNull();
      tally.reject(judgeCells(key, forged), where);
    }
  }
}

/** Registers the suite: `samples` random instances of every operator, `cells` forged cells of every wire. */
export function operatorSuite(samples: number, cells: number): void {
  const tally = new Tally();
  afterAll(() => tally.print('malicious witness, operators'));

  test('every operator of the registry is attacked', () => {
    expect(operatorVectors.map(({ op }) => op.name).sort()).toEqual(operators.map(({ name }) => name).sort());
  });

  describe.each(operatorVectors.map((vectors) => [vectors.op.name, vectors] as const))('%s', (_, vectors) => {
    test('any forged cell is rejected', () => {
      for (let seed = 1; seed <= samples; seed++) attack(operatorCase(vectors, seed), cells, seed, tally);
    });
  });

  test('nothing false was accepted', () => {
    expect(tally.count('accepted')).toBe(0);
    expect(tally.count('rejected')).toBeGreaterThan(operators.length * samples);
  });
}
