/** Lies about the commitment: cells that no relation reads, words that are no codewords, rows other than the committed ones. */
import { afterAll, describe, expect, test } from 'vitest';
import { assign, proveCells } from '../../src/backends/transparent/index.ts';
import { addressOf, forEachRun } from '../../src/backends/transparent/layout.ts';
import { noiseRows } from '../../src/backends/transparent/mask.ts';
import { codeDimension } from '../../src/backends/transparent/matrix.ts';
import { P } from '../../src/base/field.ts';
import { complete, seeded } from '../support/circuits.ts';
import { fresh } from '../support/fresh.ts';
import { freeze } from '../support/frozen.ts';
import { allGadgets } from '../support/gadget-circuits.ts';
import { verifyProof } from '../support/judged.ts';
import { proveCodewords, proveRows } from '../support/lying-prover.ts';
import { keyWithoutWork, noContext } from '../support/malicious.ts';
import { Tally } from '../support/tally.ts';

const { circuit, inputs } = allGadgets;
const key = keyWithoutWork(circuit);
const { system, layout, parameters } = key;
const honest = assign(system, complete(circuit, inputs));
const width = 2 ** layout.logRow;
const dimension = codeDimension(parameters);
const logCode = parameters.logRow + parameters.logBlowup;
const tally = new Tally();

afterAll(() => tally.print('malicious commitment'));

/** Places in the stored rows that belong to the box of a tensor; the blinding row is no cell that anything reads. */
function cellsInBoxes(): Set<number> {
  const stored = new Map(Array.from(layout.rows, (row, i) => [row, i]));
  const inside = new Set<number>();
  system.tensors.forEach((tensor, id) => {
    if (tensor.kind !== 'committed' || id === system.mask?.blinding) return;
    forEachRun(tensor.sizes, (_, offset, length) => {
      for (let i = 0; i < length; i++) {
        const cell = addressOf(layout, id) + offset + i;
        inside.add((stored.get(Math.floor(cell / width)) as number) * dimension + (cell % width));
      }
    });
  });
  return inside;
}

describe('padding', () => {
  const inside = cellsInBoxes();
  const padding = Array.from({ length: layout.rows.length * dimension }, (_, at) => at).filter((at) => !inside.has(at));

  test('may hold anything: the statement is the same', () => {
    expect(padding.length).toBeGreaterThan(100);
    const plain = verifyProof({ accepted: key }, proveCells(key, honest, noContext, fresh()));
    for (const seed of [1, 2, 3]) {
      const random = seeded(seed);
      const proof = proveRows(key, honest, (rows) => {
        for (const at of padding) rows[at] = random(0, P - 1);
      });
      expect(verifyProof({ accepted: key }, proof)).toEqual(plain);
      tally.add(
        'proofs with garbage in every padding cell, blinding cell and random coefficient accepted as the same statement',
      );
    }
  });

  test('is told from cells: any committed cell changed after the relations were proven is rejected', () => {
    const random = seeded(4);
    const cells = [...inside];
    for (let i = 0; i < 12; i++) {
      const at = cells[random(0, cells.length - 1)] as number;
      const proof = proveRows(key, honest, (rows) => {
        rows[at] = ((rows[at] as number) + random(1, P - 1)) % P;
      });
      tally.reject(verifyProof({ accepted: key }, proof), `cell ${at}`, ['opening']);
    }
  });
});

describe('a codeword', () => {
  test('that is wrong beyond the decoding radius is rejected, in whichever row', () => {
    const random = seeded(5);
    const wrong = Math.floor((2 ** logCode - dimension) / 2) + 1;
    for (let row = 0; row < layout.rows.length + noiseRows; row++) {
      const proof = proveCodewords(key, honest, (codewords) => {
        for (let j = 0; j < wrong; j++) codewords[row * 2 ** logCode + j] = random(0, P - 1);
      });
      tally.reject(verifyProof({ accepted: key }, proof), `row ${row}`, ['opening']);
    }
  });

  test('of another row than the one proven with is rejected', () => {
    const proof = proveCodewords(key, honest, (codewords) => {
      codewords.copyWithin(0, 2 ** logCode, 2 * 2 ** logCode);
    });
    tally.reject(verifyProof({ accepted: key }, proof), 'rows exchanged', ['opening']);
  });

  test('wrong in one column is rejected exactly when that column is opened', () => {
    for (let column = 0; column < 2 ** logCode; column += 127) {
      const proof = proveCodewords(key, honest, (codewords) => {
        codewords[column] = ((codewords[column] as number) + 1) % P;
      });
      const verdict = verifyProof({ accepted: key }, proof);
      if (verdict.ok) {
        expect(freeze(key, proof).positions).not.toContain(column);
        tally.add('wrong columns unopened');
      } else tally.reject(verdict, `column ${column}`, ['opening']);
    }
    expect(tally.count('wrong columns unopened')).toBeGreaterThan(0);
  });
});
