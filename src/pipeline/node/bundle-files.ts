/** Audit bundles as folders and archives: read from untrusted places, written whole or not at all. */
import { existsSync, lstatSync, mkdirSync, readdirSync, type Stats } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Members, memberPaths } from '../../audit/bundle.ts';
import { checkPath, maximumBundleSize, memberFolders } from '../../audit/paths.ts';
import { isZipArchive, readZip, writeZip } from '../../audit/zip.ts';
import { ProvennError } from '../../base/errors.ts';
import { isFolder, readFile, writeAndSync, writeFileAtomic } from './files.ts';
import { replaceFolder } from './folder.ts';

function refuse(path: string, what: string): ProvennError {
  return new ProvennError('ARTIFACT_TAMPERED', `The bundle is refused: ${what}.`, {
    where: path,
    next: 'Obtain the bundle again from its source.',
  });
}

function statOf(path: string): Stats {
  try {
    // Not statSync: a link may lead anywhere.
    return lstatSync(path);
  } catch {
    throw refuse(path, 'a member cannot be read');
  }
}

/** Paths of the files of a bundle's folder; its own folders are one deep, and nothing else is in it. */
function listFolder(root: string): { readonly path: string; readonly size: number }[] {
  const found: { path: string; size: number }[] = [];
  const visit = (prefix: string): void => {
    for (const name of readdirSync(join(root, prefix)).sort()) {
      const path = `${prefix}${name}`;
      const stat = statOf(join(root, path));
      if (stat.isDirectory() && prefix === '' && memberFolders.has(name)) visit(`${name}/`);
      else {
        checkPath(path);
        if (!stat.isFile()) throw refuse(join(root, path), 'a member is no regular file');
        found.push({ path, size: stat.size });
      }
    }
  };
  visit('');
  return found;
}

function readFolder(root: string): Map<string, Uint8Array> {
  const files = listFolder(root);
  const total = files.reduce((sum, { size }) => sum + size, 0);
  if (total > maximumBundleSize) {
    throw new ProvennError('RESOURCE_LIMIT', `The bundle has ${total} bytes; at most ${maximumBundleSize} are read.`, {
      where: root,
    });
  }
  return new Map(files.map(({ path }) => [path, readFile(join(root, path))]));
}

/** True for a folder or an archive that may be a bundle. */
export function looksLikeBundle(path: string): boolean {
  if (isFolder(path)) return existsSync(join(path, memberPaths.manifest));
  try {
    return readZip(readFile(path)).has(memberPaths.manifest);
  } catch {
    return false;
  }
}

/** Members of a bundle, a folder or an archive. Throws `FILE_NOT_FOUND`, `ARTIFACT_TAMPERED` or `RESOURCE_LIMIT`. */
export function readBundle(path: string): Map<string, Uint8Array> {
  if (isFolder(path)) return readFolder(path);
  const bytes = readFile(path);
  if (isZipArchive(bytes)) return readZip(bytes);
  throw refuse(path, 'it is neither a folder nor a ZIP archive');
}

/** Refuses a target that would destroy something: with `force` it may be an older bundle, else it must be absent or empty. */
export function checkBundleTarget(path: string, force: boolean): void {
  if (!existsSync(path)) return;
  if (isFolder(path) && readdirSync(path).length === 0) return;
  if (force && looksLikeBundle(path)) {
    // Nothing is replaced that holds more than a bundle does.
    if (isFolder(path)) listFolder(path);
    return;
  }
  throw new ProvennError('USAGE', 'There is something at the place of the bundle already.', {
    where: path,
    next: force ? 'It is no bundle: choose another -o.' : 'Choose another -o, or replace an older bundle with --force.',
  });
}

function writeMembers(folder: string, members: Members): void {
  for (const [path, bytes] of members) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeAndSync(file, bytes);
  }
}

/** Writes an archive when the name ends in .zip, otherwise a folder. Throws `USAGE` or `FILE_WRITE_FAILED`. */
export function writeBundle(path: string, members: Members, force: boolean): void {
  checkBundleTarget(path, force);
  if (path.endsWith('.zip')) writeFileAtomic(path, writeZip(members));
  else replaceFolder(path, (fresh) => writeMembers(fresh, members));
}
