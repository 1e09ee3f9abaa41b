import { describe, expect, it } from 'vitest';
import { seeded } from '../../test/support/circuits.ts';
import { concatBytes } from '../base/bytes.ts';
import { ProvennError } from '../base/errors.ts';
import {
  type Commitment,
  decodeCommitment,
  decodeOpening,
  encodeCommitment,
  encodeOpening,
  type Opening,
} from './commitment.ts';
import { open, seal } from './envelope.ts';

const commitment: Commitment = {
  backend: 'transparent/1',
  matrix: 'input:image',
  label: 'a ticket',
  format: { logRow: 10, logBlowup: 2, tail: 1100 },
  budget: 8,
  tensors: [
    { name: 'image', sizes: [2, 3], interval: [0, 255] },
    { name: 'scalar', sizes: [], interval: [-128, 127] },
  ],
  root: new Uint8Array(32).fill(1),
  descriptor: new Uint8Array(32).fill(2),
};
const opening: Opening = {
  commitment,
  lease: { kind: 'original', id: new Uint8Array(16).fill(3), uses: [1, 2, 3, 4, 5, 6, 7, 8] },
  seed: new Uint8Array(32).fill(4),
  cells: [Int32Array.of(0, 255, 7, 8, 9, 10), Int32Array.of(-5)],
};

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof ProvennError) return error.code;
    throw error;
  }
  return 'accepted';
}

describe('commitments and openings', () => {
  it('round trip, bytes included', () => {
    const bytes = encodeCommitment(commitment);
    expect(decodeCommitment(bytes)).toEqual(commitment);
    expect(encodeCommitment(decodeCommitment(bytes))).toEqual(bytes);
    for (const kind of ['original', 'portable', 'accepted'] as const) {
      const leased = { ...opening, lease: { ...opening.lease, kind, uses: [3, 5] } };
      expect(decodeOpening(encodeOpening(leased))).toEqual(leased);
    }
  });

  it('are not mistaken for each other', () => {
    expect(codeOf(() => decodeCommitment(encodeOpening(opening)))).toBe('ARTIFACT_VERSION');
    expect(codeOf(() => decodeOpening(encodeCommitment(commitment)))).toBe('ARTIFACT_VERSION');
  });

  it('a commitment holds no cell and no seed', () => {
    expect(encodeCommitment(commitment)).toEqual(encodeCommitment({ ...opening.commitment }));
    expect(encodeOpening(opening).length).toBeGreaterThan(encodeCommitment(commitment).length + 32 + 16);
  });

  it.each<[string, Opening]>([
    ['too few cells', { ...opening, cells: [Int32Array.of(1), Int32Array.of(-5)] }],
    ['uses before the first', { ...opening, lease: { ...opening.lease, uses: [0, 1] } }],
    ['a use twice', { ...opening, lease: { ...opening.lease, uses: [3, 3] } }],
    ['uses beyond the budget', { ...opening, lease: { ...opening.lease, uses: [8, 9] } }],
  ])('an opening with %s is refused', (_, bad) => {
    expect(codeOf(() => decodeOpening(encodeOpening(bad)))).toBe('ARTIFACT_TAMPERED');
  });

  it('are refused when cut or lengthened, whatever the damage inside', () => {
    const random = seeded(1);
    const payload = open('opening', encodeOpening(opening));
    for (let length = 0; length < payload.length; length++)
      expect(codeOf(() => decodeOpening(seal('opening', payload.slice(0, length))))).toBe('ARTIFACT_TAMPERED');
    expect(codeOf(() => decodeOpening(seal('opening', concatBytes(payload, Uint8Array.of(0)))))).toBe(
      'ARTIFACT_TAMPERED',
    );
    for (let i = 0; i < 500; i++) {
      const damaged = Uint8Array.from(payload);
      damaged[random(0, damaged.length - 1)] = random(0, 255);
      expect(['accepted', 'ARTIFACT_TAMPERED']).toContain(codeOf(() => decodeOpening(seal('opening', damaged))));
    }
  });
});
