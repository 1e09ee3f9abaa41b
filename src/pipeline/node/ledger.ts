/**
 * How often an opening was used. Every use shows some columns of the committed matrix, and after `budget` of them the next
 * could tell something: so a use is recorded durably *before* a proof may leave the process, and what cannot be counted is
 * refused.
 *
 * Uses are numbered. Use n is claimed by creating the file n with O_EXCL in the user's state folder, which is atomic among
 * any number of processes; a crash afterwards wastes the use. The record is made again beside the opening, and both places
 * are read as one: a folder restored from a backup cannot roll back the other. The state folder also knows the opening's
 * file by device and inode, so a copied folder is refused although it looks the same. SECURITY.md says what is not detected.
 */
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readdirSync, statSync, writeSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Lease } from '../../artifact/commitment.ts';
import { toHex, utf8 } from '../../base/bytes.ts';
import { canonicalJson } from '../../base/canonical-json.ts';
import { ProvennError } from '../../base/errors.ts';
import { readFile, syncFolder, writeFailed, writeFileAtomic } from './files.ts';
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

export type Uses = { readonly used: number; readonly left: number; readonly keptForRekeying: boolean };

const bindingName = 'opening.json';

function recordFolder({ descriptor, lease }: LedgerEntry): string {
  return join(stateFolder(), 'openings', toHex(descriptor), toHex(lease.id));
}

function besideFolder({ path }: LedgerEntry): string {
  return `${resolve(path)}.uses`;
}

type Binding = { readonly device: string; readonly inode: string; readonly path: string };

function bindingOf(path: string): Binding {
  const { dev, ino } = statSync(path, { bigint: true });
  return { device: String(dev), inode: String(ino), path: resolve(path) };
}

function readBinding(entry: LedgerEntry): Binding | null {
  const path = join(recordFolder(entry), bindingName);
  if (!existsSync(path)) return null;
  try {
    return JSON.parse(new TextDecoder().decode(readFile(path))) as Binding;
  } catch {
    // A record that cannot be read counts nothing: the opening is refused.
    return null;
  }
}

/** Creates a folder and makes it durable together with the folders above it that did not exist. */
function makeFolder(path: string, mode: number): void {
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

function numbersIn(folder: string): number[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((name) => (/^[1-9][0-9]*$/.test(name) ? [Number(name)] : []));
}

/** Claims a use in one place. False when it is taken there. */
function claimIn(folder: string, use: number, record: Uint8Array): boolean {
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

function copied(entry: LedgerEntry, why: string, next: string): ProvennError {
  return new ProvennError('OPENING_COPIED', `The opening cannot be used: ${why}.`, { where: entry.path, next });
}

/** Throws `OPENING_COPIED` unless this very file was registered on this machine. */
function checkBinding(entry: LedgerEntry): void {
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
  const here = bindingOf(entry.path);
  if (here.device !== known.device || here.inode !== known.inode) {
    throw copied(
      entry,
      `it is a copy or was restored; the opening that is counted was ${known.path}`,
      'Use the original, or lease uses from it: provenn lease OPENING --uses N -o FILE. If it is gone: provenn rekey',
    );
  }
}

/**
 * Makes an opening usable on this machine: its file exists already and nothing was done with it yet, but for the uses of
 * `spent`. Throws `OPENING_COPIED` when a file of this lease was registered before.
 */
export function registerOpening(entry: LedgerEntry, spent: readonly Purpose[] = []): void {
  const folder = recordFolder(entry);
  if (readBinding(entry) !== null) {
    throw copied(entry, 'it is registered already', 'Use the file that was registered first.');
  }
  makeFolder(folder, 0o700);
  makeFolder(besideFolder(entry), 0o700);
  spent.forEach((purpose, i) => {
    const record = utf8(canonicalJson({ purpose }));
    for (const place of [folder, besideFolder(entry)]) claimIn(place, entry.lease.uses[i] as number, record);
  });
  // Last, so that an interrupted registration leaves an opening that cannot be used at all.
  writeFileAtomic(join(folder, bindingName), utf8(canonicalJson(bindingOf(entry.path))));
}

function takenUses(entry: LedgerEntry): ReadonlySet<number> {
  return new Set([...numbersIn(recordFolder(entry)), ...numbersIn(besideFolder(entry))]);
}

function isKept(entry: LedgerEntry, use: number): boolean {
  return use === entry.budget;
}

/** What is left of an opening, as far as this machine knows. Throws `OPENING_COPIED`. */
export function usesOf(entry: LedgerEntry): Uses {
  checkBinding(entry);
  const taken = takenUses(entry);
  const { uses } = entry.lease;
  const free = uses.filter((use) => !taken.has(use));
  const keptForRekeying = free.some((use) => isKept(entry, use));
  return { used: uses.length - free.length, left: free.length - (keptForRekeying ? 1 : 0), keptForRekeying };
}

/**
 * Claims a use and returns its number; the claim is on the disk when this returns. Call it before the proof is made.
 * Throws `BUDGET_EXHAUSTED` or `OPENING_COPIED`, or `FILE_WRITE_FAILED` when the claim cannot be made durable.
 */
export function claimUse(entry: LedgerEntry, purpose: Purpose, subject: string): number {
  // A copy on this machine may still be re-keyed: the state folder counts the uses of all copies here.
  if (purpose !== 'rekey' || readBinding(entry) === null) checkBinding(entry);
  const record = utf8(canonicalJson({ purpose, subject }));
  makeFolder(besideFolder(entry), 0o700);
  const taken = takenUses(entry);
  // Re-keying takes the use that is kept for it first.
  const order = purpose === 'rekey' ? [...entry.lease.uses].reverse() : entry.lease.uses;
  for (const use of order) {
    if (taken.has(use) || (isKept(entry, use) && purpose !== 'rekey')) continue;
    if (!claimIn(recordFolder(entry), use, record)) continue;
    // A record beside the opening that the state folder lacked appeared meanwhile: count the use as wasted.
    if (claimIn(besideFolder(entry), use, record)) return use;
  }
  throw new ProvennError(
    'BUDGET_EXHAUSTED',
    `Every use of the opening is spent${purpose === 'rekey' ? '' : ', but for one kept to re-key'}.`,
    {
      where: entry.path,
      next:
        purpose === 'rekey'
          ? 'Commit anew: nothing can be linked to this commitment any more.'
          : 'Make a fresh commitment to the same content: provenn rekey',
    },
  );
}
