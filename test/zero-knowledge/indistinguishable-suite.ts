/**
 * Proofs of two private inputs with one output, compared position by position: nothing that a proof shows may be distributed
 * differently. Simulated proofs join as a third sample. The core protocol is the control: the same tests must catch it.
 */
import { expect, test } from 'vitest';
import {
  type AcceptedKey,
  acceptCoreKey,
  assign,
  type Cells,
  makeCoreKey,
  proveCells,
} from '../../src/backends/transparent/index.ts';
import { RandomStream } from '../../src/backends/transparent/randomness.ts';
import { P } from '../../src/base/field.ts';
import { fresh } from '../support/fresh.ts';
import { keyWithoutWork, noContext } from '../support/malicious.ts';
import { inputs, privateCircuit, witnessOf } from '../support/private-circuit.ts';
import { type Field, proofFields } from '../support/proof-map.ts';
import { simulate } from '../support/simulator.ts';
import { compare, Histograms, unevenness } from '../support/statistics.ts';

/** Positions of a body that every proof has: all but the Merkle path, whose length depends on the columns. */
type Cell = { readonly at: number; readonly scale: number; readonly name: string };

function cellsOf(fields: readonly Field[]): Cell[] {
  return fields.flatMap(({ name, kind, from, to }): Cell[] => {
    if (kind === 'nonce' || name.startsWith('path')) return [];
    const scale = kind === 'element' || kind === 'cell' ? P : 2 ** 32;
    return Array.from({ length: (to - from) / 4 }, (_, i) => ({ at: from + 4 * i, scale, name }));
  });
}

function gather(bodies: Iterable<Uint8Array>, cells: readonly Cell[], bins: number): Histograms {
  const histograms = new Histograms(cells.length, bins);
  for (const body of bodies) {
    const words = new DataView(body.buffer, body.byteOffset, body.byteLength);
    cells.forEach(({ at, scale }, i) => histograms.add(i, words.getUint32(at, true) / scale));
  }
  return histograms;
}

function* proofs(key: AcceptedKey, cells: Cells, count: number): Generator<Uint8Array> {
  for (let i = 0; i < count; i++) yield proveCells(key, cells, noContext, fresh()).body;
}

function* simulations(key: AcceptedKey, publics: readonly Int32Array[], count: number): Generator<Uint8Array> {
  const seeds = new RandomStream(fresh().randomness, 'seeds');
  for (let i = 0; i < count; i++) yield simulate(key, publics, seeds.bytes(32)).proof.body;
}

/**
 * Bonferroni for single positions, and Kolmogorov–Smirnov for all of them together: small deviations everywhere show there.
 * Both thresholds are missed by identical distributions in fewer than one run in 10^5.
 */
function looksAlike(pValues: readonly number[]): {
  readonly least: number;
  readonly uneven: number;
  readonly alike: boolean;
} {
  const least = Math.min(...pValues) * pValues.length;
  const uneven = unevenness(pValues);
  return { least, uneven, alike: least > 1e-6 && uneven < 3 };
}

/** Registers the suite with `count` proofs per input, and as many simulated ones. */
export function indistinguishableSuite(count: number, bins: number): void {
  const key = keyWithoutWork(privateCircuit);
  const [first, second] = inputs.map((input) => assign(key.system, witnessOf(input))) as [Cells, Cells];
  const sample = proveCells(key, first, noContext, fresh());
  const cells = cellsOf(proofFields(key, sample.body.length));

  test(`${count} proofs of each of two private inputs, and as many simulated ones, are distributed alike`, () => {
    expect(proveCells(key, second, noContext, fresh()).statement.publics).toEqual(sample.statement.publics);
    const a = gather(proofs(key, first, count), cells, bins);
    const b = gather(proofs(key, second, count), cells, bins);
    const s = gather(simulations(key, sample.statement.publics, count), cells, bins);
    for (const [what, one, other] of [
      ['the two inputs', a, b],
      ['the first input and the simulator', a, s],
      ['the second input and the simulator', b, s],
    ] as const) {
      const found = looksAlike(compare(one, other, cells.length));
      console.log(
        `${what}: ${cells.length} positions, least p times their number ${found.least.toPrecision(3)}, unevenness ${found.uneven.toFixed(3)}`,
      );
      expect(found.alike, what).toBe(true);
    }
  }, 1_800_000);

  test('the same tests tell the two inputs apart when nothing is masked', () => {
    const core = acceptCoreKey(makeCoreKey(privateCircuit));
    const few = Math.min(count, 50);
    const bodies = [first, second].map((assigned) => {
      const trimmed = { ...assigned, tensors: assigned.tensors.slice(0, core.system.tensors.length) };
      return Array.from({ length: few }, () => proveCells(core, trimmed, noContext, fresh()).body);
    });
    const common = Array.from({ length: 400 }, (_, i) => ({ at: 44 + 4 * i, scale: P, name: `word ${i}` }));
    const [a, b] = bodies.map((list) => gather(list, common, bins)) as [Histograms, Histograms];
    expect(looksAlike(compare(a, b, common.length)).alike).toBe(false);
  });
}
