/** Files: bounded reads with clear errors, and writes that are either complete or absent. */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { ProvennError } from '../../base/errors.ts';

/** Largest file that is read: 2 GiB minus the headers of typed arrays. */
export const maximumFileSize: number = 2 ** 31 - 4096;

/** Temporary files and folders that exist right now; an interrupt removes them. */
const pending = new Set<string>();

/** Removes what may or may not be there; cleaning up must never hide the error that made it necessary. */
function removeQuietly(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // Nothing was made there, for instance because the parent is a file.
  }
}

/** Removes whatever is half written. Safe to call from a signal handler. */
export function discardPending(): void {
  for (const path of pending) removeQuietly(path);
  pending.clear();
}

type SystemError = { readonly code?: string };

/** The operating system's reason in words. */
function reasonOf(error: unknown): string {
  const code = (error as SystemError).code;
  const words: Readonly<Record<string, string>> = {
    ENOENT: 'it does not exist',
    ENOTDIR: 'part of the path is not a folder',
    EISDIR: 'it is a folder',
    EACCES: 'permission is denied',
    EPERM: 'the operation is not permitted',
    EROFS: 'the file system is read-only',
    ENOSPC: 'the disk is full',
    EDQUOT: 'the disk quota is used up',
    ENAMETOOLONG: 'the name is too long',
    EMFILE: 'too many files are open',
  };
  return (code === undefined ? undefined : words[code]) ?? code ?? 'the system refused';
}

/** Reads a whole file. Throws `FILE_NOT_FOUND` or `RESOURCE_LIMIT`. */
export function readFile(path: string, limit: number = maximumFileSize): Uint8Array {
  try {
    const { size } = statSync(path);
    if (size > limit) {
      throw new ProvennError('RESOURCE_LIMIT', `The file has ${size} bytes; at most ${limit} are read.`, {
        where: path,
        next: 'Use a smaller file.',
      });
    }
    const bytes = readFileSync(path);
    return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  } catch (error) {
    if (error instanceof ProvennError) throw error;
    throw new ProvennError('FILE_NOT_FOUND', `The file cannot be read: ${reasonOf(error)}.`, {
      where: path,
      next: 'Check the path and its permissions.',
      cause: error,
    });
  }
}

/** Reads a file if it exists; anything else wrong with it is an error. */
export function readFileIfPresent(path: string): Uint8Array | null {
  return existsSync(path) ? readFile(path) : null;
}

export function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

export function writeFailed(path: string, error: unknown): ProvennError {
  return new ProvennError('FILE_WRITE_FAILED', `Nothing could be written: ${reasonOf(error)}.`, {
    where: path,
    next: 'Choose another place with -o, or mend the permissions.',
    cause: error,
  });
}

/** A path beside `path` that nobody else uses; registered until `settle` or `discardPending`. */
export function temporaryBeside(path: string): string {
  const full = resolve(path);
  const temporary = join(dirname(full), `.${basename(full)}.${randomBytes(6).toString('hex')}.tmp`);
  pending.add(temporary);
  return temporary;
}

/** Forgets a temporary path and removes what is left of it. */
export function settle(temporary: string): void {
  removeQuietly(temporary);
  pending.delete(temporary);
}

/** Creates a file and forces its content to the disk. */
export function writeAndSync(path: string, bytes: Uint8Array, mode: number = 0o666): void {
  const file = openSync(path, 'wx', mode);
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at, bytes.length - at);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Makes a rename durable; folders cannot be opened on every system, and then the rename alone must do. */
export function syncFolder(path: string): void {
  try {
    const folder = openSync(path, 'r');
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
  } catch {
    // Windows has no fsync for folders.
  }
}

/**
 * Writes a file so that readers see the old content or the new, never a part: temporary sibling, fsync, rename.
 * Missing parent folders are made; `mode` is what the file may be at most, the umask applies. Throws `FILE_WRITE_FAILED`.
 */
export function writeFileAtomic(path: string, bytes: Uint8Array, mode: number = 0o666): void {
  const temporary = temporaryBeside(path);
  try {
    mkdirSync(dirname(temporary), { recursive: true });
    writeAndSync(temporary, bytes, mode);
    renameSync(temporary, path);
    syncFolder(dirname(temporary));
  } catch (error) {
    throw writeFailed(path, error);
  } finally {
    settle(temporary);
  }
}
