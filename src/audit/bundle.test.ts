import { describe, expect, it } from 'vitest';
import { utf8 } from '../base/bytes.ts';
import { compareMember, memberPaths } from './bundle.ts';
import { memberGroups } from './members/index.ts';

describe('derived members', () => {
  it('have each a path of their own, and one that a bundle may have', () => {
    const paths = memberGroups.flatMap((group) => group.paths);
    expect(new Set(paths).size).toBe(paths.length);
    for (const path of paths) expect(Object.values(memberPaths)).toContain(path);
  });

  it('pass when they are what they must be, and only then', () => {
    const members = new Map([['a.json', utf8('{}')]]);
    const outcome = (path: string, expected: Uint8Array | undefined): string =>
      compareMember('it is right', path, members, expected).outcome;
    expect(outcome('a.json', utf8('{}'))).toBe('pass');
    expect(outcome('a.json', utf8('[]'))).toBe('fail');
    expect(outcome('a.json', utf8('{} '))).toBe('fail');
    expect(outcome('a.json', undefined)).toBe('fail');
    expect(outcome('b.json', utf8('{}'))).toBe('fail');
    expect(outcome('b.json', undefined)).toBe('pass');
  });
});
