/** Opening files: secrets that only their owner may read. */
import { statSync } from 'node:fs';
import { decodeOpening, encodeOpening, type Opening } from '../../artifact/commitment.ts';
import { ProvennError } from '../../base/errors.ts';
import { readFile, writeFileAtomic } from './files.ts';
import type { LedgerEntry } from './ledger.ts';

/** Owner may read and write, nobody else anything. */
export const secretMode = 0o600;

/** Windows has no such bits; there the user's folder protects the file. */
function checkMode(path: string): void {
  const mode = statSync(path).mode & 0o777;
  if (process.platform === 'win32' || (mode & 0o077) === 0) return;
  throw new ProvennError('USAGE', `The opening is readable by others (mode ${mode.toString(8)}): it is not used.`, {
    where: path,
    next: `Run: chmod 600 ${path} — and if somebody may have read it, what it hides is no longer secret.`,
  });
}

/** Throws `USAGE` when others may read the file, or the error of whatever is wrong with it. */
export function readOpening(path: string): Opening {
  const bytes = readFile(path);
  checkMode(path);
  return decodeOpening(bytes);
}

export function writeOpening(path: string, opening: Opening): void {
  writeFileAtomic(path, encodeOpening(opening), secretMode);
}

export function ledgerEntry(path: string, { commitment, lease }: Opening): LedgerEntry {
  return { path, descriptor: commitment.descriptor, lease, budget: commitment.budget };
}
