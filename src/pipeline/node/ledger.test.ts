import {
  copyFileSync,
  cpSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Lease } from '../../artifact/commitment.ts';
import { toHex } from '../../base/bytes.ts';
import { ProvennError } from '../../base/errors.ts';
import { claimUse, type LedgerEntry, registerOpening, usesOf } from './ledger.ts';
import { stateFolder } from './state.ts';

const descriptor = new Uint8Array(32).fill(0xab);
const lease: Lease = { kind: 'original', id: new Uint8Array(16).fill(1), uses: [1, 2, 3, 4, 5, 6, 7, 8] };

let folder = '';
let before: string | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'provenn ledger '));
  before = process.env['PROVENN_STATE'];
  process.env['PROVENN_STATE'] = join(folder, 'state');
});
afterEach(() => {
  if (before === undefined) delete process.env['PROVENN_STATE'];
  else process.env['PROVENN_STATE'] = before;
  rmSync(folder, { recursive: true, force: true });
});

function entryAt(path: string, more: Partial<LedgerEntry> = {}): LedgerEntry {
  return { path, descriptor, lease, budget: 8, ...more };
}

/** A model folder with a registered opening in it. */
function registered(): LedgerEntry {
  mkdirSync(join(folder, 'model'));
  const path = join(folder, 'model', 'weights.opening');
  writeFileSync(path, 'secret', { mode: 0o600 });
  const entry = entryAt(path);
  registerOpening(entry, ['range']);
  return entry;
}

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof ProvennError) return error.code;
    throw error;
  }
  return 'fine';
}

/** What comes of asking for the uses, and for one for a proof. */
const counted = (entry: LedgerEntry): string[] => [
  codeOf(() => usesOf(entry)),
  codeOf(() => claimUse(entry, 'proof', 'p')),
];

/** The same, and for the one to re-key with. */
const refusals = (entry: LedgerEntry): string[] => [...counted(entry), codeOf(() => claimUse(entry, 'rekey', 'r'))];

/** Restores the state folder of now after `between`. */
function rollingBack(between: () => void): void {
  const backup = join(folder, 'backup of the state');
  cpSync(stateFolder(), backup, { recursive: true });
  between();
  rmSync(stateFolder(), { recursive: true });
  cpSync(backup, stateFolder(), { recursive: true });
}

const recordsOf = (entry: LedgerEntry): string =>
  join(stateFolder(), 'openings', toHex(entry.descriptor), toHex(entry.lease.id));

describe('uses of an opening', () => {
  it('are six proofs and one re-keying, after the range proof', () => {
    const entry = registered();
    expect(usesOf(entry)).toEqual({ used: 1, left: 6, keptForRekeying: true });
    for (let use = 2; use <= 7; use++) expect(claimUse(entry, 'proof', 'p')).toBe(use);
    expect(usesOf(entry)).toEqual({ used: 7, left: 0, keptForRekeying: true });
    expect(codeOf(() => claimUse(entry, 'proof', 'p'))).toBe('BUDGET_EXHAUSTED');
    expect(claimUse(entry, 'rekey', 'r')).toBe(8);
    expect(codeOf(() => claimUse(entry, 'rekey', 'r'))).toBe('BUDGET_EXHAUSTED');
    expect(usesOf(entry)).toEqual({ used: 8, left: 0, keptForRekeying: false });
  });

  it('are on the disk in both places before they are handed out, readable by the owner alone', () => {
    const entry = registered();
    claimUse(entry, 'proof', 'p');
    for (const place of [recordsOf(entry), `${entry.path}.uses`]) {
      expect(
        readdirSync(place)
          .filter((name) => /^\d+$/.test(name))
          .sort(),
      ).toEqual(['1', '2']);
      expect(statSync(place).mode & 0o077).toBe(0);
      expect(statSync(join(place, '2')).mode & 0o077).toBe(0);
    }
  });

  it('that another process claims at the same moment are not handed out twice', () => {
    const entry = registered();
    // The other process has got as far as the state folder, and stopped there: its use is wasted, never given again.
    writeFileSync(join(recordsOf(entry), '2'), '');
    expect(claimUse(entry, 'proof', 'p')).toBe(3);
    // Another got as far as the folder beside the opening only, as if the state folder had been rolled back.
    writeFileSync(join(`${entry.path}.uses`, '4'), '');
    expect(claimUse(entry, 'proof', 'p')).toBe(5);
    expect(usesOf(entry)).toMatchObject({ used: 5, left: 2 });
  });
});

describe('copies and backups', () => {
  it('a moved folder is the same opening', () => {
    const entry = registered();
    claimUse(entry, 'proof', 'p');
    renameSync(join(folder, 'model'), join(folder, 'moved'));
    expect(claimUse(entryAt(join(folder, 'moved', 'weights.opening')), 'proof', 'p')).toBe(3);
  });

  it('a copied folder is refused, with everything in it', () => {
    const entry = registered();
    cpSync(join(folder, 'model'), join(folder, 'copy'), { recursive: true });
    const copy = entryAt(join(folder, 'copy', 'weights.opening'));
    expect(codeOf(() => usesOf(copy))).toBe('OPENING_COPIED');
    expect(codeOf(() => claimUse(copy, 'proof', 'p'))).toBe('OPENING_COPIED');
    expect(claimUse(entry, 'proof', 'p')).toBe(2);
  });

  it('a copy on this machine may be re-keyed, and counts the uses of the original', () => {
    const entry = registered();
    cpSync(join(folder, 'model'), join(folder, 'copy'), { recursive: true });
    const copy = entryAt(join(folder, 'copy', 'weights.opening'));
    for (let use = 2; use <= 7; use++) claimUse(entry, 'proof', 'p');
    expect(claimUse(copy, 'rekey', 'r')).toBe(8);
    expect(codeOf(() => claimUse(entry, 'rekey', 'r'))).toBe('BUDGET_EXHAUSTED');
  });

  it('a folder rolled back in place forgets nothing: the state folder remembers', () => {
    const entry = registered();
    const backup = join(folder, 'backup');
    cpSync(`${entry.path}.uses`, backup, { recursive: true });
    for (let use = 2; use <= 4; use++) claimUse(entry, 'proof', 'p');
    rmSync(`${entry.path}.uses`, { recursive: true });
    cpSync(backup, `${entry.path}.uses`, { recursive: true });
    expect(claimUse(entry, 'proof', 'p')).toBe(5);
  });

  it('a folder of records that is gone is not made anew, for whatever purpose', () => {
    const entry = registered();
    claimUse(entry, 'proof', 'p');
    rmSync(`${entry.path}.uses`, { recursive: true });
    expect(refusals(entry)).toEqual(['OPENING_COPIED', 'OPENING_COPIED', 'OPENING_COPIED']);
    mkdirSync(`${entry.path}.uses`);
    expect(refusals(entry)).toEqual(['OPENING_COPIED', 'OPENING_COPIED', 'OPENING_COPIED']);
  });

  it('a state folder rolled back forgets nothing: the records beside the opening remember', () => {
    const entry = registered();
    rollingBack(() => {
      for (let use = 2; use <= 4; use++) claimUse(entry, 'proof', 'p');
    });
    expect(claimUse(entry, 'proof', 'p')).toBe(5);
  });

  it('nor does it under another name of the opening: that name has no record', () => {
    const entry = registered();
    const [hard, moved, symbolic] = ['hard', 'moved', 'symbolic'].map((name) => entryAt(join(folder, name)));
    if (hard === undefined || moved === undefined || symbolic === undefined) throw new Error('names');
    linkSync(entry.path, hard.path);
    symlinkSync(entry.path, symbolic.path);
    expect(counted(hard)).toEqual(['OPENING_COPIED', 'OPENING_COPIED']);
    rollingBack(() => {
      for (let use = 2; use <= 4; use++) expect(claimUse(entry, 'proof', 'p')).toBe(use);
    });
    expect(counted(hard)).toEqual(['OPENING_COPIED', 'OPENING_COPIED']);
    expect(claimUse(symbolic, 'proof', 'p')).toBe(5);
    renameSync(entry.path, moved.path);
    expect(counted(moved)).toEqual(['OPENING_COPIED', 'OPENING_COPIED']);
    renameSync(`${entry.path}.uses`, `${moved.path}.uses`);
    expect(claimUse(moved, 'proof', 'p')).toBe(6);
  });

  it('nor with an older copy of the record beside that other name: the place of registration is read too', () => {
    const entry = registered();
    const hard = entryAt(join(folder, 'hard'));
    linkSync(entry.path, hard.path);
    cpSync(`${entry.path}.uses`, `${hard.path}.uses`, { recursive: true });
    rollingBack(() => {
      for (let use = 2; use <= 4; use++) claimUse(entry, 'proof', 'p');
    });
    expect(usesOf(hard)).toMatchObject({ used: 4, left: 3 });
    expect(claimUse(hard, 'proof', 'p')).toBe(5);
    // And what is claimed there is recorded at both places.
    expect(readdirSync(`${entry.path}.uses`)).toContain('5');
    expect(readdirSync(`${hard.path}.uses`)).toContain('5');
  });

  it('the use that is kept to re-key is not given twice by a copy after the state folder was rolled back', () => {
    const entry = registered();
    const copy = entryAt(join(folder, 'copy'));
    copyFileSync(entry.path, copy.path);
    rollingBack(() => expect(claimUse(entry, 'rekey', 'r')).toBe(8));
    expect(claimUse(copy, 'rekey', 'r')).toBe(7);
    rmSync(`${entry.path}.uses`, { recursive: true });
    expect(codeOf(() => claimUse(copy, 'rekey', 'r'))).toBe('OPENING_COPIED');
  });

  it('records of another opening count for nothing, in either direction', () => {
    const entry = registered();
    const other = entryAt(join(folder, 'other'), { descriptor: new Uint8Array(32).fill(0xcd) });
    writeFileSync(other.path, 'secret', { mode: 0o600 });
    registerOpening(other);
    rmSync(`${other.path}.uses`, { recursive: true });
    cpSync(`${entry.path}.uses`, `${other.path}.uses`, { recursive: true });
    expect(refusals(other)).toEqual(['OPENING_COPIED', 'OPENING_COPIED', 'OPENING_COPIED']);
    expect(claimUse(entry, 'proof', 'p')).toBe(2);
  });

  it('an opening written over another starts its own count, and the other is not used any more', () => {
    const entry = registered();
    claimUse(entry, 'proof', 'p');
    const hard = entryAt(join(folder, 'hard'));
    linkSync(entry.path, hard.path);
    rmSync(entry.path);
    writeFileSync(entry.path, 'another secret', { mode: 0o600 });
    const next = entryAt(entry.path, { lease: { ...lease, id: new Uint8Array(16).fill(7) } });
    registerOpening(next);
    expect(usesOf(next)).toEqual({ used: 0, left: 7, keptForRekeying: true });
    expect(refusals(hard)).toEqual(['OPENING_COPIED', 'OPENING_COPIED', 'OPENING_COPIED']);
  });

  it('an opening restored as a new file is refused', () => {
    const entry = registered();
    copyFileSync(entry.path, join(folder, 'backup'));
    renameSync(join(folder, 'backup'), entry.path);
    expect(codeOf(() => claimUse(entry, 'proof', 'p'))).toBe('OPENING_COPIED');
  });

  it('another machine, which has no record, refuses everything, re-keying too', () => {
    const entry = registered();
    process.env['PROVENN_STATE'] = join(folder, 'another machine');
    for (const purpose of ['proof', 'rekey'] as const)
      expect(codeOf(() => claimUse(entry, purpose, 'p'))).toBe('OPENING_COPIED');
    expect(codeOf(() => usesOf(entry))).toBe('OPENING_COPIED');
  });

  it('a registration that was interrupted, or a record that cannot be read, counts as none', () => {
    const entry = registered();
    writeFileSync(join(recordsOf(entry), 'opening.json'), '{"device"');
    expect(codeOf(() => claimUse(entry, 'proof', 'p'))).toBe('OPENING_COPIED');
  });

  it('nothing is registered twice', () => {
    const entry = registered();
    expect(codeOf(() => registerOpening(entry))).toBe('OPENING_COPIED');
    // Not even where the state folder knows nothing of it.
    process.env['PROVENN_STATE'] = join(folder, 'another user');
    expect(codeOf(() => registerOpening(entry))).toBe('OPENING_COPIED');
  });
});

describe('leases', () => {
  it('use their own numbers, and only those', () => {
    registered();
    const path = join(folder, 'lease.opening');
    writeFileSync(path, 'secret', { mode: 0o600 });
    const leased = entryAt(path, { lease: { kind: 'accepted', id: new Uint8Array(16).fill(2), uses: [3, 5] } });
    expect(codeOf(() => claimUse(leased, 'proof', 'p'))).toBe('OPENING_COPIED');
    registerOpening(leased);
    expect([claimUse(leased, 'proof', 'p'), claimUse(leased, 'proof', 'p')]).toEqual([3, 5]);
    expect(codeOf(() => claimUse(leased, 'proof', 'p'))).toBe('BUDGET_EXHAUSTED');
    expect(codeOf(() => claimUse(leased, 'rekey', 'p'))).toBe('BUDGET_EXHAUSTED');
  });
});
