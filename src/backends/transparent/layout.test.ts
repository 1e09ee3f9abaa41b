import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { everyGadget } from '../../../test/support/circuits.ts';
import { ProvennError } from '../../base/errors.ts';
import { product, type Shape } from '../../base/tensor.ts';
import { addressOf, forEachRun, layOut, paddedBits } from './layout.ts';
import { lower } from './lower.ts';
import type { System, SystemTensor } from './system.ts';

const { circuit } = everyGadget();
const system = lower(circuit, 9);

function systemOf(tensors: readonly SystemTensor[]): System {
  return { ...system, tensors };
}

function tensor(sizes: Shape, kind: SystemTensor['kind'] = 'committed'): SystemTensor {
  return { name: 't', sizes, kind, data: null, matrix: '' };
}

/** Offset of every box cell inside the padded tensor, from the definition: the last dimension in the lowest bits. */
function offsets(sizes: Shape): number[] {
  return sizes.reduce<number[]>(
    (prefixes, size) => {
      const padded = 2 ** Math.ceil(Math.log2(size));
      return prefixes.flatMap((prefix) => Array.from({ length: size }, (_, x) => prefix * padded + x));
    },
    [0],
  );
}

const shapes = fc.array(fc.integer({ min: 1, max: 7 }), { maxLength: 4 });

describe('padded tensors', () => {
  it('forEachRun visits the cells in order, at their padded offsets', () => {
    fc.assert(
      fc.property(shapes, (sizes) => {
        const found: number[] = [];
        forEachRun(sizes, (cell, offset, length) => {
          expect(cell).toBe(found.length);
          for (let i = 0; i < length; i++) found.push(offset + i);
        });
        expect(found).toEqual(offsets(sizes));
      }),
      { numRuns: 200, seed: 1 },
    );
  });

  it('paddedBits is the size of the padded tensor', () => {
    expect([[], [1], [5], [4, 3], [3, 6, 3], [1, 1, 2]].map(paddedBits)).toEqual([0, 0, 3, 4, 7, 1]);
  });
});

describe('layOut', () => {
  const systems = fc.array(fc.tuple(shapes, fc.constantFrom('committed', 'committed', 'constant', 'statement')), {
    minLength: 1,
    maxLength: 8,
  });

  it('aligns tensors to their padded sizes, keeps them apart, and stores exactly the rows their cells meet', () => {
    fc.assert(
      fc.property(systems, fc.integer({ min: 0, max: 6 }), (list, logRow) => {
        const tensors = list.map(([sizes, kind]) => tensor(sizes, kind as SystemTensor['kind']));
        const layout = layOut(systemOf(tensors), logRow);
        const blocks: [number, number][] = [];
        const rows = new Set<number>();
        tensors.forEach(({ sizes, kind }, id) => {
          if (kind !== 'committed') {
            expect(layout.addresses[id]).toBe(-1);
            return;
          }
          const address = addressOf(layout, id);
          const size = 2 ** paddedBits(sizes);
          expect(address % size).toBe(0);
          expect(address + size).toBeLessThanOrEqual(2 ** layout.logCells);
          blocks.push([address, address + size]);
          for (const offset of offsets(sizes)) rows.add(Math.floor((address + offset) / 2 ** logRow));
        });
        blocks.sort((a, b) => a[0] - b[0]);
        blocks.forEach(([from], i) => expect(from).toBeGreaterThanOrEqual(blocks[i - 1]?.[1] ?? 0));
        expect(Array.from(layout.rows)).toEqual([...rows].sort((a, b) => a - b));
        expect(layout.logCells).toBeGreaterThanOrEqual(logRow);
      }),
      { numRuns: 200, seed: 2 },
    );
  });

  it('places larger tensors first, equal ones in key order', () => {
    const layout = layOut(systemOf([[2], [8], [3], [5]].map((sizes) => tensor(sizes))), 2);
    expect(layout.addresses).toEqual([20, 0, 16, 8]);
    expect(Array.from(layout.rows)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(layout.logCells).toBe(5);
  });

  it('does not store rows of padding', () => {
    // Five rows of eight are padded to eight rows of eight.
    const layout = layOut(systemOf([tensor([5, 8])]), 3);
    expect(Array.from(layout.rows)).toEqual([0, 1, 2, 3, 4]);
    expect(layout.logCells).toBe(6);
  });

  it('gives public tensors no address', () => {
    const layout = layOut(systemOf([tensor([4]), tensor([4], 'constant')]), 2);
    expect(() => addressOf(layout, 1)).toThrow(ProvennError);
  });

  it('stores about the cells of a real system', () => {
    const layout = layOut(system, 9);
    const cells = system.tensors.reduce((sum, { kind, sizes }) => sum + (kind === 'committed' ? product(sizes) : 0), 0);
    expect(layout.rows.length * 512).toBeGreaterThanOrEqual(cells);
    expect(layout.rows.length * 512).toBeLessThan(4 * cells);
  });
});
