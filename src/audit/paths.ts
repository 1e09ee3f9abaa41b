/** Which files may be in a bundle. A bundle comes from somebody else: what is not known by name is refused before it is read. */
import { ProvennError } from '../base/errors.ts';
import { type Members, memberPaths } from './bundle.ts';

/** What a bundle may have at most, as an archive or in the files of a folder. */
export const maximumBundleSize: number = 2 ** 31 - 4096;
const known: ReadonlySet<string> = new Set(Object.values(memberPaths));
export const maximumMembers: number = known.size;

/** Folders of a bundle. */
export const memberFolders: ReadonlySet<string> = new Set(
  [...known].filter((path) => path.includes('/')).map((path) => path.slice(0, path.indexOf('/'))),
);

/** Why a path that is not known is one nobody should write to, when that can be said. */
function suspicion(path: string): string {
  if (path.split(/[/\\]/).includes('..')) return 'it leads out of the bundle';
  if (/^([/\\]|[A-Za-z]:)/.test(path)) return 'it is absolute';
  if (path.includes('\\')) return 'it has a backslash';
  const twin = [...known].find((name) => name.toLowerCase() === path.normalize('NFKC').toLowerCase());
  return twin === undefined ? 'a bundle has no such member' : `it resembles ${twin}`;
}

/** Throws `ARTIFACT_TAMPERED` for a path that a bundle does not have. */
export function checkPath(path: string): void {
  if (known.has(path)) return;
  throw new ProvennError(
    'ARTIFACT_TAMPERED',
    `The bundle is refused for the path ${JSON.stringify(path.slice(0, 100))}: ${suspicion(path)}.`,
    {
      next: 'Obtain the bundle again from its source, or use the version of provenn that wrote it.',
    },
  );
}

/** Members by path, in the order of a bundle: that of UTF-16 code units. */
export function inOrder(members: Members): readonly (readonly [path: string, bytes: Uint8Array])[] {
  return [...members].sort(([a], [b]) => (a < b ? -1 : 1));
}
