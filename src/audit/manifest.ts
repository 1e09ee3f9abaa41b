/**
 * manifest.json: path, size and SHA-256 of every other member, and two digests of that list. `root` covers all of it;
 * `signedRoot` leaves the statement out, so that the statement can name it and a signature covers every member.
 */
import { toHex, utf8 } from '../base/bytes.ts';
import { canonicalJson, type Json, parseCanonicalJson } from '../base/canonical-json.ts';
import { sha256 } from '../base/sha256.ts';
import { type Finding, type Members, memberPaths } from './bundle.ts';
import { inOrder, maximumMembers } from './paths.ts';

export const bundleSchema = 'provenn-audit/1';

export type ManifestEntry = { readonly path: string; readonly sha256: string; readonly size: number };

export type Manifest = {
  readonly schema: string;
  readonly members: readonly ManifestEntry[];
  readonly root: string;
  readonly signedRoot: string;
};

/** SHA-256 of the list's canonical JSON, hexadecimal. */
function rootOf(entries: readonly ManifestEntry[]): string {
  return toHex(sha256(utf8(canonicalJson(entries))));
}

/** Entries of all members but the manifest, in the order of a bundle. */
export function listMembers(members: Members): ManifestEntry[] {
  return inOrder(members)
    .filter(([path]) => path !== memberPaths.manifest)
    .map(([path, bytes]) => ({ path, sha256: toHex(sha256(bytes)), size: bytes.length }));
}

function withoutStatement(entries: readonly ManifestEntry[]): readonly ManifestEntry[] {
  return entries.filter(({ path }) => path !== memberPaths.statement);
}

/** The digest that a statement about these members names: of all of them but itself. */
export function signedRootOf(entries: readonly ManifestEntry[]): string {
  return rootOf(withoutStatement(entries));
}

function encode(entries: readonly ManifestEntry[]): Uint8Array {
  const manifest: Manifest = {
    schema: bundleSchema,
    members: entries,
    root: rootOf(entries),
    signedRoot: signedRootOf(entries),
  };
  return utf8(canonicalJson(manifest as unknown as Json));
}

/** The manifest of a bundle's other members. */
export function makeManifest(members: Members): Uint8Array {
  return encode(listMembers(members));
}

function isEntry(value: Json): boolean {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return false;
  const entry = value as Readonly<Record<string, Json>>;
  return (
    Object.keys(entry).length === 3 &&
    typeof entry['path'] === 'string' &&
    typeof entry['sha256'] === 'string' &&
    Number.isSafeInteger(entry['size'])
  );
}

/** Entries of a manifest whose two roots are those of its list; null for any other bytes. */
function readManifest(bytes: Uint8Array): readonly ManifestEntry[] | null {
  const value = parseCanonicalJson(bytes) as Readonly<Record<string, Json>> | null | undefined;
  const list = value?.['members'];
  if (!Array.isArray(list) || !list.every(isEntry)) return null;
  const entries = list as readonly ManifestEntry[];
  return new TextDecoder().decode(encode(entries)) === new TextDecoder().decode(bytes) ? entries : null;
}

const claim = 'every member is the one that was sealed';

function fail(member: string, detail: string): Finding {
  return { claim, member, outcome: 'fail', detail };
}

/** What the manifest says about the members as they are: one finding when all is well, else one for each that is not. */
export function checkManifest(members: Members): Finding[] {
  const path = memberPaths.manifest;
  const bytes = members.get(path);
  if (bytes === undefined) return [fail(path, 'It is missing.')];
  const entries = readManifest(bytes);
  if (entries === null)
    return [
      fail(path, 'It is no manifest of this version, not canonical JSON, or its roots are not those of its list.'),
    ];
  const sorted = entries.every((entry, i) => i === 0 || (entries[i - 1] as ManifestEntry).path < entry.path);
  if (!sorted) return [fail(path, 'Its members are not in order, or one is there twice.')];
  const listed = new Map(entries.map((entry) => [entry.path, entry]));
  const present = listMembers(members);
  const names = new Set(present.map((entry) => entry.path));
  const absent = entries.filter((entry) => !names.has(entry.path)).slice(0, maximumMembers);
  const missing = absent.map((entry) => fail(entry.path.slice(0, 200), 'It is missing.'));
  const wrong = present.flatMap((entry) => {
    const expected = listed.get(entry.path);
    if (expected === undefined) return [fail(entry.path, 'The manifest does not list it.')];
    if (expected.size !== entry.size) return [fail(entry.path, `It has ${entry.size} bytes, not ${expected.size}.`)];
    return expected.sha256 === entry.sha256 ? [] : [fail(entry.path, 'Its SHA-256 is not the one in the manifest.')];
  });
  if (missing.length + wrong.length > 0) return [...missing, ...wrong];
  const detail = `${present.length} members, each with the size and SHA-256 of the manifest; nothing missing, nothing more.`;
  return [{ claim, member: null, outcome: 'pass', detail }];
}
