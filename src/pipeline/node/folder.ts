/** A folder of files that appears all at once or not at all. */
import { existsSync, mkdirSync, readdirSync, renameSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { ProvennError } from '../../base/errors.ts';
import { isFolder, settle, syncFolder, temporaryBeside, writeAndSync, writeFailed } from './files.ts';

/** Files of a compiled model. */
export const modelFolder = {
  model: 'model.onnx',
  circuit: 'circuit.provenn',
  provingKey: 'proving.key',
  verifyingKey: 'verifying.key',
  preprocessing: 'preprocess.json',
  /** Of the groth16 backend: the circuit in circom, and what happened in its ceremony. */
  circom: 'main.circom',
  ceremony: 'ceremony.json',
  ceremonyKey: 'ceremony.zkey',
  constraints: 'circuit.r1cs',
  weightsCommitment: 'weights.commitment',
  weightsOpening: 'weights.opening',
} as const;

/** Folder, inside that of a model with hidden weights, of all that must not be published. */
export const secretFolder = 'secret';

/** A file of a model: in its folder, or among its secrets when it is there. */
export function modelFile(folder: string, name: string): string {
  const secret = join(folder, secretFolder, name);
  return existsSync(secret) ? secret : join(folder, name);
}

const knownNames: ReadonlySet<string> = new Set([...Object.values(modelFolder), secretFolder]);
const knownSecrets: ReadonlySet<string> = new Set([
  ...Object.values(modelFolder),
  `${modelFolder.weightsOpening}.uses`,
]);

function contentsOf(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch (error) {
    throw writeFailed(path, error);
  }
}

/**
 * Refuses a target that would destroy something: it may be absent, empty, or, with `force`, a folder that holds nothing
 * but the files provenn itself writes. Throws `USAGE` or `FILE_WRITE_FAILED`.
 */
export function checkTarget(path: string, force: boolean): void {
  if (!existsSync(path)) return;
  const fromHere = relative(path, process.cwd());
  if (!fromHere.startsWith('..') && !isAbsolute(fromHere)) {
    throw new ProvennError('USAGE', 'The target is the current folder or contains it, so it cannot be replaced.', {
      where: path,
      next: 'Choose a new folder with -o.',
    });
  }
  if (!isFolder(path)) {
    throw new ProvennError('USAGE', 'The target is a file, not a folder.', { where: path, next: 'Choose another -o.' });
  }
  const contents = contentsOf(path);
  if (contents.length === 0) return;
  const secrets = contents.includes(secretFolder) ? contentsOf(join(path, secretFolder)) : [];
  const foreign = contents.find((name) => !knownNames.has(name)) ?? secrets.find((name) => !knownSecrets.has(name));
  const ours = contents.includes(modelFolder.verifyingKey) && foreign === undefined;
  if (ours && force) return;
  const next = ours ? 'Choose another -o, or replace it with --force.' : 'Choose an empty or new folder with -o.';
  const why = foreign === undefined ? 'The folder is not empty.' : `The folder is not empty: it holds ${foreign}.`;
  throw new ProvennError('USAGE', why, { where: path, next });
}

/** Secrets are readable by their owner alone, in a folder that nobody else can enter. */
function writeMember(folder: string, name: string, bytes: Uint8Array): void {
  const secret = dirname(name) === secretFolder;
  if (secret) mkdirSync(join(folder, secretFolder), { recursive: true, mode: 0o700 });
  writeAndSync(join(folder, name), bytes, secret ? 0o600 : 0o666);
}

/**
 * Lets `fill` write into a temporary sibling folder, then renames it into place. Throws `FILE_WRITE_FAILED` and leaves what
 * was there as it was.
 */
export function replaceFolder(path: string, fill: (fresh: string) => void): void {
  const fresh = temporaryBeside(path);
  const old = temporaryBeside(path);
  const full = resolve(path);
  try {
    mkdirSync(fresh, { recursive: true });
    fill(fresh);
    syncFolder(fresh);
    if (existsSync(full)) renameSync(full, old);
    try {
      renameSync(fresh, full);
    } catch (error) {
      if (existsSync(old)) renameSync(old, full);
      throw error;
    }
    syncFolder(dirname(full));
  } catch (error) {
    throw writeFailed(path, error);
  } finally {
    settle(fresh);
    settle(old);
  }
}

/** Writes all files or none. The target obeys `checkTarget`. Throws `FILE_WRITE_FAILED`. */
export function writeFolderAtomic(path: string, files: ReadonlyMap<string, Uint8Array>, force: boolean): void {
  checkTarget(path, force);
  replaceFolder(path, (fresh) => {
    for (const [name, bytes] of files) writeMember(fresh, name, bytes);
  });
}
