/**
 * How often an opening was used. Every use shows some columns of the committed matrix, and after `budget` of them the next
 * could tell something: so a use is recorded durably *before* a proof may leave the process, and what cannot be counted is
 * refused.
 *
 * Uses are numbered. Use n is claimed by creating the file n with O_EXCL in the user's state folder, which is atomic among
 * any number of processes; a crash afterwards wastes the use. The record is made again beside the opening, and all places
 * are read as one: a folder restored from a backup cannot roll back the other. Both places hold the random id of the
 * registration, and neither counts without the other: a record that is missing is a refusal, never a fresh start. The state
 * folder also knows the opening's file by device and inode, so a copied folder is refused although it looks the same.
 * SECURITY.md says what is not detected.
 */
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { toHex, utf8 } from '../../base/bytes.ts';
import { canonicalJson } from '../../base/canonical-json.ts';
import { ProvennError } from '../../base/errors.ts';
import { writeFileAtomic } from './files.ts';
import {
  besideFolder,
  bindingOf,
  claimIn,
  copied,
  emptyFolder,
  type LedgerEntry,
  makeFolder,
  numbersIn,
  type Purpose,
  placesOf,
  readBeside,
  readBinding,
  recordFolder,
  recordName,
} from './ledger-places.ts';
import { freshRandomness } from './randomness.ts';

export type { LedgerEntry, Purpose } from './ledger-places.ts';

export type Uses = { readonly used: number; readonly left: number; readonly keptForRekeying: boolean };

/**
 * Makes an opening usable on this machine: its file exists already and nothing was done with it yet, but for the uses of
 * `spent`. Throws `OPENING_COPIED` when a file of this lease was registered before, here or at this place.
 */
export function registerOpening(entry: LedgerEntry, spent: readonly Purpose[] = []): void {
  const path = realpathSync(entry.path);
  const [folder, beside] = [recordFolder(entry), besideFolder(path)];
  const lease = toHex(entry.lease.id);
  if (readBinding(entry) !== null || readBeside(path)?.lease === lease) {
    throw copied(entry, 'it is registered already', 'Use the file that was registered first.');
  }
  makeFolder(folder, 0o700);
  makeFolder(beside, 0o700);
  emptyFolder(beside);
  spent.forEach((purpose, i) => {
    const record = utf8(canonicalJson({ purpose }));
    for (const place of [folder, beside]) claimIn(place, entry.lease.uses[i] as number, record);
  });
  const id = toHex(freshRandomness());
  writeFileAtomic(join(beside, recordName), utf8(canonicalJson({ id, lease })));
  // Last, so that an interrupted registration leaves an opening that cannot be used at all.
  writeFileAtomic(join(folder, recordName), utf8(canonicalJson(bindingOf(path, id))));
}

function takenIn(places: readonly string[]): ReadonlySet<number> {
  return new Set(places.flatMap(numbersIn));
}

function isKept(entry: LedgerEntry, use: number): boolean {
  return use === entry.budget;
}

/** What is left of an opening, as far as this machine knows. Throws `OPENING_COPIED`. */
export function usesOf(entry: LedgerEntry): Uses {
  const taken = takenIn(placesOf(entry, null));
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
  const [folder, ...beside] = placesOf(entry, purpose) as readonly [string, ...string[]];
  const record = utf8(canonicalJson({ purpose, subject }));
  const taken = takenIn([folder, ...beside]);
  // Re-keying takes the use that is kept for it first.
  const order = purpose === 'rekey' ? [...entry.lease.uses].reverse() : entry.lease.uses;
  for (const use of order) {
    if (taken.has(use) || (isKept(entry, use) && purpose !== 'rekey')) continue;
    if (!claimIn(folder, use, record)) continue;
    // A record beside the opening that the state folder lacked appeared meanwhile: count the use as wasted.
    if (beside.map((place) => claimIn(place, use, record)).every(Boolean)) return use;
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
