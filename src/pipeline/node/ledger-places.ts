/** Where the uses of an opening are recorded, and whether those places belong together. */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Lease } from '../../artifact/commitment.ts';
import { toHex } from '../../base/bytes.ts';
import { ProvennError } from '../../base/errors.ts';
import { readFile, syncFolder, writeFailed } from './files.ts';
import { stateFolder } from './state.ts';

/** An opening file as the ledger sees it. */
export type LedgerEntry = {
  readonly path: string;
  readonly descriptor: Uint8Array;
  readonly lease: Lease;
  /** B: the last use of the whole budget is kept for re-keying. */
  readonly budget: number;
};

/** What a use is for; `rekey` may take the use that is kept for it. */
export type Purpose = 'proof' | 'range' | 'link' | 'rekey' | 'lease';

export const recordName = 'opening.json';

export function recordFolder({ descriptor, lease }: LedgerEntry): string {
  return join(stateFolder(), 'openings', toHex(descriptor), toHex(lease.id));
}

/** Of an opening by its real path: a symbolic link is no second opening. */
export function besideFolder(path: string): string {
  return `${path}.uses`;
}

/** In the state folder: which file is counted, and where it was registered. */
export type Binding = { readonly id: string; readonly device: string; readonly inode: string; readonly path: string };

/** Beside the opening: which registration its numbers belong to, and of which lease. */
export type Beside = { readonly id: string; readonly lease: string };

export function bindingOf(path: string, id: string): Binding {
  const { dev, ino } = statSync(path, { bigint: true });
  return { id, device: String(dev), inode: String(ino), path };
}

/** A record with texts of these names; null when there is none or it cannot be read, which counts as none. */
function readRecord<Name extends string>(
  folder: string,
  names: readonly Name[],
): { readonly [N in Name]: string } | null {
  const path = join(folder, recordName);
  if (!existsSync(path)) return null;
  try {
    const found = JSON.parse(new TextDecoder().decode(readFile(path))) as { readonly [N in Name]: string };
    return names.every((name) => typeof found[name] === 'string') ? found : null;
  } catch {
    return null;
  }
}

export function readBinding(entry: LedgerEntry): Binding | null {
  return readRecord(recordFolder(entry), ['id', 'device', 'inode', 'path']);
}

export function readBeside(path: string): Beside | null {
  return readRecord(besideFolder(path), ['id', 'lease']);
}

/** Creates a folder and makes it durable together with the folders above it that did not exist. */
export function makeFolder(path: string, mode: number): void {
  try {
    mkdirSync(path, { recursive: true, mode });
    for (let at = path, up = 0; up < 4; up++) {
      at = dirname(at);
      syncFolder(at);
    }
  } catch (error) {
    throw writeFailed(path, error);
  }
}

export function numbersIn(folder: string): number[] {
  return readdirSync(folder).flatMap((name) => (/^[1-9][0-9]*$/.test(name) ? [Number(name)] : []));
}

/** Claims a use in one place. False when it is taken there. */
export function claimIn(folder: string, use: number, record: Uint8Array): boolean {
  let file: number;
  try {
    file = openSync(join(folder, String(use)), 'wx', 0o600);
  } catch (error) {
    if ((error as { readonly code?: string }).code === 'EEXIST') return false;
    throw writeFailed(folder, error);
  }
  try {
    writeSync(file, record);
    fsyncSync(file);
  } catch (error) {
    throw writeFailed(folder, error);
  } finally {
    closeSync(file);
  }
  syncFolder(folder);
  return true;
}

export function copied(entry: LedgerEntry, why: string, next: string): ProvennError {
  return new ProvennError('OPENING_COPIED', `The opening cannot be used: ${why}.`, { where: entry.path, next });
}

/**
 * The folders in which the uses of an opening are recorded: the state folder first, then those beside the opening, where it
 * is and where it was registered. Throws `OPENING_COPIED` unless this very file was registered on this machine, or, for
 * `rekey`, a file whose record of uses is still there: all copies here are counted together.
 */
export function placesOf(entry: LedgerEntry, purpose: Purpose | null): readonly string[] {
  const known = readBinding(entry);
  if (known === null) {
    const portable = entry.lease.kind === 'portable';
    throw copied(
      entry,
      portable ? 'it is a lease that this machine has not accepted' : 'this machine has no record of its uses',
      portable
        ? 'Accept it here, on the one machine that will use it: provenn lease FILE --accept'
        : 'Use it where it was made, or lease uses from there: provenn lease OPENING --uses N -o FILE',
    );
  }
  const here = bindingOf(realpathSync(entry.path), known.id);
  if (purpose !== 'rekey' && (here.device !== known.device || here.inode !== known.inode)) {
    throw copied(
      entry,
      `it is a copy or was restored; the opening that is counted was ${known.path}`,
      'Use the original, or lease uses from it: provenn lease OPENING --uses N -o FILE. If it is gone: provenn rekey',
    );
  }
  const recorded = new Set([here.path, known.path].filter((path) => readBeside(path)?.id === known.id));
  if (purpose === 'rekey' ? recorded.size === 0 : !recorded.has(here.path)) {
    throw copied(
      entry,
      `the record of its uses, ${besideFolder(here.path)}, is missing or belongs to something else`,
      `Move that folder together with the opening; it was registered at ${known.path}`,
    );
  }
  return [recordFolder(entry), ...[...recorded].map(besideFolder)];
}

/** Empties the record of an opening that was overwritten. Its id goes first: its numbers count for nothing without. */
export function emptyFolder(folder: string): void {
  try {
    rmSync(join(folder, recordName), { force: true });
    syncFolder(folder);
    for (const use of numbersIn(folder)) rmSync(join(folder, String(use)), { force: true });
  } catch (error) {
    throw writeFailed(folder, error);
  }
}
