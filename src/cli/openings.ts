/** Openings on the command line: read for a proof, counted in the ledger, written beside what they belong to. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { encodeCommitment, type Opening } from '../artifact/commitment.ts';
import { writeFileAtomic } from '../pipeline/node/files.ts';
import { modelFolder, secretFolder } from '../pipeline/node/folder.ts';
import { claimUse, type Purpose, registerOpening } from '../pipeline/node/ledger.ts';
import { ledgerEntry, readOpening, writeOpening } from '../pipeline/node/openings.ts';
import { type UsableOpening, weightsMatrix } from '../pipeline/openings.ts';

/** An opening from a file, whose use is recorded when it is claimed. */
export function usableOpening(path: string, purpose: Purpose): UsableOpening {
  const opening = readOpening(path);
  return { opening, claim: () => void claimUse(ledgerEntry(path, opening), purpose, opening.commitment.matrix) };
}

/** The opening of the hidden weights of a model folder. */
export function weightsOpening(folder: string): string {
  return join(folder, secretFolder, modelFolder.weightsOpening);
}

/** The named openings, and that of the folder's hidden weights unless a lease of it is among them. */
export function usableOpenings(folder: string, named: readonly string[]): UsableOpening[] {
  const given = named.map((path) => usableOpening(path, 'proof'));
  const weights = weightsOpening(folder);
  const isGiven = given.some(({ opening }) => opening.commitment.matrix === weightsMatrix);
  return isGiven || !existsSync(weights) ? given : [usableOpening(weights, 'proof'), ...given];
}

/** `input:image` → `input-image`; a matrix is named by its model, so nothing else is let through. */
export function fileName(matrix: string): string {
  return matrix.replace(/[^A-Za-z0-9._]+/g, '-');
}

/** Writes commitment and opening, the latter registered with the uses it has already had. Returns their paths. */
export function writePair(stem: string, opening: Opening, spent: readonly Purpose[]): string[] {
  const [commitment, secret] = [`${stem}.commitment`, `${stem}.opening`];
  writeOpening(secret, opening);
  registerOpening(ledgerEntry(secret, opening), spent);
  writeFileAtomic(commitment, encodeCommitment(opening.commitment));
  return [commitment, secret];
}

/** Writes the commitments that were made for a proof beside it. */
export function writeMade(proof: string, made: readonly Opening[]): string[] {
  return made.flatMap((opening) => writePair(`${proof}.${fileName(opening.commitment.matrix)}`, opening, ['proof']));
}
