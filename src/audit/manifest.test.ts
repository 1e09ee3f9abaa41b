import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { utf8 } from '../base/bytes.ts';
import { memberPaths } from './bundle.ts';
import { checkManifest, makeManifest } from './manifest.ts';

const content = new Map([
  ['report.html', utf8('<!doctype html>')],
  [memberPaths.statement, utf8('{}')],
  [memberPaths.proof, Uint8Array.of(1, 2, 3)],
]);

function sealed(members: ReadonlyMap<string, Uint8Array> = content): Map<string, Uint8Array> {
  return new Map([...members, [memberPaths.manifest, makeManifest(members)]]);
}

function failures(members: ReadonlyMap<string, Uint8Array>): (string | null)[] {
  return checkManifest(members).flatMap(({ outcome, member }) => (outcome === 'fail' ? [member] : []));
}

const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');

describe('the manifest', () => {
  it('lists every other member, with roots anybody can compute', () => {
    const manifest = JSON.parse(new TextDecoder().decode(makeManifest(content))) as Record<string, unknown>;
    const entries = [...content.keys()]
      .sort()
      .map((path) => ({ path, sha256: sha256(content.get(path) as Uint8Array), size: content.get(path)?.length }));
    expect(manifest).toEqual({
      schema: 'provenn-audit/1',
      members: entries,
      root: sha256(JSON.stringify(entries)),
      signedRoot: sha256(JSON.stringify(entries.filter(({ path }) => path !== 'statement.sigstore.json'))),
    });
  });

  it('passes for what it was made of', () => {
    expect(checkManifest(sealed())).toMatchObject([{ outcome: 'pass', member: null }]);
  });

  it('names every member with another byte, itself included', () => {
    for (const [path, bytes] of sealed()) {
      for (let at = 0; at < bytes.length; at++) {
        const changed = Uint8Array.from(bytes);
        changed[at] = (bytes[at] as number) ^ (1 << (at % 8));
        expect(failures(new Map([...sealed(), [path, changed]]))).toEqual([path]);
      }
    }
  });

  it('names members that are missing, added or cut', () => {
    const whole = sealed();
    const without = (path: string): Map<string, Uint8Array> => new Map([...whole].filter(([name]) => name !== path));
    for (const path of whole.keys()) expect(failures(without(path))).toEqual([path]);
    expect(failures(new Map([...whole, ['VERIFY.md', utf8('x')]]))).toEqual(['VERIFY.md']);
    expect(failures(new Map([...whole, ['report.html', utf8('<!doctype')]]))).toEqual(['report.html']);
  });

  it('refuses manifests of another form', () => {
    const text = new TextDecoder().decode(makeManifest(content));
    const value = JSON.parse(text) as { members: unknown[] };
    const other = [
      `${text}\n`,
      text.replace('provenn-audit/1', 'provenn-audit/2'),
      JSON.stringify({ ...value, members: [...value.members].reverse() }),
      JSON.stringify({ ...value, extra: 1 }),
      'null',
      '[]',
      '{}',
      '{"members":[null]}',
      '{"members":[{"path":"x"}]}',
    ];
    for (const bytes of other) {
      expect(failures(new Map([...content, [memberPaths.manifest, utf8(bytes)]])), bytes).toEqual([
        memberPaths.manifest,
      ]);
    }
  });
});
