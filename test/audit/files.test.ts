import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { makeManifest } from '../../src/audit/manifest.ts';
import { writeZip } from '../../src/audit/zip.ts';
import { utf8 } from '../../src/base/bytes.ts';
import { ProvennError } from '../../src/base/errors.ts';
import { looksLikeBundle, readBundle, writeBundle } from '../../src/pipeline/node/bundle-files.ts';

const root = mkdtempSync(join(tmpdir(), 'provenn-bundle-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const content = new Map([
  ['report.html', utf8('<!doctype html>')],
  ['keys/verifying.key', Uint8Array.of(1, 2, 3)],
]);
const members = new Map([...content, ['manifest.json', makeManifest(content)]]);

let count = 0;
function fresh(): string {
  const path = join(root, `bundle-${count++}`);
  writeBundle(path, members, false);
  return path;
}

function refusal(path: string): string {
  try {
    readBundle(path);
  } catch (error) {
    if (error instanceof ProvennError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'accepted';
}

describe('a bundle on the disk', () => {
  it('is the same as a folder and as an archive', () => {
    const archive = join(root, 'whole.zip');
    writeBundle(archive, members, false);
    const byPath = (read: ReadonlyMap<string, Uint8Array>): [string, Uint8Array][] => [...read].sort();
    expect(byPath(readBundle(fresh()))).toEqual(byPath(members));
    expect(byPath(readBundle(archive))).toEqual(byPath(members));
    expect(new Uint8Array(readFileSync(archive))).toEqual(writeZip(members));
    expect(readdirSync(root).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('replaces nothing by accident', () => {
    const path = fresh();
    expect(() => writeBundle(path, members, false)).toThrow(expect.objectContaining({ code: 'USAGE' }) as Error);
    writeBundle(path, members, true);
    const precious = join(root, 'precious');
    mkdirSync(precious);
    writeFileSync(join(precious, 'thesis.tex'), 'x');
    for (const force of [false, true])
      expect(() => writeBundle(precious, members, force)).toThrow(expect.objectContaining({ code: 'USAGE' }) as Error);
    // A manifest does not make a bundle of what else is there.
    writeFileSync(join(precious, 'manifest.json'), '{}');
    expect(() => writeBundle(precious, members, true)).toThrow(ProvennError);
    expect(existsSync(join(precious, 'thesis.tex'))).toBe(true);
  });

  it('is known from other things', () => {
    expect(looksLikeBundle(fresh())).toBe(true);
    expect(looksLikeBundle(root)).toBe(false);
    expect(looksLikeBundle(join(root, 'nothing'))).toBe(false);
  });

  it.each<[string, (path: string) => void, RegExp]>([
    ['another file', (path) => writeFileSync(join(path, 'run-me.sh'), 'x'), /^ARTIFACT_TAMPERED.*no such member/],
    ['a hidden file', (path) => writeFileSync(join(path, '.profile'), 'x'), /^ARTIFACT_TAMPERED.*no such member/],
    ['another folder', (path) => mkdirSync(join(path, 'secret')), /^ARTIFACT_TAMPERED.*no such member/],
    [
      'a folder in place of a file',
      (path) => mkdirSync(join(path, 'VERIFY.md')),
      /^ARTIFACT_TAMPERED.*no regular file/,
    ],
    ['a folder within a folder', (path) => mkdirSync(join(path, 'keys', 'keys')), /^ARTIFACT_TAMPERED.*no such member/],
    [
      'a link to a file outside',
      (path) => symlinkSync('/etc/hostname', join(path, 'VERIFY.md')),
      /^ARTIFACT_TAMPERED.*no regular file/,
    ],
    [
      'a link to a folder outside',
      (path) => symlinkSync('/etc', join(path, 'proof')),
      /^ARTIFACT_TAMPERED.*no such member/,
    ],
    [
      'a link to a member',
      (path) => symlinkSync('report.html', join(path, 'verify.html')),
      /^ARTIFACT_TAMPERED.*no regular file/,
    ],
    ['a member in capitals', (path) => writeFileSync(join(path, 'Report.HTML'), 'x'), /^ARTIFACT_TAMPERED.*resembles/],
  ])('with %s is refused', (_, spoil, why) => {
    const path = fresh();
    spoil(path);
    expect(refusal(path)).toMatch(why);
  });

  it('is neither a text nor absent', () => {
    const text = join(root, 'text');
    writeFileSync(text, 'hello');
    expect(refusal(text)).toMatch(/^ARTIFACT_TAMPERED.*neither a folder nor a ZIP/);
    expect(refusal(join(root, 'absent'))).toMatch(/^FILE_NOT_FOUND/);
  });
});
